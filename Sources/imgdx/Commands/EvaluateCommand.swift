import ArgumentParser
private import Reports
internal import Training

/// `imgdx evaluate`: how well a model does on labelled images.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measures a model on images whose answer is known, with 95 % bounds.",
    discussion: """
      Research use only. Not a medical device.

      The manifest is a CSV with the columns image, label, mask, patient_id, split;
      only image must be there. Bounds are bootstrapped over patients.

      Examples:
        imgdx evaluate --data manifest.csv --split test
        imgdx evaluate --model my.onnx --data manifest.csv --json -o results
      """)

  @OptionGroup var model: ModelOption

  @Option(help: ArgumentHelp("The labelled images.", valueName: "manifest.csv"))
  var data: String

  @Option(
    help: ArgumentHelp(
      "Only the rows whose split column says so: train, val or test; otherwise all.",
      valueName: "side"))
  var split: String?

  @Option(
    help: ArgumentHelp(
      "Only this fold (from 0): what 'imgdx train --test-fold' kept away from the model.",
      valueName: "k"))
  var testFold: Int?

  @Option(help: ArgumentHelp("Number of folds for --test-fold.", valueName: "n"))
  var folds = 5

  @Flag(help: "One JSON document.")
  var json = false

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Also write evaluation.json, evaluation.html, images.csv and confusion.csv here.",
      valueName: "dir"))
  var output: String?

  @Option(help: ArgumentHelp("Resamples for the bounds.", valueName: "n"))
  var resamples = 2000

  @OptionGroup var workers: WorkerOptions

  func validate() throws {
    if let split, SplitName(reading: split) == nil {
      throw ValidationError("--split takes train, val or test.")
    }
    if split != nil && testFold != nil {
      throw ValidationError("Choose one of --split and --test-fold.")
    }
    if let testFold, !(0..<folds).contains(testFold) {
      throw ValidationError("--test-fold takes a number from 0 to \(folds - 1).")
    }
    guard (1...1_000_000).contains(resamples) else {
      throw ValidationError("--resamples takes a number from 1 to 1000000.")
    }
  }

  func run() throws {
    Interruption.handleInOrder()
    let manifest = try Manifest(contentsOf: data)
    for warning in manifest.warnings { Terminal.warn(warning) }
    let run = EvaluationRun(
      model: try model.load(), manifest: manifest, indices: try chosenItems(of: manifest),
      workers: workers)
    let images = try run.images()
    var report = try run.report(images, resamples: resamples)
    report.split = split ?? testFold.map { "fold \($0) of \(folds)" }
    if let warning = report.warning { Terminal.warn(warning) }
    // Files first: nothing is said to be done before it is on disk.
    if let output { try EvaluationOutput.write(report, images, to: output) }
    try StandardOutput.write(
      json ? EvaluationOutput.document(report) : EvaluationTables.text(report))
    if report.images < images.count { throw Ending.someInputsFailed }
  }

  private func chosenItems(of manifest: Manifest) throws -> [Int]? {
    if let testFold { return try manifest.folds(folds, seed: Manifest.foldSeed)[testFold] }
    guard let side = split.flatMap(SplitName.init(reading:)) else {
      let trained = manifest.items.count { $0.split == .train }
      if trained > 0 {
        Terminal.warn(
          "\(trained) of the images are marked for training; --split test leaves them out")
      }
      return nil
    }
    let chosen = manifest.items.indices.filter { manifest.items[$0].split == side }
    guard !chosen.isEmpty else {
      throw TrainingError.unsuitableData(
        reason: "\(manifest.path) has no row whose split column says \(side.rawValue)")
    }
    return chosen
  }
}
