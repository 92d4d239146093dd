// Dense layers against the plain sum, on every way that their weights are cut.
import Networks
import Tensors
import Testing

@Suite struct DenseTests {
  /// From layers that one task multiplies to those that are cut along their inputs.
  static let shapes = [(7, 5), (300, 70), (2051, 65), (4099, 64), (70_001, 3)]

  @Test(arguments: shapes, [1, 3, 8, 16, 17])
  func `equals the plain sum, with the same bits on any number of threads`(
    shape: (inputs: Int, outputs: Int), rows: Int
  ) throws {
    let (x, w, b) = (
      randomTensor([rows, shape.inputs], seed: 1),
      randomTensor([shape.outputs, shape.inputs], seed: 2), randomTensor([shape.outputs], seed: 3)
    )
    let graph = Graph(
      inputs: [.init(name: "x", shape: [rows, shape.inputs])], outputs: ["y"],
      nodes: [Node(name: "dense", operation: Dense(), inputs: ["x", "w", "b"], outputs: ["y"])],
      parameters: ["w": w, "b": b])
    let answers = try [1, 2, 4].map { threads in
      let plan = try InferencePlan(graph: graph, inputShape: x.shape, threads: threads)
      return try #require(plan.run(x)["y"]).values
    }
    #expect(answers[0] == answers[1] && answers[0] == answers[2])
    #expect(relativeDifference(answers[0], naive(x, w, b)) < 2e-5)
  }

  /// The layer takes up the flattening of an image that is kept channels last.
  @Test func `reads an image as its flattening would be read`() throws {
    let x = randomTensor([3, 5, 4, 7], seed: 4)
    let (w, b) = (randomTensor([9, 140], seed: 5), randomTensor([9], seed: 6))
    let graph = Graph(
      inputs: [.init(name: "x", shape: x.shape)], outputs: ["y"],
      nodes: [
        Node(name: "relu", operation: LeakyReLU(), inputs: ["x"], outputs: ["r"]),
        Node(name: "flat", operation: Reshape(.flatten(axis: 1)), inputs: ["r"], outputs: ["f"]),
        Node(name: "dense", operation: Dense(), inputs: ["f", "w", "b"], outputs: ["y"]),
      ], parameters: ["w": w, "b": b])
    let shapes = ["x": x.shape, "r": x.shape, "f": [3, 140], "y": [3, 9]]
    let fused = graph.fusedForInference(shapes: shapes)
    #expect(fused.nodes.map(\.name) == ["relu", "dense"])
    let plan = try InferencePlan(graph: graph, inputShape: x.shape, threads: 1)
    let answer = try #require(plan.run(x)["y"]).values
    let rectified = Tensor(shape: [3, 140], x.values.map { max($0, 0) })
    #expect(relativeDifference(answer, naive(rectified, w, b)) < 2e-5)
  }

  private func naive(_ x: Tensor, _ w: Tensor, _ b: Tensor) -> [Float] {
    let (x, w, inputs) = (x.values, w.values, x.shape[1])
    return (0..<x.count / inputs).flatMap { row in
      b.values.enumerated().map { output, bias in
        var sum = Double(bias)
        for i in 0..<inputs { sum += Double(x[row * inputs + i]) * Double(w[output * inputs + i]) }
        return Float(sum)
      }
    }
  }
}
