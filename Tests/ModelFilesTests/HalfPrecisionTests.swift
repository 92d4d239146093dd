// Weights in half precision, and the mean of several networks, through the file and back.
import Foundation
import Networks
import Tensors
import Testing

@testable import ModelFiles

@Suite struct HalfPrecisionTests {
  @Test func everyHalfComesBack() {
    for bits in UInt16.min...UInt16.max {
      let value = halfToFloat(bits)
      if value.isNaN {
        #expect(bits & 0x7c00 == 0x7c00 && halfToFloat(floatToHalf(value)).isNaN)
      } else {
        #expect(floatToHalf(value) == bits)
      }
    }
    #expect(halfToFloat(0x3c00) == 1 && halfToFloat(0xc500) == -5)
    #expect(halfToFloat(1) == 0x1p-24 && halfToFloat(0x7bff) == 65504)
  }

  @Test func theNearestHalfIsTaken() {
    for bits in UInt16(0)..<0x7bff {
      let (low, high) = (halfToFloat(bits), halfToFloat(bits + 1))
      let middle = (low + high) / 2
      #expect(floatToHalf(middle) == (bits % 2 == 0 ? bits : bits + 1), "ties go to even")
      #expect(floatToHalf(middle.nextDown) == bits && floatToHalf(middle.nextUp) == bits + 1)
    }
    #expect(floatToHalf(65519) == 0x7bff && floatToHalf(65520) == 0x7c00)
    #expect(floatToHalf(-1e30) == 0xfc00 && floatToHalf(-0.0) == 0x8000)
  }

  private func network(scale: Float) -> Graph {
    let weights = (0..<(4 * 9)).map { scale * sin(Float($0)) }
    return Graph(
      inputs: [.init(name: "image", shape: [nil, 1, 6, 6])], outputs: ["mask", "classes"],
      nodes: [
        Node(
          name: "conv",
          operation: Convolution(
            attributes: WindowAttributes(
              kernel: (3, 3), stride: (1, 1), dilation: (1, 1), padding: Padding(all: 1))),
          inputs: ["image", "weight", "bias"], outputs: ["mask"]),
        Node(
          name: "pool", operation: GlobalPooling(.average), inputs: ["mask"],
          outputs: ["classes"]),
      ],
      parameters: [
        "weight": Tensor(shape: [4, 1, 3, 3], weights),
        "bias": Tensor(shape: [4], [0.1, 0.2, 0.3, 1e-9]),
      ])
  }

  private func answers(_ graph: Graph) throws -> [String: [Float]] {
    let input = Tensor(shape: [2, 1, 6, 6], (0..<72).map { cos(Float($0)) })
    let plan = try InferencePlan(graph: graph, inputShape: input.shape, threads: 1)
    return try plan.run(input).mapValues(\.values)
  }

  private func reread(_ graph: Graph, halvesWeights: Bool) throws -> (Graph, bytes: Int) {
    let bytes = try Model(graph: graph, metadata: nil).encoded(halvesWeights: halvesWeights)
    return (try bytes.withUnsafeBytes { try Model.decode($0, path: "m") }.graph, bytes.count)
  }

  @Test func halvedWeightsKeepTheirNamesAndNearlyTheirValues() throws {
    let graph = network(scale: 1)
    let (half, _) = try reread(graph, halvesWeights: true)
    #expect(Set(half.parameters.keys) == ["weight", "bias"])
    #expect(half.parameters["bias"]?.values == graph.parameters["bias"]?.values)
    let rounded = try #require(half.parameters["weight"]?.values)
    let exact = try #require(graph.parameters["weight"]?.values)
    #expect(zip(rounded, exact).allSatisfy { abs($0 - $1) <= abs($1) * 0x1p-11 })
    #expect(rounded != exact)
    // Rounding what is rounded changes nothing.
    #expect(try reread(half, halvesWeights: true).0.parameters["weight"]?.values == rounded)
  }

