// Losses and optimisers against PyTorch's numbers.
import Networks
import Tensors
import Testing

@Suite struct LearningTests {
  private func memory(_ value: Fixture.Value) -> (FloatStorage, View) {
    let storage = FloatStorage(count: value.values.count)
    ParameterLayout.image.pack(value.tensor, to: storage.floats)
    return (storage, View(storage.floats, shape: value.shape))
  }

  @Test(arguments: [
    "loss-crossentropy", "loss-crossentropy-smoothing", "loss-crossentropy-weights",
    "loss-crossentropy-weights-smoothing",
  ])
  func `cross-entropy agrees with PyTorch`(name: String) throws {
    let fixture = try Fixture.load(name)
    let (logitMemory, logits) = memory(try #require(fixture.inputs["logits"]))
    let gradientMemory = FloatStorage(count: logits.count)
    let loss = CrossEntropy(
      smoothing: fixture.attributes["label_smoothing"]?[0] ?? 0,
      classWeights: fixture.inputs["class_weights"]?.values ?? [])
    let targets = try #require(fixture.inputs["target"]).values.map { Int($0) }
    let gradient = View(gradientMemory.floats, shape: logits.shape)
    let value = loss(logits: logits, gradient: gradient, targets: targets)
    #expect(relativeDifference([value], try #require(fixture.outputs["y"]).values) < 1e-5)
    let expected = try #require(fixture.gradients["logits"]).values
    #expect(relativeDifference(gradient.logicalValues, expected) < 1e-5)
    withExtendedLifetime((logitMemory, gradientMemory)) {}
  }

  @Test(arguments: [
    "loss-bce", "loss-bce-positive-weight", "loss-dice-per-image", "loss-dice-whole-batch",
  ])
  func `mask losses agree with PyTorch`(name: String) throws {
    let fixture = try Fixture.load(name)
    let isDice = name.contains("dice")
    let (logitMemory, logits) = memory(try #require(fixture.inputs["logits"]))
    let (maskMemory, masks) = memory(try #require(fixture.inputs["target"]))
    let gradientMemory = FloatStorage(count: logits.count)
    let loss = MaskLoss(
      crossEntropyShare: isDice ? 0 : 1,
      positiveWeight: fixture.attributes["positive_weight"]?[0] ?? 1,
      diceShare: name == "loss-dice-per-image" ? 1 : 0,
      batchDiceShare: name == "loss-dice-whole-batch" ? 1 : 0)
    let all = [Bool](repeating: true, count: logits.n)
    let gradient = View(gradientMemory.floats, shape: logits.shape)
    let value = loss(
      logits: logits, gradient: gradient, masks: masks.floats, isUsed: all, usesDice: all,
      pool: WorkerPool(workers: 2))
    #expect(relativeDifference([value], try #require(fixture.outputs["y"]).values) < 1e-5)
    let expected = try #require(fixture.gradients["logits"]).values
    #expect(relativeDifference(gradient.logicalValues, expected) < 2e-5)
    withExtendedLifetime((logitMemory, maskMemory, gradientMemory)) {}
  }

  @Test(arguments: [
    "optimiser-adam", "optimiser-adamw", "optimiser-sgd-momentum", "optimiser-sgd-nesterov-decay",
  ])
  func `optimisers agree with PyTorch`(name: String) throws {
    let fixture = try Fixture.load(name)
    func attribute(_ key: String) -> Float { fixture.attributes[key]?[0] ?? 0 }
    let start = try #require(fixture.inputs["parameter"])
    let (valueMemory, value) = memory(start)
    let gradientMemory = FloatStorage(count: value.count)
    let gradient = View(gradientMemory.floats, shape: value.shape)
    let rule: OptimizerRule =
      name.contains("adam")
      ? .adamW(decay: attribute("weight_decay"))
      : .momentum(
        attribute("momentum"), decay: attribute("weight_decay"),
        nesterov: attribute("nesterov") == 1)
    let optimizer = Optimizer(
      rule,
      parameters: [
        TrainableParameter(name: "p", value: value, gradient: gradient, decays: true)
      ])
    let gradients = try #require(fixture.inputs["gradient"]).values
    let expected = try #require(fixture.outputs["parameter"]).values
    let n = value.count
    for step in 0..<gradients.count / n {
      for i in 0..<n { gradient.floats[i] = gradients[step * n + i] }
      optimizer.step(learningRate: attribute("lr"), pool: WorkerPool(workers: 1))
      let now = (0..<n).map { value.floats[$0] }
      #expect(
        relativeDifference(now, Array(expected[step * n..<(step + 1) * n])) < 1e-5, "step \(step)")
    }
    withExtendedLifetime((valueMemory, gradientMemory)) {}
  }
}
