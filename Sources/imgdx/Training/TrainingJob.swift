import ArgumentParser
private import Foundation
private import ModelFiles
private import Networks
internal import Training

/// One network trained from beginning to end, on Ctrl-C as far as it came.
struct TrainingJob {
  let options: TrainingOptions
  let manifest: Manifest
  /// The fold that is kept for testing, from 0.
  let testFold: Int?
  /// The model's file.
  let output: String

  /// - Throws: ``Ending/interrupted`` where it was stopped; the same job goes on from there.
  func run() throws {
    let split = try options.split(manifest, testFold: testFold)
    let (graph, imported) = try options.network(for: manifest)
    let fileName = URL(fileURLWithPath: output).deletingPathExtension().lastPathComponent
    var metadata = options.metadata(manifest, imported, fileName: fileName)
    let trainingSet = try load(split.train, metadata)
    let validation =
      try split.validation.isEmpty
      ? nil
      : Validation(
        load(split.validation, metadata, withExtra: false),
        groups: split.validation.map { manifest.items[$0].group })
    metadata.trainingImages = (trainingSet.fileHashes + (validation?.samples.fileHashes ?? []))
      .map(ModelMetadata.fingerprint).sorted()
    let trainer = try Trainer(
      graph: graph, metadata: metadata, samples: trainingSet, settings: options.settings(),
      threads: options.threads)
    Terminal.say(
      "\(trainingSet.samples.count) images to train on, \(split.validation.count) to choose by, "
        + "\(split.test.count) kept for testing; \(graph.parameterCount) weights")
    try train(
      TrainingSession(
        trainer: trainer, output: output, validation: validation, threads: options.threads))
  }

  private func load(_ indices: [Int], _ metadata: ModelMetadata, withExtra: Bool = true) throws
    -> SampleSet
  {
    let set = try SampleSet.load(
      manifest, indices: indices, specification: metadata.input, threads: options.threads)
    guard withExtra else { return set }
    var samples = set.samples
    for path in options.extraData {
      let extra = try Manifest(contentsOf: path)
      guard extra.labels == manifest.labels else {
        throw ValidationError("\(path) has other labels than \(options.data)")
      }
      let more = try SampleSet.load(
        extra, specification: metadata.input, threads: options.threads)
      // Item numbers seed the augmentation; those of the extra images follow on.
      samples += more.samples.map { $0.renumbered($0.item + manifest.items.count) }
    }
    return SampleSet(specification: set.specification, labels: set.labels, samples: samples)
  }

  private func train(_ session: TrainingSession) throws {
    let meter = ProgressMeter(
      "steps", total: session.trainer.settings.epochs * session.trainer.stepsPerEpoch)
    let isDone = try session.run(shouldStop: { Interruption.isRequested }) { event in
      switch event {
      case .resumed(let epoch):
        meter.say("going on after epoch \(epoch)")
        meter.skip(epoch * session.trainer.stepsPerEpoch)
      case .step(_, _, let loss):
        meter.advance(remark: String(format: "loss %.3f", loss.total))
      case .epoch(let number, let loss, let metrics, let isBest):
        meter.say(line(number, loss, metrics, isBest: isBest))
      }
    }
    meter.finish()
    guard isDone else {
      let done = session.trainer.epoch
      Terminal.say(
        done == 0
          ? "stopped within the first epoch: nothing is saved yet, the same command starts anew"
          : "stopped after epoch \(done), which is saved; the same command goes on from there")
      throw Ending.interrupted
    }
    Terminal.say("wrote \(output)")
  }

  private func line(
    _ number: Int, _ loss: TrainingLoss, _ metrics: EvaluationMetrics?, isBest: Bool
  ) -> String {
    var line =
      "epoch \(number) of \(options.epochs): "
      + String(format: "loss %.4f (mask %.4f, classes %.4f)", loss.total, loss.mask, loss.classes)
    if let metrics {
      for (name, value) in [
        ("Dice", metrics.dice), ("AUC", metrics.auc),
        ("balanced accuracy", metrics.balancedAccuracy),
      ] {
        if let value { line += String(format: ", %@ %.3f", name, value) }
      }
      if isBest { line += ", best so far" }
    }
    return line
  }
}
