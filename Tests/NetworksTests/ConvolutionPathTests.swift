// Each fast path of the convolution against the naive one, on shapes that do not fit its blocks.
import Networks
import Tensors
import Testing

@Suite struct ConvolutionPathTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var n = 1, c = 16, h = 1, w = 1, o = 16, kernel = 3, stride = 1, padding = 1
    var dilation = 1, groups = 1
    var testDescription: String {
      "\(n)x\(c)x\(h)x\(w) to \(o), k\(kernel) s\(stride) p\(padding) d\(dilation) g\(groups)"
    }

    func graph(seed: UInt64) -> Graph {
      let attributes = WindowAttributes(
        kernel: (kernel, kernel), stride: (stride, stride), dilation: (dilation, dilation),
        padding: Padding(all: padding))
      return Graph(
        inputs: [.init(name: "unused", shape: [1, 1])], outputs: ["y"],
        nodes: [
          Node(
            name: "conv", operation: Convolution(attributes: attributes, groups: groups),
            inputs: ["x", "w", "b"], outputs: ["y"])
        ],
        parameters: [
          "x": randomTensor([n, c, h, w], seed: seed),
          "w": randomTensor([o, c / groups, kernel, kernel], seed: seed + 1),
          "b": randomTensor([o], seed: seed + 2),
        ])
    }

    func naive(_ parameters: [String: Tensor], bias: [Float]?) throws -> Tensor {
      naiveConvolution(
        try #require(parameters["x"]), try #require(parameters["w"]), bias: bias, stride: stride,
        padding: padding, dilation: dilation, groups: groups)
    }
  }

  static let cases = [
    Case(h: 3, w: 3), Case(h: 4, w: 4), Case(h: 5, w: 9), Case(n: 7, h: 8, w: 8, o: 17),
    Case(n: 2, c: 33, h: 13, w: 30, o: 21), Case(n: 3, c: 20, h: 9, w: 7, o: 40, padding: 0),
    Case(c: 18, h: 11, w: 6, o: 19, padding: 2), Case(n: 2, c: 32, h: 40, w: 36, o: 32),
    Case(c: 70, h: 5, w: 6, o: 100), Case(n: 2, c: 97, h: 6, w: 9, o: 130),
    Case(c: 3, h: 1, w: 1), Case(c: 5, h: 1, w: 1, o: 3, kernel: 1, padding: 0),
    Case(n: 2, c: 3, h: 17, w: 19, o: 8, kernel: 5, stride: 2, padding: 2),
    Case(n: 7, c: 4, h: 6, w: 5, o: 6, kernel: 3, stride: 3, padding: 3),
    // Few rows and many channels: cut by channels. In place and padded, pointwise and not.
    Case(c: 40, h: 7, w: 7, o: 100, stride: 2),
    Case(n: 2, c: 70, h: 3, w: 5, o: 97, kernel: 1, padding: 0),
    Case(n: 3, c: 9, h: 8, w: 6, o: 64, stride: 2, padding: 0),
    Case(n: 2, c: 48, h: 9, w: 5, o: 70, kernel: 1, stride: 2, padding: 0),
    Case(c: 1, h: 30, w: 33, o: 20, kernel: 7, stride: 2, padding: 3),
    Case(c: 3, h: 21, w: 200, o: 32, padding: 0), Case(n: 2, c: 2, h: 5, w: 4, o: 3, padding: 6),
    // Dilated, grouped, depthwise.
    Case(n: 2, c: 5, h: 12, w: 9, o: 7, padding: 2, dilation: 2),
    Case(n: 2, c: 6, h: 7, w: 8, o: 9, stride: 2, groups: 3),
    Case(n: 2, c: 18, h: 7, w: 9, o: 18, groups: 18),
    Case(n: 3, c: 130, h: 6, w: 11, o: 130, kernel: 5, stride: 2, padding: 2, groups: 130),
    Case(c: 20, h: 9, w: 8, o: 20, padding: 4, dilation: 3, groups: 20),
  ]

  @Test(arguments: cases)
  func `forward equals the naive convolution`(_ test: Case) throws {
    let graph = test.graph(seed: 1)
    let plan = try TrainingPlan(graph: graph, inputShape: [1, 1], pool: WorkerPool(workers: 2))
    plan.forward()
    let expected = try test.naive(graph.parameters, bias: graph.parameters["b"]?.values).values
    #expect(relativeDifference(plan.output("y").logicalValues, expected) < 2e-5)
  }

  /// With what fusion adds: a sum with another value, then a leaky ReLU.
  @Test(arguments: cases)
  func `fused for running it equals the naive convolution`(_ test: Case) throws {
    var graph = test.graph(seed: 7)
    let plain = try test.naive(graph.parameters, bias: graph.parameters["b"]?.values)
    let other = randomTensor(plain.shape, seed: 8)
    graph.nodes = [
      Node(
        name: "conv",
        operation: Convolution(
          attributes: try #require(graph.nodes[0].operation as? Convolution).attributes,
          groups: test.groups, slope: 0.25, hasAddend: true),
        inputs: ["x", "w", "b", "other"], outputs: ["y"])
    ]
    graph.parameters["other"] = other
    let plan = try InferencePlan(graph: graph, inputShape: [1, 1], threads: 2)
    let result = try #require(try plan.run(Tensor(shape: [1, 1]))["y"]).values
    let expected = zip(plain.values, other.values).map { $0 + $1 }.map { $0 > 0 ? $0 : $0 / 4 }
    #expect(relativeDifference(result, expected) < 2e-5)
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
        let value = try test.naive(parameters, bias: name == "b" ? direction : nil)
        let base =
          name == "b"
          ? try test.naive(parameters, bias: nil).values
          : [Float](repeating: 0, count: value.count)
        let expected = zip(zip(value.values, base), upstream.values)
          .reduce(0.0) { $0 + Double($1.0.0 - $1.0.1) * Double($1.1) }
        #expect(abs(Float(expected) - ours[index]) < 5e-5 * max(scale, 1), "\(name)[\(index)]")
      }
    }
  }

  /// More tiles than are held at once: many blocks a chunk, and more than one strip.
  @Test(arguments: [
    Case(n: 2, c: 32, h: 100, w: 97, o: 32), Case(n: 2, c: 97, h: 81, w: 79, o: 130),
  ])
  func `a batch's weight gradient is the sum of its images'`(_ test: Case) throws {
    let x = randomTensor([test.n, test.c, test.h, test.w], seed: 1)
    let upstream = randomTensor([test.n, test.o, test.h, test.w], seed: 2)
    func gradient(_ images: Range<Int>) throws -> [Float] {
      var graph = test.graph(seed: 3)
      func part(_ tensor: Tensor) -> Tensor {
        let size = tensor.count / test.n
        return Tensor(
          shape: [images.count] + tensor.shape.dropFirst(),
          Array(tensor.values[images.lowerBound * size..<images.upperBound * size]))
      }
      graph.parameters["x"] = part(x)
      let plan = try TrainingPlan(graph: graph, inputShape: [1, 1], pool: WorkerPool(workers: 2))
      plan.forward()
      ParameterLayout.image.pack(
        part(upstream), to: try #require(plan.outputGradient("y")).floats)
      plan.backward()
      return try #require(plan.currentGradients()["w"]).values
    }
    let sum = zip(try gradient(0..<1), try gradient(1..<2)).map { $0 + $1 }
    #expect(relativeDifference(try gradient(0..<2), sum) < 2e-5)
  }

  @Test(arguments: [Case(n: 3, c: 32, h: 37, w: 22, o: 24), Case(n: 2, c: 97, h: 9, w: 7, o: 130)])
  func `results do not depend on the number of workers`(_ test: Case) throws {
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
