import ArgumentParser
internal import Files
private import Foundation
private import ModelFiles
internal import Reports
internal import Screening
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
    let model = try model.load()
    let manifest = try Manifest(contentsOf: data)
    for warning in manifest.warnings { Terminal.warn(warning) }
    let evaluator = try Evaluator(
      manifest, indices: try chosenItems(of: manifest),
      labels: model.metadata.classificationOutput == nil ? [] : model.metadata.labels)
    let images = evaluate(evaluator, model)
    guard images.count == evaluator.count else { throw Ending.interrupted }
    let measured = images.compactMap { try? $0.result.get() }
    guard !measured.isEmpty else { throw Ending.couldNotRun }
    var report = EvaluationReport(
      measured, labels: model.metadata.classificationOutput == nil ? [] : model.metadata.labels,
      resamples: resamples)
    report.model = model.identity.name
    report.modelSHA256 = model.identity.sha256
    report.data = data
    if let known = model.metadata.trainingImages.map(Set.init) {
      report.trainedOn = images.compactMap(\.sha256)
        .count { known.contains(ModelMetadata.fingerprint(of: $0)) }
    }
    report.split = split ?? testFold.map { "fold \($0) of \(folds)" }
    if let warning = report.warning { Terminal.warn(warning) }
    try deliver(report, images)
    if measured.count < images.count { throw Ending.someInputsFailed }
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

  private func evaluate(_ evaluator: Evaluator, _ model: ScreeningModel) -> [EvaluatedImage] {
    Interruption.handleInOrder()
    let (jobs, threads) = workers.split(over: evaluator.count)
    let meter = ProgressMeter("images", total: evaluator.count)
    defer { meter.finish() }
    return evaluator.run(
      workers: jobs, shouldStop: { Interruption.isRequested },
      makeRespondent: {
        let screener = Screener(model: model, threads: threads)
        return { image in
          let findings = try screener.screen(image)
          return ImageAnswer(
            probabilities: findings.probabilities.map(\.probability), mask: findings.mask)
        }
      },
      deliver: { image in
        if case .failure(let error) = image.result { meter.say("imgdx: \(error)") }
        meter.advance()
      })
  }

  /// Files first: nothing is said to be done before it is on disk.
  private func deliver(_ report: EvaluationReport, _ images: [EvaluatedImage]) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let document = String(decoding: try encoder.encode(report), as: UTF8.self) + "\n"
    if let output {
      try FileManager.default.createDirectory(
        atPath: output, withIntermediateDirectories: true)
      let folder = output.hasSuffix("/") ? output : output + "/"
      try AtomicFile.write(document, to: folder + "evaluation.json")
      try AtomicFile.write(
        EvaluationTables.images(images, labels: report.labels), to: folder + "images.csv")
      if !report.labels.isEmpty {
        try AtomicFile.write(EvaluationTables.confusion(report), to: folder + "confusion.csv")
      }
      try AtomicFile.write(EvaluationPage(report, images).html, to: folder + "evaluation.html")
    }
    try StandardOutput.write(json ? document : EvaluationTables.text(report))
  }
}
