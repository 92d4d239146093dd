import ArgumentParser
private import Files
private import Foundation
private import ModelFiles
private import Networks
private import Training

/// `imgdx train`: a labelled set in, a model file out.
struct TrainCommand: ParsableCommand {
  enum Task: String, ExpressibleByArgument, CaseIterable { case classify, segment, both }
  enum Architecture: String, ExpressibleByArgument, CaseIterable { case unet }

  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains a network on labelled images and saves the best model as it goes.",
    discussion: """
      The data is a CSV with a header: image, label, mask, patient_id, split, weight (paths relative
      to the CSV). Every patient stays on one side of the split. Ctrl-C keeps what is done; the same
      command goes on from there. The same seed gives the same bytes on any number of threads.

      Examples:
        imgdx train --data labels.csv -o model.onnx
        imgdx train --data labels.csv --test-fold 0 --folds 5 --epochs 100 -o model.onnx
        imgdx evaluate --model model.onnx --data labels.csv --test-fold 0 --folds 5
        imgdx train --data new-labels.csv --init model.onnx -o fine-tuned.onnx
        imgdx train --data labels.csv --network resnet18.onnx --task classify -o model.onnx
      """)

  @Option(help: "The labelled images (CSV).") var data: String
  @Option(help: "Further images to train on only, such as simulated ones (CSV; repeatable).")
  var extraData: [String] = []
  @Option(
    help: "What the network learns: \(Task.allCases.map(\.rawValue).joined(separator: ", ")).")
  var task = Task.both
  @Option(help: "The kind of network.") var arch = Architecture.unet
  @Option(name: .shortAndLong, help: "The model file to write.") var output: String
  @Option(help: "The model's name in reports; default: the file's name.") var name: String?
  @Option(help: "Labels that call for a second look, separated by commas.")
  var suspicious: String = "malignant"
  @Option(help: "Side of the square input in pixels, a multiple of 32.") var size = 256
  @Option(help: "Channels of the stages, separated by commas.") var widths = "32,64,128,160,192"
  @Option(
    name: .customLong("init"),
    help: "Start from this model's weights, wherever name and shape agree (fine-tuning).")
  var initFrom: String?
  @Option(
    help: ArgumentHelp(
      "Fine-tune this ONNX network instead of training imgdx's own.",
      discussion: """
        Its first output becomes the answer of --task classify or segment; its last layer starts \
        anew where the number of labels differs. Networks of three channels get luminance with \
        ImageNet's mean and deviation.
        """))
  var network: String?
  @Option(help: "Passes over the training images.") var epochs = 60
  @Option(help: "Images in a step.") var batch = 8
  @Option(help: "Peak learning rate.") var learningRate: Float = 2e-3
  @Option(help: "Weight decay.") var weightDecay: Float = 0.02
  @Option(help: "Weight of the class loss beside the mask loss.") var classShare: Float = 0.5
  @Option(help: "Variation of the images: none, light, standard or strong.")
  var augmentation = "standard"
  @Option(help: "Number of folds for --test-fold.") var folds = 5
  @Option(help: "Keep this fold (from 0) for testing: it is neither trained nor chosen on.")
  var testFold: Int?
  @Option(help: "Share of the images that chooses the best epoch; 0 keeps the last.")
  var validationShare = 0.0
  @Option(help: "Seed of everything random.") var seed: UInt64 = 1
  @Option(help: "Threads; the result does not depend on it.")
  var threads = ProcessInfo.processInfo.activeProcessorCount
  @Option(help: "Enhancement applied to every image, here and when screening (repeatable).")
  var enhancement: [String] = []
  @Option(help: "Modality the model is for, such as US (repeatable).") var modality: [String] = []

  func run() throws {
    Interruption.handleInOrder()
    let manifest = try Manifest(contentsOf: data)
    try manifest.checkFiles()
    let split = try makeSplit(manifest)
    let imported = try importedNetwork(manifest)
    var metadata = makeMetadata(manifest, imported)
    let trainingSet = try load(manifest, split.train, metadata)
    let validation =
      try split.validation.isEmpty
      ? nil
      : Validation(
        load(manifest, split.validation, metadata, withExtra: false),
        groups: split.validation.map { manifest.items[$0].group })
    metadata.trainingImages = (trainingSet.fileHashes + (validation?.samples.fileHashes ?? []))
      .map(ModelMetadata.fingerprint).sorted()
    let graph = try imported?.graph ?? makeNetwork(manifest)
    let trainer = try Trainer(
      graph: graph, metadata: metadata, samples: trainingSet,
      settings: makeSettings(), threads: threads)
    Terminal.say(
      "\(trainingSet.samples.count) images to train on, \(split.validation.count) to choose by, "
        + "\(split.test.count) kept for testing; \(graph.parameterCount) weights")
    let session = TrainingSession(
      trainer: trainer, output: output, validation: validation, threads: threads)
    try train(session)
  }

  private func makeNetwork(_ manifest: Manifest) throws -> Graph {
    var net = UNetSettings()
    (net.width, net.height) = (size, size)
    net.widths = widths.split(separator: ",").compactMap { Int($0) }
    net.classes = task == .segment ? 0 : manifest.labels.count
    net.segments = task != .classify
    try check(net)
    return try initialised(unet(net, seed: seed))
  }

  private func importedNetwork(_ manifest: Manifest) throws -> ImportedNetwork? {
    guard let network else { return nil }
    guard task != .both, initFrom == nil else {
      throw ValidationError("--network goes with --task classify or segment, and without --init")
    }
    return try ImportedNetwork(
      path: network, size: size, answers: task == .classify ? manifest.labels.count : 1, seed: seed)
  }

  private func initialised(_ graph: Graph) throws -> Graph {
    guard let initFrom else { return graph }
    let source = try Model.load(path: initFrom).graph.parameters
    var (graph, count) = (graph, 0)
    for (name, tensor) in source where graph.parameters[name]?.shape == tensor.shape {
      graph.parameters[name] = tensor
      count += 1
    }
    guard count > 0 else {
      throw ValidationError("\(initFrom) has no weights that fit this network")
    }
    Terminal.say("\(count) of \(graph.parameters.count) weights taken from \(initFrom)")
    return graph
  }

  private func check(_ net: UNetSettings) throws {
    let factor = 1 << net.widths.count
    guard 2...7 ~= net.widths.count, net.widths.allSatisfy({ 1...2048 ~= $0 }) else {
      throw ValidationError("--widths takes 2 to 7 numbers from 1 to 2048, such as 32,64,128")
    }
    guard size > 0, size % factor == 0, size <= 2048 else {
      throw ValidationError("--size must be a multiple of \(factor), at most 2048")
    }
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
      "epoch \(number) of \(epochs): "
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

  private func makeSplit(_ manifest: Manifest) throws -> DataSplit {
    guard let testFold else {
      return try manifest.split(validationShare: validationShare, testShare: 0, seed: seed)
    }
    let parts = try manifest.folds(folds, seed: Manifest.foldSeed)
    guard parts.indices.contains(testFold) else {
      throw ValidationError("--test-fold must lie between 0 and \(folds - 1)")
    }
    let rest = Set(manifest.items.indices).subtracting(parts[testFold]).sorted()
    guard validationShare > 0 else {
      return DataSplit(train: rest, validation: [], test: parts[testFold])
    }
    let inner = try manifest.selecting(rest).split(validationShare: validationShare, seed: seed)
    return DataSplit(
      train: inner.train.map { rest[$0] }, validation: inner.validation.map { rest[$0] },
      test: parts[testFold])
  }

  private func load(
    _ manifest: Manifest, _ indices: [Int], _ metadata: ModelMetadata, withExtra: Bool = true
  ) throws -> SampleSet {
    let set = try SampleSet.load(
      manifest, indices: indices, specification: metadata.input, threads: threads)
    guard withExtra else { return set }
    var samples = set.samples
    for path in extraData {
      let extra = try Manifest(contentsOf: path)
      guard extra.labels == manifest.labels else {
        throw ValidationError("\(path) has other labels than \(data)")
      }
      let more = try SampleSet.load(extra, specification: metadata.input, threads: threads)
      // Item numbers seed the augmentation; those of the extra images follow on.
      samples += more.samples.map { $0.renumbered($0.item + manifest.items.count) }
    }
    return SampleSet(specification: set.specification, labels: set.labels, samples: samples)
  }

  private func makeSettings() throws -> TrainingSettings {
    var settings = TrainingSettings()
    settings.epochs = epochs
    settings.batchSize = batch
    settings.learningRate = learningRate
    settings.weightDecay = weightDecay
    settings.classShare = classShare
    settings.seed = seed
    guard let augmentation = AugmentationSettings(named: augmentation) else {
      throw ValidationError("--augmentation takes none, light, standard or strong")
    }
    settings.augmentation = augmentation
    return settings
  }

  private func makeMetadata(_ manifest: Manifest, _ imported: ImportedNetwork?) -> ModelMetadata {
    let suspicious = suspicious.split(separator: ",").map(String.init)
    let fileName = URL(fileURLWithPath: output).deletingPathExtension().lastPathComponent
    return ModelMetadata(
      name: name ?? fileName, labels: task == .segment ? [] : manifest.labels,
      suspiciousLabels: manifest.labels.filter(suspicious.contains),
      input: InputSpecification(
        width: imported?.width ?? size, height: imported?.height ?? size, enhancement: enhancement),
      classificationOutput: task == .segment ? nil : imported?.output ?? UNetOutput.classes,
      segmentationOutput: task == .classify ? nil : imported?.output ?? UNetOutput.mask,
      modalities: modality,
      summary: "Trained by imgdx \(programVersion). Research use only. Not a medical device.")
  }
}
