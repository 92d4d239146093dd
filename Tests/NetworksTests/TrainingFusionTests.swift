// Residual sums fused into batch normalisation: the same step with fewer passes over memory.
import Networks
import Tensors
import Testing

@Suite struct TrainingFusionTests {
  /// Three residual blocks: a normalised shortcut, the value itself, and the norm's own input.
  private func residualNetwork() -> Graph {
    var graph = Graph(inputs: [.init(name: "x", shape: [nil, 6, 7, 5])], outputs: ["y"])
    func norm(_ name: String, _ input: String, seed: UInt64) {
      for (index, part) in ["scale", "bias", "mean", "variance"].enumerated() {
        let values = randomTensor([6], seed: seed + UInt64(index)).values
        graph.parameters["\(name).\(part)"] = Tensor(
          shape: [6], part == "variance" ? values.map { abs($0) + 0.5 } : values)
      }
      graph.nodes.append(
        Node(
          name: name, operation: BatchNormalization(),
          inputs: [input] + ["scale", "bias", "mean", "variance"].map { "\(name).\($0)" },
          outputs: [name]))
    }
    func convolution(_ name: String, _ input: String, kernel: Int, seed: UInt64) {
      graph.parameters["\(name).weight"] = randomTensor([6, 6, kernel, kernel], seed: seed)
      graph.nodes.append(
        Node(
          name: name,
          operation: Convolution(
            attributes: WindowAttributes(
              kernel: (kernel, kernel), padding: Padding(all: kernel / 2))),
          inputs: [input, "\(name).weight"], outputs: [name]))
    }
    func sum(_ name: String, _ a: String, _ b: String) {
      graph.nodes += [
        Node(name: name, operation: Arithmetic(.add), inputs: [a, b], outputs: [name]),
        Node(name: "\(name)'", operation: LeakyReLU(), inputs: [name], outputs: ["\(name)'"]),
      ]
    }
    convolution("c1", "x", kernel: 3, seed: 1)
    norm("n1", "c1", seed: 10)
    convolution("c2", "x", kernel: 1, seed: 2)
    norm("n2", "c2", seed: 20)
    sum("s1", "n1", "n2")
    convolution("c3", "s1'", kernel: 3, seed: 3)
    norm("n3", "c3", seed: 30)
    sum("s2", "n3", "s1'")
    norm("n4", "s2'", seed: 40)
    sum("s3", "n4", "s2'")
    graph.nodes.append(
      Node(name: "y", operation: Identity(), inputs: ["s3'"], outputs: ["y"]))
    return graph
  }

  private struct Step: Equatable {
    var output: [Float]
    var gradients: [String: [Float]]
    var parameters: [String: [Float]]
  }

  private func step(_ graph: Graph, workers: Int) throws -> Step {
    let plan = try TrainingPlan(
      graph: graph, inputShape: [3, 6, 7, 5], pool: WorkerPool(workers: workers))
    ParameterLayout.image.pack(randomTensor([3, 6, 7, 5], seed: 7), to: plan.input.floats)
    for _ in 0..<2 {
      plan.forward()
      for output in graph.outputs {
        guard let gradient = plan.outputGradient(output) else { continue }
        gradient.floats.update(repeating: 0, count: gradient.count)
      }
      ParameterLayout.image.pack(
        randomTensor([3, 6, 7, 5], seed: 8), to: try #require(plan.outputGradient("y")).floats)
      plan.backward()
    }
    return Step(
      output: plan.output("y").logicalValues,
      gradients: plan.currentGradients().mapValues(\.values),
      parameters: plan.currentParameters().mapValues(\.values))
  }

  @Test func `a fused step gives the answers and gradients of a plain one`() throws {
    let graph = residualNetwork()
    let shapes = try graph.shapes(inputShapes: ["x": [3, 6, 7, 5]])
    let fused = graph.fusedForTraining(shapes: shapes)
    // The third sum adds a norm's input to its result and stays.
    #expect(fused.nodes.count { $0.operation is Arithmetic } == 1)
    #expect(fused.nodes.count { ($0.operation as? BatchNormalization)?.hasAddend == true } == 2)
    // Nothing is fused where every value is an output.
    var plain = graph
    plain.outputs = graph.nodes.flatMap(\.outputs)
    let (ours, expected) = (try step(graph, workers: 2), try step(plain, workers: 2))
    #expect(relativeDifference(ours.output, expected.output) < 1e-6)
    #expect(ours.gradients.count == expected.gradients.count)
    for (name, values) in expected.gradients {
      let found = try #require(ours.gradients[name])
      #expect(relativeDifference(found, values) < 1e-5, "gradient of \(name)")
    }
    for (name, values) in expected.parameters {
      let found = try #require(ours.parameters[name])
      #expect(relativeDifference(found, values) < 1e-6, "\(name)")
    }
  }

  @Test func `a fused step is the same on any number of workers`() throws {
    let steps = try [1, 2, 4].map { try step(residualNetwork(), workers: $0) }
    #expect(steps[0] == steps[1] && steps[1] == steps[2])
  }
}
