import ArgumentParser
internal import Batching
private import Foundation
internal import Reports
internal import Screening
private import Synchronization

/// `imgdx batch`: folders in, results and one report out.
struct BatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "batch",
    abstract: "Screens whole folders and writes results, a table and a report to open.",
    discussion: """
      Writes <name>.json, <name>.mask.png and <name>.overlay.png for each image, and \
      summary.csv, run.json and report.html for the run. Bad files do not stop it: they are \
      listed with their reasons, and the exit code is 3. Ctrl-C finishes the images in hand, \
      writes the report and exits with 75.

      Research use only. Not a medical device.

      Examples:
        imgdx batch /data/ultrasound -o results
        imgdx batch monday/ tuesday/ -o results --jobs 4
      """)

  @Argument(help: "Folders and files; folders are walked, the type of a file is told by content.")
  var inputs: [String]

  @Option(name: .shortAndLong, help: ArgumentHelp("Where results go.", valueName: "dir"))
  var output: String

  @OptionGroup var model: ModelOption

  @Flag(
    name: .customLong("include-phi"),
    help: "Write patient name, ID and birth date into the results.")
  var includesPHI = false

  @OptionGroup var limits: LimitOptions

  @OptionGroup var workers: WorkerOptions

  func run() throws {
    let works = try InputWalk.works(for: inputs, outputFolder: output)
    let session = ScreeningSession(
      model: try model.load(), works: works,
      outputs: CaseOutputs(
        folder: output, includesPictures: true,
        thumbnailSide: RunOutputs.thumbnailSide(cases: works.count), includesPHI: includesPHI,
        program: ScreeningSession.program),
      limits: limits, workers: workers)
    let (started, clock) = (Date(), ContinuousClock.now)
    let records = Mutex<[CaseRecord]>([])
    let ending = try session.run { record in records.withLock { $0.append(record) } }
    let metadata = session.model.metadata
    let run = RunRecord(
      program: ScreeningSession.program, model: session.model.identity, labels: metadata.labels,
      suspiciousLabels: metadata.suspiciousLabels, modelSummary: metadata.summary,
      inputs: self.inputs, started: Self.timestamp(started), finished: Self.timestamp(Date()),
      elapsed: (ContinuousClock.now - clock) / .seconds(1),
      wasInterrupted: ending == .interrupted, includesPHI: includesPHI,
      cases: records.withLock { $0 })
    try RunOutputs.write(run, to: output)
    for line in Self.closingLines(run, in: output) { try StandardOutput.writeLine(line) }
    try ending.throwUnlessDone()
  }

  private static func timestamp(_ date: Date) -> String {
    date.formatted(.iso8601)
  }

  private static func closingLines(_ run: RunRecord, in folder: String) -> [String] {
    let labels = run.labels.map { label in
      "\(run.cases.count { $0.findings?.decision?.label == label }) \(label)"
    }
    let images = run.cases.count == 1 ? "1 image" : "\(run.cases.count) images"
    return [
      "\(images): \((labels + ["\(run.failed.count) failed"]).joined(separator: ", "))",
      "report: \(folder)/report.html",
    ]
  }
}
