// Each fast path of the convolution against the naive one, on shapes that do not fit its blocks.
import Networks
import Tensors
import Testing

@Suite struct ConvolutionPathTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var n = 1, c = 16, h = 1, w = 1, o = 16, kernel = 3, stride = 1, padding = 1
    var testDescription: String { "\(n)x\(c)x\(h)x\(w) to \(o), k\(kernel) s\(stride) p\(padding)" }

    func graph(seed: UInt64) -> Graph {
      let attributes = WindowAttributes(
        kernel: (kernel, kernel), stride: (stride, stride), padding: Padding(all: padding))
      return Graph(
        inputs: [.init(name: "unused", shape: [1, 1])], outputs: ["y"],
        nodes: [
          Node(
            name: "conv", operation: Convolution(attributes: attributes),
            inputs: ["x", "w", "b"], outputs: ["y"])
        ],
        parameters: [
          "x": randomTensor([n, c, h, w], seed: seed),
          "w": randomTensor([o, c, kernel, kernel], seed: seed + 1),
          "b": randomTensor([o], seed: seed + 2),
        ])
    }
  }

  static let cases = [
    Case(h: 3, w: 3), Case(h: 4, w: 4), Case(h: 5, w: 9), Case(n: 7, h: 8, w: 8, o: 17),
    Case(n: 2, c: 33, h: 13, w: 30, o: 21), Case(n: 3, c: 20, h: 9, w: 7, o: 40, padding: 0),
    Case(c: 18, h: 11, w: 6, o: 19, padding: 2), Case(n: 2, c: 32, h: 40, w: 36, o: 32),
    Case(c: 3, h: 1, w: 1), Case(c: 5, h: 1, w: 1, o: 3, kernel: 1, padding: 0),
    Case(n: 2, c: 3, h: 17, w: 19, o: 8, kernel: 5, stride: 2, padding: 2),
    Case(n: 7, c: 4, h: 6, w: 5, o: 6, kernel: 3, stride: 3, padding: 3),
  ]

  @Test(arguments: cases)
  func `forward equals the naive convolution`(_ test: Case) throws {
    let graph = test.graph(seed: 1)
    let plan = try TrainingPlan(graph: graph, inputShape: [1, 1], pool: WorkerPool(workers: 2))
    plan.forward()
    let p = graph.parameters
    let expected = naiveConvolution(
      try #require(p["x"]), try #require(p["w"]), bias: p["b"]?.values, stride: test.stride,
      padding: test.padding)
    #expect(relativeDifference(plan.output("y").logicalValues, expected.values) < 2e-5)
  }

  /// For a linear map the gradient is exact: <dy, f(x + e) - f(x)> for unit steps e.
  @Test(arguments: cases)
  func `gradients equal those of the naive convolution`(_ test: Case) throws {
    let graph = test.graph(seed: 5)
    let plan = try TrainingPlan(graph: graph, inputShape: [1, 1], pool: WorkerPool(workers: 2))
    plan.forward()
    let gradient = try #require(plan.outputGradient("y"))
    let upstream = randomTensor(gradient.shape, seed: 9)
    ParameterLayout.image.pack(upstream, to: gradient.floats)
    plan.backward()
    let gradients = plan.currentGradients()
    for (name, tensor) in graph.parameters {
      let ours = try #require(gradients[name]).values
      let scale = ours.map(abs).max() ?? 1
      for index in Set([0, tensor.count / 3, tensor.count / 2, tensor.count - 1]) {
        var direction = [Float](repeating: 0, count: tensor.count)
        direction[index] = 1
        var parameters = graph.parameters
        parameters[name] = Tensor(shape: tensor.shape, direction)
        // Linear in each argument: the derivative along e is the value at e, without the bias.
        let value = naiveConvolution(
          try #require(parameters["x"]), try #require(parameters["w"]),
          bias: name == "b" ? direction : nil, stride: test.stride, padding: test.padding)
        let base =
          name == "b"
          ? naiveConvolution(
            try #require(parameters["x"]), try #require(parameters["w"]), bias: nil,
            stride: test.stride, padding: test.padding
          ).values
          : [Float](repeating: 0, count: value.count)
        let expected = zip(zip(value.values, base), upstream.values)
          .reduce(0.0) { $0 + Double($1.0.0 - $1.0.1) * Double($1.1) }
        #expect(abs(Float(expected) - ours[index]) < 5e-5 * max(scale, 1), "\(name)[\(index)]")
      }
    }
  }

  @Test func `results do not depend on the number of workers`() throws {
    let test = Case(n: 3, c: 32, h: 37, w: 22, o: 24)
    var outputs: [[Float]] = []
    var weights: [[Float]] = []
    for workers in [1, 2, 4] {
      let plan = try TrainingPlan(
        graph: test.graph(seed: 3), inputShape: [1, 1], pool: WorkerPool(workers: workers))
      plan.forward()
      let gradient = try #require(plan.outputGradient("y"))
      ParameterLayout.image.pack(randomTensor(gradient.shape, seed: 4), to: gradient.floats)
      plan.backward()
      outputs.append(plan.output("y").logicalValues)
      weights.append(try #require(plan.currentGradients()["w"]).values)
    }
    #expect(outputs[0] == outputs[1] && outputs[1] == outputs[2])
    #expect(weights[0] == weights[1] && weights[1] == weights[2])
  }
}
