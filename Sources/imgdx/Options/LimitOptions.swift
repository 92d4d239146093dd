import ArgumentParser
internal import Intake
private import Pipelines

/// Bounds on input files, shared by the commands that read them.
struct LimitOptions: ParsableArguments {
  private static let standard = Limits()

  @Option(
    help: ArgumentHelp(
      "Refuse images with more pixels a frame; otherwise \(standard.maximumPixels).",
      valueName: "n"))
  var maxPixels: Int?

  @Option(
    help: ArgumentHelp(
      "Refuse files with more bytes; otherwise \(standard.maximumBytes).", valueName: "n"))
  var maxBytes: Int?

  @Option(
    help: ArgumentHelp(
      "Refuse files with more frames; otherwise \(standard.maximumFrames).", valueName: "n"))
  var maxFrames: Int?

  func validate() throws {
    for (value, bounds, name) in [
      (maxPixels, Pipeline.Bounds.pixels, "--max-pixels"),
      (maxBytes, Pipeline.Bounds.bytes, "--max-bytes"),
      (maxFrames, Pipeline.Bounds.frames, "--max-frames"),
    ] where value.map(bounds.contains) == false {
      throw ValidationError(
        "\(name) takes a number from \(bounds.lowerBound) to \(bounds.upperBound).")
    }
  }

  var limits: Limits { limits(over: Limits()) }

  /// What the options leave open stays as it is.
  func limits(over others: Limits) -> Limits {
    var limits = others
    if let maxPixels { limits.maximumPixels = maxPixels }
    if let maxBytes { limits.maximumBytes = maxBytes }
    if let maxFrames { limits.maximumFrames = maxFrames }
    return limits
  }
}
