import ArgumentParser
private import Files
private import Foundation
private import Reports
private import Screening
internal import Training

/// `imgdx crossvalidate`: how well a recipe does on images that it has not seen.
struct CrossValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "crossvalidate",
    abstract: "Trains on all folds but one, once for each, and measures each model on its fold.",
    discussion: """
      Every image is measured once, by a model that saw neither it nor another image of its patient.
      The figures are those of the recipe: train on everything with 'imgdx train' and the same options
      to get the model that they speak for. Ctrl-C keeps what is done; the same command goes on.

      Writes fold-0.onnx and so on, an evaluation of each fold, and one over all of them.

      Examples:
        imgdx crossvalidate --data labels.csv -o crossvalidation
        imgdx crossvalidate --data labels.csv --folds 4 --size 160 --epochs 80 -o crossvalidation
      """)

  @OptionGroup var options: TrainingOptions

  @Option(help: ArgumentHelp("Resamples for the bounds.", valueName: "n"))
  var resamples = 2000

  @Flag(help: "The evaluation over all folds as one JSON document.")
  var json = false

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The folder for models and evaluations.", valueName: "dir"))
  var output: String

  @OptionGroup var workers: WorkerOptions

  func validate() throws {
    guard (2...100).contains(options.folds) else {
      throw ValidationError("--folds takes a number from 2 to 100.")
    }
    guard (1...1_000_000).contains(resamples) else {
      throw ValidationError("--resamples takes a number from 1 to 1000000.")
    }
  }

  func run() throws {
    Interruption.handleInOrder()
    let manifest = try Manifest(contentsOf: options.data)
    for warning in manifest.warnings { Terminal.warn(warning) }
    try manifest.checkFiles()
    try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
    try checkSettings()
    let parts = try manifest.folds(options.folds, seed: Manifest.foldSeed)
    var (images, folds): ([EvaluatedImage], [EvaluationReport]) = ([], [])
    for (fold, part) in parts.enumerated() {
      Terminal.say("fold \(fold), \(fold + 1) of \(parts.count):")
      let (found, report) = try measure(fold, part, manifest)
      images += found
      folds.append(report)
    }
    var report = EvaluationReport(
      images.compactMap { try? $0.result.get() }, labels: folds[0].labels, resamples: resamples)
    report.model = "\(parts.count) models, each on the fold that it did not see"
    report.data = manifest.path
    report.split = "\(parts.count) folds"
    try EvaluationOutput.write(report, images, to: output)
    try AtomicFile.write(EvaluationTables.folds(folds), to: "\(output)/folds.csv")
    try StandardOutput.write(
      json
        ? EvaluationOutput.document(report)
        : EvaluationTables.foldsText(folds) + "\n" + EvaluationTables.text(report))
    if report.images < images.count { throw Ending.someInputsFailed }
  }

  /// Trains the model of one fold, unless that is done, and measures it.
  private func measure(_ fold: Int, _ part: [Int], _ manifest: Manifest) throws -> (
    [EvaluatedImage], EvaluationReport
  ) {
    let path = "\(output)/fold-\(fold).onnx"
    let files = FileManager.default
    if !files.fileExists(atPath: path) || files.fileExists(atPath: path + ".checkpoint") {
      try TrainingJob(options: options, manifest: manifest, testFold: fold, output: path).run()
    }
    let run = EvaluationRun(
      model: try ScreeningModel.load(path: path), manifest: manifest, indices: part,
      workers: workers)
    let images = try run.images()
    var report = try run.report(images, resamples: resamples)
    report.split = "fold \(fold) of \(options.folds)"
    // A model of other data in this place would make the figures too good.
    if let known = report.trainedOn, known > 0 {
      throw TrainingError.unsuitableData(
        reason: "\(path) was trained on \(known) of the images of its fold: remove it, or give "
          + "another folder")
    }
    try EvaluationOutput.write(report, images, to: "\(output)/fold-\(fold)")
    return (images, report)
  }

  /// Models of other settings are not mixed with those of this run.
  private func checkSettings() throws {
    let path = "\(output)/settings.txt"
    let settings = try options.identity()
    guard let found = FileManager.default.contents(atPath: path) else {
      return try AtomicFile.write(settings, to: path)
    }
    guard found == Data(settings.utf8) else {
      throw TrainingError.unsuitableData(
        reason: "\(output) holds folds that were trained with other options or data (settings.txt "
          + "there names them): give another folder, or remove it")
    }
  }
}
