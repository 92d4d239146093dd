// What operators say that their backward pass reads, since the rest of the memory is shared.
import Networks
import Tensors
import Testing

@Suite struct TrainingMemoryTests {
  /// The operator's inputs and outputs become activations; once it has run, a value that is larger
  /// than all of them together takes all memory that is free by then, and fills it with what would
  /// spoil every gradient.
  @Test(arguments: Fixture.operatorNames)
  func `gradients stay when memory is used again`(name: String) throws {
    guard name != "batchnorm-eval" else { return }
    let fixture = try Fixture.load(name)
    let upstream = try #require(fixture.upstream["y"]).tensor
    var graph = try fixture.graph()
    let expected = try gradients(of: graph, upstream)
    let operation = graph.nodes[0].operation
    let isActivation = graph.nodes[0].inputs.enumerated().map { index, name in
      fixture.gradients[name] != nil
        && [.image, .plain].contains(operation.layout(ofParameter: index))
    }
    for (index, name) in graph.nodes[0].inputs.enumerated() where isActivation[index] {
      graph.nodes.insert(
        Node(name: "before \(name)", operation: Identity(), inputs: [name], outputs: [name + "'"]),
        at: 0)
    }
    let last = graph.nodes.count - 1
    graph.nodes[last].inputs = zip(graph.nodes[last].inputs, isActivation).map {
      $1 ? $0 + "'" : $0
    }
    graph.nodes[last].outputs = graph.nodes[last].outputs.map { $0 + "'" }
    graph.nodes += [
      Node(name: "after", operation: Identity(), inputs: ["y'"], outputs: ["y"]),
      Node(name: "flood", operation: Expand([1 << 16]), inputs: ["poison"], outputs: ["flood"]),
      Node(
        name: "drain", operation: Reduction(.maximum, axes: [0]), inputs: ["flood"],
        outputs: ["drain"]),
    ]
    graph.outputs = ["y", "drain"]
    graph.parameters["poison"] = Tensor(shape: [1], [.nan])
    graph.fixed = ["poison"]
    let found = try gradients(of: graph, upstream)
    #expect(found.count == expected.count)
    for (name, values) in expected {
      let ours = try #require(found[name])
      let isSound = ours.allSatisfy { $0.isFinite }
      #expect(isSound, "\(name)")
      #expect(relativeDifference(ours, values) < 1e-6, "\(name)")
    }
  }

  /// Of the second of two equal steps: nothing may be left over from the first.
  private func gradients(of graph: Graph, _ upstream: Tensor) throws -> [String: [Float]] {
    let plan = try TrainingPlan(graph: graph, inputShape: [1, 1], pool: WorkerPool(workers: 2))
    let gradient = try #require(plan.outputGradient("y"))
    ParameterLayout.image.pack(upstream, to: gradient.floats)
    for _ in 0..<2 {
      plan.forward()
      plan.backward()
    }
    return plan.currentGradients().mapValues(\.values)
  }
}