  @Test func aWeightTooLargeForHalfPrecisionStaysAsItIs() throws {
    let (half, _) = try reread(network(scale: 1e6), halvesWeights: true)
    #expect(
      half.parameters["weight"]?.values == network(scale: 1e6).parameters["weight"]?.values)
  }

  @Test func theAverageOfNetworksIsTheMeanOfTheirAnswers() throws {
    let members = [network(scale: 1), network(scale: -0.3), network(scale: 2)]
    let single = try members.map(answers)
    let (average, _) = try reread(Graph.average(members), halvesWeights: false)
    let mean = try answers(average)
    for output in ["mask", "classes"] {
      let values = try #require(mean[output])
      #expect(values.count == single[0][output]?.count)
      for (index, value) in values.enumerated() {
        let expected = single.reduce(0) { $0 + ($1[output]?[index] ?? .nan) } / 3
        #expect(abs(value - expected) < 1e-5)
      }
    }
  }

  @Test func aNetworkAtSeveralSizesIsTheMeanOfItsAnswers() throws {
    let graph = network(scale: 1)
    let whole = try reread(
      graph.averaged(overSides: [6, 12], inputSide: 6), halvesWeights: false
    ).0
    #expect(whole.parameterCount == graph.parameterCount + 2)
    // The second by hand: enlarged, answered, and its mask brought back.
    var large = graph
    large.inputs[0].shape = [nil, 1, 12, 12]
    let image = Tensor(shape: [2, 1, 6, 6], (0..<72).map { cos(Float($0)) })
    func resized(_ tensor: Tensor, to side: Int) throws -> Tensor {
      let resize = Graph(
        inputs: [.init(name: "x", shape: tensor.shape)], outputs: ["y"],
        nodes: [
          Node(
            name: "resize", operation: Resize(.linear, .sizes(y: side, x: side)), inputs: ["x"],
            outputs: ["y"])
        ])
      let plan = try InferencePlan(graph: resize, inputShape: tensor.shape, threads: 1)
      return try #require(try plan.run(tensor)["y"])
    }
    let plan = try InferencePlan(graph: large, inputShape: [2, 1, 12, 12], threads: 1)
    let second = try plan.run(try resized(image, to: 12))
    let expected = [
      "mask": try resized(try #require(second["mask"]), to: 6).values,
      "classes": try #require(second["classes"]).values,
    ]
    let (first, mean) = (try answers(graph), try answers(whole))
    for output in ["mask", "classes"] {
      let values = try #require(mean[output])
      for (index, value) in values.enumerated() {
        let due = ((first[output]?[index] ?? .nan) + (expected[output]?[index] ?? .nan)) / 2
        #expect(abs(value - due) < 1e-5)
      }
    }
  }

  /// It was written all the same, and no program could run it.
  @Test func aNetworkWhoseMaskHasAFixedSizeIsNotAveragedOverSizes() throws {
    var graph = network(scale: 1)
    graph.nodes[0].outputs = ["features"]
    graph.nodes[1].inputs = ["features"]
    graph.nodes.append(
      Node(
        name: "fixed", operation: Resize(.linear, .sizes(y: 12, x: 12)), inputs: ["features"],
        outputs: ["mask"]))
    #expect(throws: NetworkError.self) {
      try graph.averaged(overSides: [6, 12], inputSide: 12)
    }
  }

  @Test(arguments: [[], [6, 6], [0], [1 << 40]]) func sizesThatMakeNoSenseAreRefused(sides: [Int]) {
    #expect(throws: NetworkError.self) {
      try network(scale: 1).averaged(overSides: sides, inputSide: 6)
    }
  }

  @Test func networksThatAnswerDifferentQuestionsAreNotAveraged() throws {
    var other = network(scale: 1)
    other.outputs = ["mask"]
    #expect(throws: NetworkError.self) { try Graph.average([network(scale: 1), other]) }
    let labelled = ModelMetadata(
      name: "a", labels: ["x", "y"],
      input: InputSpecification(
        width: 6, height: 6))
    let members = [
      Model(graph: network(scale: 1), metadata: labelled),
      Model(graph: network(scale: 1), metadata: nil),
    ]
    #expect {
      try Model.average(members, paths: ["one.onnx", "two.onnx"])
    } throws: {
      String(describing: $0).contains("two.onnx")
    }
  }
}
