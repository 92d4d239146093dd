// The training loop.
package import ModelFiles
package import Networks
private import Tensors

/// Trains one network on samples in memory. The same settings, samples and graph give the same
/// weights, whatever the number of threads.
package final class Trainer {
  package let settings: TrainingSettings
  package let samples: SampleSet
  /// Steps of the optimiser in one epoch.
  package let stepsPerEpoch: Int
  private let graph: Graph
  private let metadata: ModelMetadata
  private let pool: WorkerPool
  private let plan: TrainingPlan
  private let optimizer: Optimizer
  private let average: WeightAverage
  private let writer: BatchWriter
  private let objective: TrainingObjective
  private let batchMasks: FloatStorage
  /// Epochs done.
  package private(set) var epoch = 0

  /// - Parameters:
  ///   - graph: initialised; its outputs are named by `metadata`.
  ///   - threads: workers; results do not depend on it.
  /// - Throws: ``TrainingError``.
  package init(
    graph: Graph, metadata: ModelMetadata, samples: SampleSet, settings: TrainingSettings,
    threads: Int
  ) throws(TrainingError) {
    try settings.validate()
    guard !samples.samples.isEmpty else {
      throw .unsuitableData(reason: "there is nothing to train on")
    }
    let input = metadata.input
    self.settings = settings
    self.samples = samples
    self.graph = graph
    self.metadata = metadata
    stepsPerEpoch = max(1, samples.samples.count / settings.batchSize)
    pool = WorkerPool(workers: threads)
    do {
      plan = try TrainingPlan(
        graph: graph, inputShape: [settings.batchSize, input.channels, input.height, input.width],
        pool: pool, seed: settings.seed)
    } catch { throw .unsuitableData(reason: "the network does not fit its input: \(error)") }
    optimizer = Optimizer(.adamW(decay: settings.weightDecay), parameters: plan.parameters)
    average = WeightAverage(plan, decay: settings.averageDecay)
    writer = BatchWriter(
      try Augmenter(settings.augmentation, input, seed: settings.seed), threads: threads)
    objective = try TrainingObjective(settings, metadata, plan: plan, samples: samples)
    batchMasks = FloatStorage(count: settings.batchSize * input.height * input.width)
  }

  /// One pass over the samples.
  /// - Parameter step: called after each step with the loss; false stops the epoch, which is then
  ///   not counted.
  /// - Returns: the mean loss, or nil when stopped.
  package func runEpoch(_ step: (_ step: Int, _ loss: TrainingLoss) -> Bool) -> TrainingLoss? {
    let order = SampleSet.order(of: samples.samples.count, epoch: epoch + 1, seed: settings.seed)
    var total = TrainingLoss()
    for index in 0..<stepsPerEpoch {
      let batch = (0..<settings.batchSize).map { position in
        samples.samples[order[(index * settings.batchSize + position) % order.count]]
      }
      let loss = learn(batch, at: epoch * stepsPerEpoch + index)
      total += loss
      if !step(index, loss) { return nil }
    }
    epoch += 1
    return total / Float(stepsPerEpoch)
  }

  private func learn(_ batch: [Sample], at step: Int) -> TrainingLoss {
    let input = plan.input
    let masks = UnsafeMutableBufferPointer(start: batchMasks.floats, count: batchMasks.count)
    writer.write(
      batch, epoch: epoch + 1,
      images: UnsafeMutableBufferPointer(start: input.floats, count: input.count), lesions: masks)
    plan.forward()
    let loss = objective.measure(batch, masks: batchMasks.floats, pool: pool)
    plan.backward()
    optimizer.clipGradients(to: settings.gradientLimit)
    optimizer.step(
      learningRate: settings.learningRate(at: step, of: settings.epochs * stepsPerEpoch), pool: pool
    )
    average.update(pool: pool)
    return loss
  }

  /// The model with the averaged weights.
  package var model: Model {
    var graph = graph
    for (name, tensor) in average.parameters where graph.parameters[name] != nil {
      graph.parameters[name] = tensor
    }
    return Model(graph: graph, metadata: metadata)
  }

  // MARK: Checkpoints

  private static let weights = "weights.", averages = "average.", moments = "optimizer."

  /// Everything needed to go on exactly here after an epoch.
  package func checkpoint() -> Safetensors {
    var file = Safetensors()
    for (name, tensor) in plan.currentParameters() { file.tensors[Self.weights + name] = tensor }
    for (name, tensor) in average.parameters { file.tensors[Self.averages + name] = tensor }
    for (name, tensor) in optimizer.state() { file.tensors[Self.moments + name] = tensor }
    file.metadata = [
      "epoch": String(epoch), "averageSteps": String(average.steps),
      "settings": settings.fingerprint, "samples": String(samples.samples.count),
    ]
    return file
  }

  /// Goes on from a checkpoint of a run with the same settings and samples.
  /// - Throws: ``TrainingError/unsuitableData(reason:)`` when it is of another run.
  package func restore(_ file: Safetensors) throws(TrainingError) {
    guard file.metadata["settings"] == settings.fingerprint,
      file.metadata["samples"] == String(samples.samples.count),
      let epoch = file.metadata["epoch"].flatMap({ Int($0) }),
      let averageSteps = file.metadata["averageSteps"].flatMap({ Int($0) })
    else {
      throw .unsuitableData(
        reason: "the checkpoint is of a run with other settings or data; "
          + "give it another output name, or remove the checkpoint to start anew")
    }
    func part(_ prefix: String) -> [String: Tensor] {
      var tensors: [String: Tensor] = [:]
      for (name, tensor) in file.tensors where name.hasPrefix(prefix) {
        tensors[String(name.dropFirst(prefix.count))] = tensor
      }
      return tensors
    }
    plan.load(part(Self.weights))
    plan.skip(steps: epoch * stepsPerEpoch)
    average.restore(part(Self.averages), steps: averageSteps)
    optimizer.restore(part(Self.moments))
    self.epoch = epoch
  }
}
