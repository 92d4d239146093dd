import ArgumentParser
internal import Batching
internal import Files
internal import Reports
internal import Screening

/// `imgdx classify`: class probabilities on standard output.
struct ClassifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classify",
    abstract: "Tells which class each image belongs to, and how sure the model is.",
    discussion: """
      Research use only. Not a medical device.

      Examples:
        imgdx classify scan.dcm
        imgdx classify --json study/ | jq .label
        imgdx classify *.png --csv > answers.csv
      """)

  @Argument(help: "Files, folders, or - for a file on standard input.")
  var inputs: [String]

  @OptionGroup var model: ModelOption

  @Flag(help: "One JSON document for each image, a line each.")
  var json = false

  @Flag(help: "A table with a header line.")
  var csv = false

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Also write each image's JSON document here.", valueName: "dir"))
  var output: String?

  @Flag(
    name: .customLong("include-phi"),
    help: "Write patient name, ID and birth date into the documents of -o.")
  var includesPHI = false

  @OptionGroup var limits: LimitOptions

  @OptionGroup var workers: WorkerOptions

  func validate() throws {
    if json && csv { throw ValidationError("Choose one of --json and --csv.") }
  }

  func run() throws {
    let session = ScreeningSession(
      model: try model.load(),
      works: try InputWalk.works(for: inputs, outputFolder: output),
      outputs: CaseOutputs(
        folder: output, pictures: [], thumbnailSide: 0, includesPHI: includesPHI,
        program: ScreeningSession.program),
      limits: limits, workers: workers)
    let labels = session.model.metadata.labels
    if csv { try StandardOutput.write(ClassificationOutput.csvHeader(labels)) }
    let (json, csv) = (json, csv)
    let ending = try session.run(sayingWarnings: !json) { record in
      if json {
        try StandardOutput.writeLine(ClassificationOutput.json(record).text())
      } else if csv {
        try StandardOutput.write(ClassificationOutput.csvRow(record, labels))
      } else if let line = ClassificationOutput.line(record) {
        try StandardOutput.writeLine(line)
      }
    }
    try ending.throwUnlessDone()
  }
}
