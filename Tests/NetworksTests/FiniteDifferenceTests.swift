// Every operator's gradient against the slope of its own forward pass.
import Networks
import Tensors
import Testing

@Suite struct FiniteDifferenceTests {
  /// L = Σ u · y for a fixed u. Along a direction d the slope is (L(x + εd) - L(x - εd)) / 2ε, and the
  /// gradient says <dL/dx, d>.
  @Test(arguments: Fixture.operatorNames)
  func `the gradient is the slope`(name: String) throws {
    guard name != "batchnorm-eval" else { return }
    let fixture = try Fixture.load(name)
    let graph = try fixture.graph()
    let upstream = try #require(fixture.upstream["y"]).tensor
    let pool = WorkerPool(workers: 1)
    let plan = try TrainingPlan(graph: graph, inputShape: [1, 1], pool: pool)
    plan.forward()
    ParameterLayout.image.pack(upstream, to: try #require(plan.outputGradient("y")).floats)
    plan.backward()
    let gradients = plan.currentGradients()
    for input in fixture.gradients.keys.sorted() {
      let direction = randomDirection(try #require(graph.parameters[input]), seed: 11)
      let step: Float = 2e-3
      let ahead = try loss(graph, input, direction, step, upstream, pool)
      let behind = try loss(graph, input, direction, -step, upstream, pool)
      let slope = (ahead - behind) / Double(2 * step)
      let gradient = try #require(gradients[input]).values
      let expected = zip(gradient, direction).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      let scale = zip(gradient, direction).reduce(0.0) { $0 + abs(Double($1.0 * $1.1)) }
      #expect(abs(slope - expected) < 0.01 * max(scale, 0.1), "\(name), \(input)")
    }
  }

  /// Signs at random: every element takes part, none is lost among the others.
  private func randomDirection(_ tensor: Tensor, seed: UInt64) -> [Float] {
    var generator = SplitMix64(seed: seed)
    return (0..<tensor.count).map { _ in generator.next() & 1 == 0 ? 1 : -1 }
  }

  private func loss(
    _ graph: Graph, _ input: String, _ direction: [Float], _ step: Float, _ upstream: Tensor,
    _ pool: WorkerPool
  ) throws -> Double {
    var moved = graph
    let tensor = try #require(graph.parameters[input])
    moved.parameters[input] = Tensor(
      shape: tensor.shape, zip(tensor.values, direction).map { $0 + step * $1 })
    let plan = try TrainingPlan(graph: moved, inputShape: [1, 1], pool: pool)
    plan.forward()
    return zip(plan.output("y").logicalValues, upstream.values)
      .reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
  }
}
