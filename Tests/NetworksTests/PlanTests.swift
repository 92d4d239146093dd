// Whole networks: fusion, determinism, learning.
import Networks
import Tensors
import Testing

@Suite struct PlanTests {
  private func smallNet(seed: UInt64 = 2) -> Graph {
    var settings = UNetSettings()
    (settings.width, settings.height) = (32, 32)
    settings.widths = [8, 16, 16]
    settings.dropout = 0
    return unet(settings, seed: seed)
  }

  /// Running statistics and scales that are not the identity, so that folding has something to do.
  private func disturbed(_ graph: Graph) -> Graph {
    var graph = graph
    var generator = SplitMix64(seed: 21)
    for (name, tensor) in graph.parameters.sorted(by: { $0.key < $1.key })
    where tensor.shape.count == 1 {
      let isPositive = name.hasSuffix(".variance") || name.hasSuffix(".scale")
      graph.parameters[name] = Tensor(
        shape: tensor.shape,
        (0..<tensor.count).map { _ in
          isPositive ? 0.5 + generator.nextUnit() : 0.2 * generator.nextNormal()
        })
    }
    return graph
  }

  @Test func `fusion changes the operators, not the answers`() throws {
    let graph = disturbed(smallNet())
    let shapes = try graph.shapes(inputShapes: ["image": [2, 1, 32, 32]])
    let fused = graph.fusedForInference(shapes: shapes)
    #expect(fused.nodes.count < graph.nodes.count)
    #expect(!fused.nodes.contains { $0.operation is BatchNormalization })
    let shape = [2, 1, 32, 32]
    let input = randomTensor(shape, seed: 8)
    let plan = try InferencePlan(graph: graph, inputShape: shape, threads: 1)
    let outputs = try plan.run(input)
    // The same network, one operator at a time: nothing is fused when every value is an output.
    var plain = graph
    plain.outputs = graph.nodes.flatMap(\.outputs)
    let reference = try InferencePlan(graph: plain, inputShape: shape, threads: 1).run(input)
    for (name, tensor) in outputs {
      let expected = try #require(reference[name])
      #expect(relativeDifference(tensor.values, expected.values) < 1e-4, "\(name)")
    }
  }

  @Test func `answers do not depend on the workers, the run or the batch`() throws {
    let graph = disturbed(smallNet())
    let one = randomTensor([1, 1, 32, 32], seed: 5)
    let two = Tensor(
      shape: [2, 1, 32, 32], one.values + randomTensor([1, 1, 32, 32], seed: 6).values)
    var answers: [[Float]] = []
    for threads in [1, 2, 4] {
      let plan = try InferencePlan(graph: graph, inputShape: one.shape, threads: threads)
      answers.append(try #require(try plan.run(one)["mask"]).values)
      answers.append(try #require(try plan.run(one)["mask"]).values)
    }
    for answer in answers { #expect(answer == answers[0]) }
    let batch = try InferencePlan(graph: graph, inputShape: two.shape, threads: 1).run(two)
    let first = Array(try #require(batch["mask"]).values.prefix(32 * 32))
    #expect(relativeDifference(first, answers[0]) < 1e-5)
  }

  @Test
  func `a network learns two images by heart, with the same weights on any number of workers`()
    throws
  {
    var results: [[Float]] = []
    for workers in [1, 2] {
      let pool = WorkerPool(workers: workers)
      let plan = try TrainingPlan(
        graph: smallNet(), inputShape: [2, 1, 32, 32], pool: pool, seed: 1)
      let optimizer = Optimizer(.adamW(), parameters: plan.parameters)
      ParameterLayout.image.pack(randomTensor([2, 1, 32, 32], seed: 3), to: plan.input.floats)
      var masks = [Float](repeating: 0, count: 2 * 32 * 32)
      for i in 300..<600 { masks[i] = 1 }
      for i in 1200..<1300 { masks[i] = 1 }
      var losses: [Float] = []
      for _ in 0..<40 {
        plan.forward()
        losses.append(try seedLoss(plan, masks, pool))
        plan.backward()
        optimizer.step(learningRate: 0.01, pool: pool)
      }
      #expect((losses.last ?? .infinity) < 0.5 * losses[0])
      results.append(plan.currentParameters().sorted { $0.key < $1.key }.flatMap(\.value.values))
    }
    #expect(results[0] == results[1])
  }

  private func seedLoss(_ plan: TrainingPlan, _ masks: [Float], _ pool: WorkerPool) throws -> Float
  {
    let maskGradient = try #require(plan.outputGradient("mask"))
    let classGradient = try #require(plan.outputGradient("classes"))
    for gradient in [maskGradient, classGradient] {
      gradient.floats.update(repeating: 0, count: gradient.count)
    }
    let all = [true, true]
    return masks.withUnsafeBufferPointer { masks in
      guard let masks = masks.baseAddress else { return Float.infinity }
      return MaskLoss()(
        logits: plan.output("mask"), gradient: maskGradient, masks: masks, isUsed: all,
        usesDice: all, pool: pool)
    } + CrossEntropy()(logits: plan.output("classes"), gradient: classGradient, targets: [0, 2])
  }

  @Test func `a value that nothing makes and a bad input shape are named`() throws {
    var graph = smallNet()
    #expect(throws: NetworkError.self) {
      try InferencePlan(graph: graph, inputShape: [1, 3, 32, 32], threads: 1)
    }
    graph.nodes.remove(at: 0)
    #expect(throws: NetworkError.self) {
      try InferencePlan(graph: graph, inputShape: [1, 1, 32, 32], threads: 1)
    }
  }
}
