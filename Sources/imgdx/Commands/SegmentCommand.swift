import ArgumentParser
internal import Batching
private import Foundation
internal import Reports
internal import Screening

/// `imgdx segment`: masks, overlays and measurements of each image.
struct SegmentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "segment",
    abstract: "Outlines lesions: writes a mask, an overlay and a JSON document for each image.",
    discussion: """
      Writes <name>.json, <name>.mask.png and <name>.overlay.png for each image, and prints a \
      line for each lesion.

      Research use only. Not a medical device.

      Examples:
        imgdx segment scan.dcm -o results
        imgdx segment study/ -o results --model my-model.onnx
      """)

  @Argument(help: "Files, folders, or - for a file on standard input.")
  var inputs: [String]

  @Option(name: .shortAndLong, help: ArgumentHelp("Where results go.", valueName: "dir"))
  var output: String

  @OptionGroup var model: ModelOption

  @Flag(
    name: .customLong("include-phi"),
    help: "Write patient name, ID and birth date into the documents.")
  var includesPHI = false

  @OptionGroup var limits: LimitOptions

  @OptionGroup var workers: WorkerOptions

  func run() throws {
    let session = ScreeningSession(
      model: try model.load(),
      works: try InputWalk.works(for: inputs, outputFolder: output),
      outputs: CaseOutputs(
        folder: output, pictures: .all, thumbnailSide: 0, includesPHI: includesPHI,
        program: ScreeningSession.program),
      limits: limits, workers: workers)
    let output = output
    let ending = try session.run { record in
      guard let findings = record.findings else { return }
      try StandardOutput.writeLine(Self.headline(record, findings, in: output))
      for (index, lesion) in findings.lesions.enumerated() {
        try StandardOutput.writeLine("  lesion \(index + 1): \(Self.describe(lesion))")
      }
    }
    try ending.throwUnlessDone()
  }

  private static func headline(_ record: CaseRecord, _ findings: Findings, in folder: String)
    -> String
  {
    let label = findings.decision.map { "\($0.label), " } ?? ""
    let lesions =
      switch findings.lesions.count {
      case 0: "no lesion"
      case 1: "1 lesion"
      case let count: "\(count) lesions"
      }
    return "\(record.source.place): \(label)\(lesions), in \(folder)/\(record.source.name).json"
  }

  private static func describe(_ lesion: Lesion) -> String {
    guard let millimeters = lesion.diametersMM, let area = lesion.areaMM2 else {
      return String(
        format: "%.0f x %.0f pixels, area %d pixels", lesion.diameters.longest,
        lesion.diameters.shortest, lesion.area)
    }
    return String(
      format: "%.1f x %.1f mm, area %.1f mm²", millimeters.longest, millimeters.shortest, area)
  }
}
