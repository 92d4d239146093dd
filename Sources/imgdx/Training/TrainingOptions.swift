import ArgumentParser
private import Files
private import Foundation
internal import ModelFiles
internal import Networks
internal import Training

/// What `train` and `crossvalidate` are told about data, network and schedule.
struct TrainingOptions: ParsableArguments {
  enum Task: String, ExpressibleByArgument, CaseIterable { case classify, segment, both }
  enum Architecture: String, ExpressibleByArgument, CaseIterable { case unet }

  @Option(help: "The labelled images (CSV).") var data: String
  @Option(help: "Further images to train on only, such as simulated ones (CSV; repeatable).")
  var extraData: [String] = []
  @Option(
    help: "What the network learns: \(Task.allCases.map(\.rawValue).joined(separator: ", ")).")
  var task = Task.both
  @Option(help: "The kind of network.") var arch = Architecture.unet
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
  @Option(help: "Number of folds.") var folds = 5
  @Option(help: "Share of the images that chooses the best epoch; 0 keeps the last.")
  var validationShare = 0.0
  @Option(help: "Seed of everything random.") var seed: UInt64 = 1
  @Option(help: "Threads; the result does not depend on it.")
  var threads = ProcessInfo.processInfo.activeProcessorCount
  @Option(help: "Enhancement applied to every image, here and when screening (repeatable).")
  var enhancement: [String] = []
  @Option(help: "Modality the model is for, such as US (repeatable).") var modality: [String] = []

  /// All that decides what is learnt, a line each: data and other files by their SHA-256.
  func identity() throws -> String {
    func file(_ path: String) throws -> String {
      "\(URL(fileURLWithPath: path).lastPathComponent) \(Digest(of: try FileBytes(path: path)))"
    }
    var lines = ["data: \(try file(data))", "folds: \(folds)", "task: \(task.rawValue)"]
    lines += try extraData.map { "extra data: \(try file($0))" }
    lines.append("network: \(try network.map(file) ?? "\(arch.rawValue) \(widths)")")
    if let initFrom { lines.append("init: \(try file(initFrom))") }
    lines += [
      "size: \(size)", "epochs: \(epochs)", "batch: \(batch)", "learning rate: \(learningRate)",
      "weight decay: \(weightDecay)", "class share: \(classShare)",
      "augmentation: \(augmentation)", "validation share: \(validationShare)", "seed: \(seed)",
    ]
    lines += enhancement.map { "enhancement: \($0)" }
    return lines.map { $0 + "\n" }.joined()
  }

  /// The network to start from, and what is known of it where others made it.
  func network(for manifest: Manifest) throws -> (graph: Graph, imported: ImportedNetwork?) {
    if let imported = try importedNetwork(manifest) { return (imported.graph, imported) }
    var net = UNetSettings()
    (net.width, net.height) = (size, size)
    net.widths = widths.split(separator: ",").compactMap { Int($0) }
    net.classes = task == .segment ? 0 : manifest.labels.count
    net.segments = task != .classify
    try check(net)
    return (try initialised(unet(net, seed: seed)), nil)
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

  func settings() throws -> TrainingSettings {
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

  /// - Parameter fileName: of the model, without its ending.
  func metadata(_ manifest: Manifest, _ imported: ImportedNetwork?, fileName: String)
    -> ModelMetadata
  {
    let suspicious = suspicious.split(separator: ",").map(String.init)
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

  /// The rows of one fold for testing; of the others, a share to choose the best epoch by.
  /// - Parameter fold: from 0; nil keeps no row for testing.
  func split(_ manifest: Manifest, testFold fold: Int?) throws -> DataSplit {
    guard let fold else {
      return try manifest.split(validationShare: validationShare, testShare: 0, seed: seed)
    }
    let parts = try manifest.folds(folds, seed: Manifest.foldSeed)
    guard parts.indices.contains(fold) else {
      throw ValidationError("--test-fold must lie between 0 and \(folds - 1)")
    }
    let rest = Set(manifest.items.indices).subtracting(parts[fold]).sorted()
    guard validationShare > 0 else {
      return DataSplit(train: rest, validation: [], test: parts[fold])
    }
    let inner = try manifest.selecting(rest).split(validationShare: validationShare, seed: seed)
    return DataSplit(
      train: inner.train.map { rest[$0] }, validation: inner.validation.map { rest[$0] },
      test: parts[fold])
  }
}
