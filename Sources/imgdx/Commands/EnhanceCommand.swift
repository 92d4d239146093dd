import ArgumentParser
internal import Batching
internal import Enhancement
private import Foundation

/// `imgdx enhance`: images in, images out, less noisy or easier to see.
struct EnhanceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enhance",
    abstract: "Removes noise and raises contrast, on the full bit depth.",
    discussion: """
      A step is a name, or a name and parameters: median:size=5. All --denoise steps come first, then \
      all --contrast steps, each in the order given. PNG output is the picture as it is meant to be \
      seen, with 16 bits where the source had more than 8; DICOM output is a derived object that \
      names its source and the steps. Images from DICOM become DICOM, others PNG.

      \(EnhancementHelp.text)

      Examples:
        imgdx enhance scan.dcm -o enhanced --denoise nlm --contrast clahe:clip=3
        imgdx enhance scan.png -o better.png --contrast percentile:low=1,high=99
      """)

  @Argument(help: "Files, folders, or - for a file on standard input.")
  var inputs: [String]

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "A folder; or, for a single image, a name that ends in .png or .dcm.", valueName: "out"))
  var output: String

  @Option(
    help: ArgumentHelp(
      "Denoise by \(EnhancementCatalog.names(.denoise).joined(separator: ", ")).",
      valueName: "step"))
  var denoise: [String] = []

  @Option(
    help: ArgumentHelp(
      "Change contrast by \(EnhancementCatalog.names(.contrast).joined(separator: ", ")).",
      valueName: "step"))
  var contrast: [String] = []

  @Option(help: "png or dicom; otherwise as the source.")
  var format: EnhancedFormat?

  @Flag(
    name: .customLong("include-phi"),
    help: "Copy patient name, ID and birth date into DICOM output.")
  var includesPHI = false

  @OptionGroup var limits: LimitOptions

  func validate() throws {
    guard !(denoise + contrast).isEmpty else {
      throw ValidationError("Give at least one --denoise or --contrast.")
    }
    try check(denoise, .denoise)
    try check(contrast, .contrast)
    if let named = EnhancedFormat(path: output), let format, named != format {
      throw ValidationError("--format \(format.rawValue) and the name \(output) contradict.")
    }
  }

  private func check(_ steps: [String], _ purpose: EnhancementPurpose) throws {
    do {
      _ = try EnhancementChain(parsing: steps)
    } catch {
      throw ValidationError("\(error)")
    }
    let names = EnhancementCatalog.names(purpose)
    for step in steps where !names.contains(String(step.prefix { $0 != ":" })) {
      throw ValidationError(
        "--\(purpose.rawValue) takes \(names.joined(separator: ", ")), not '\(step)'.")
    }
  }

  func run() throws {
    Interruption.handleInOrder()
    let writer = EnhancedWriter(
      chain: try EnhancementChain(parsing: denoise + contrast), format: format,
      includesPHI: includesPHI, limits: limits.limits)
    if EnhancedFormat(path: output) != nil {
      try writeOne(writer)
      return
    }
    let works = try InputWalk.works(for: inputs, outputFolder: output)
    let originals = Originals(works.map(\.path))
    let meter = ProgressMeter("files", total: works.count)
    var failures = 0
    for (index, work) in works.enumerated() {
      guard !Interruption.isRequested else { throw Ending.interrupted }
      do {
        let written = try writer.write(
          work.path, toStem: "\(output)/\(work.name)", number: index + 1, sparing: originals)
        for path in written { try StandardOutput.writeLine(path) }
      } catch let error as OutputError {
        throw error
      } catch {
        failures += 1
        meter.say("imgdx: \(EnhancedWriter.describe(error, path: work.path))")
      }
      meter.advance()
    }
    meter.finish()
    if failures > 0 { throw Ending.someInputsFailed }
  }

  /// The output is a file's name.
  private func writeOne(_ writer: EnhancedWriter) throws {
    let works = try InputWalk.works(for: inputs, outputFolder: nil)
    guard works.count == 1, let work = works.first else {
      throw ValidationError(
        "\(output) names one file, and there are \(works.count) inputs: give a folder.")
    }
    try Originals([work.path]).check(output)
    do {
      try writer.write(work.path, toFile: output)
      try StandardOutput.writeLine(output)
    } catch let error as OutputError {
      throw error
    } catch {
      Terminal.say("imgdx: \(EnhancedWriter.describe(error, path: work.path))")
      throw Ending.someInputsFailed
    }
  }
}

/// The methods and their parameters, for the help text.
private enum EnhancementHelp {
  static let text = EnhancementCatalog.methods.map { method in
    let parameters = method.parameters.map { parameter in
      let standard = parameter.standard.map { " (\(number($0)))" } ?? ""
      return "\(parameter.name)\(standard): \(parameter.summary)"
    }
    return "--\(method.purpose.rawValue) \(method.name)  \(method.summary)\n    "
      + parameters.joined(separator: "\n    ")
  }.joined(separator: "\n")

  private static func number(_ value: Double) -> String {
    value == value.rounded() ? String(Int(value)) : "\(value)"
  }
}
