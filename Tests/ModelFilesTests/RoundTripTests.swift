// Every operator written as ONNX and read back: the same answers, the same bytes.
import Foundation
import Networks
import Tensors
import Testing

@testable import ModelFiles

@Suite struct OperatorRoundTripTests {
  private struct Case {
    let operation: any Operator
    var shape = [2, 4, 6, 5]
    var weights: [[Int]] = []
    var outputs = ["y"]
    /// Nil: any number of images.
    var batch: Int?
  }

  private static func window(_ kernel: Int, automatic: AutomaticPadding? = nil) -> WindowAttributes
  {
    var window = WindowAttributes(
      kernel: (kernel, kernel), stride: (2, 1), dilation: (1, 1), padding: Padding(all: 1))
    window.automaticPadding = automatic
    if automatic != nil { window.padding = Padding() }
    return window
  }

  private static let functions: [Elementwise.Function] = [
    .sigmoid, .tanh, .erf, .exponential, .absolute, .negation, .softplus, .softsign, .mish,
    .hardSwish, .elu(alpha: 0.5), .celu(alpha: 0.5), .selu(alpha: 1.6, gamma: 1.1),
    .hardSigmoid(alpha: 0.3, beta: 0.4), .thresholdedReLU(alpha: 0.2), .gelu(approximates: true),
    .gelu(approximates: false), .clip(low: -0.5, high: .infinity), .clip(low: -1, high: 1),
  ]

  private static let depth = WindowAttributes(
    kernel: (3, 1), stride: (2, 1), padding: Padding(top: 1, left: 0, bottom: 1, right: 0))

  private static let cases: [Case] =
    functions.map { Case(operation: Elementwise($0)) }
    + Arithmetic.Function.allCases.filter { $0 != .power && $0 != .divide }
    .map { Case(operation: Arithmetic($0), weights: [[4, 1, 1]]) }
    + Reduction.Function.allCases.filter { $0 != .product }
    .map { Case(operation: Reduction($0, axes: [1, -1], keepsDimensions: $0 != .mean)) }
    + Pad.modes.map { Case(operation: Pad($0, pads: [0, 0, 1, 2, 0, 0, 2, 1], value: 0.5)) }
    + Resize.Coordinates.allCases.map {
      Case(operation: Resize(.linear, .scales(y: 2, x: 1.5), coordinates: $0))
    }
    + Resize.Rounding.allCases.map {
      Case(
        operation: Resize(.nearest, .sizes(y: 9, x: 4), coordinates: .asymmetric, rounding: $0))
    }
    + [
      Case(operation: Convolution(attributes: window(3)), weights: [[3, 4, 3, 3], [3]]),
      Case(
        operation: Convolution(attributes: window(3, automatic: .lower), groups: 4),
        weights: [[8, 1, 3, 3]]),
      Case(
        operation: TransposedConvolution(attributes: window(3), outputPadding: (1, 0), groups: 2),
        weights: [[4, 3, 3, 3], [6]]),
      Case(
        operation: TransposedConvolution(attributes: window(3, automatic: .upper)),
        weights: [[4, 3, 3, 3]]),
      Case(operation: BatchNormalization(), weights: [[4], [4], [4], [4]]),
      Case(
        operation: BatchNormalization(usesBatchStatistics: true), weights: [[4], [4], [4], [4]]),
      Case(operation: LocalNormalization(.instance), weights: [[4], [4]]),
      Case(operation: LocalNormalization(.layer(axis: -1)), weights: [[5], [5]]),
      Case(operation: LocalNormalization(.group(count: 2)), weights: [[4], [4]]),
      Case(operation: ResponseNormalization(size: 3)), Case(operation: LeakyReLU(slope: 0.1)),
      Case(operation: LeakyReLU()), Case(operation: Softmax(axis: -1)), Case(operation: Identity()),
      Case(operation: Softmax(axis: 1, isLogarithmic: true)),
      Case(operation: Pooling(.maximum, attributes: window(3), ceiling: true)),
      Case(
        operation: Pooling(.average(countsPadding: true), attributes: window(2, automatic: .upper))),
      Case(operation: DepthPooling(Pooling(.maximum, attributes: depth)), shape: [1, 2, 5, 3, 4]),
      Case(
        operation: DepthPooling(Pooling(.average(countsPadding: true), attributes: depth)),
        shape: [1, 2, 5, 3, 4]),
      Case(operation: GlobalPooling(.average)), Case(operation: GlobalPooling(.maximum)),
      Case(operation: Dense(), shape: [3, 5], weights: [[2, 5], [2]]),
      Case(operation: MatrixProduct(), weights: [[5, 3]]),
      Case(operation: Reshape(.sizes([0, 2, -1]))), Case(operation: Reshape(.flatten(axis: 2))),
      Case(operation: Reshape(.squeeze([2])), shape: [2, 3, 1, 4]),
      Case(operation: Reshape(.unsqueeze([0, 3]))), Case(operation: Transpose([0, 2, 3, 1])),
      Case(operation: DepthToSpace(.depthToSpace, block: 2, isDepthFirst: false)),
      Case(operation: DepthToSpace(.spaceToDepth, block: 2), shape: [1, 2, 4, 6]),
      Case(operation: Concatenation(axis: 2), weights: [[2, 4, 1, 5]], batch: 2),
      Case(operation: Split(axis: 1, sizes: [1, 3], parts: 2), outputs: ["y", "z"]),
      Case(operation: Slice([.init(axis: 2, start: -1, end: .min, step: -2)])),
      Case(operation: Expand([2, 4, 6, 5]), shape: [2, 4, 1, 1]),
      Case(
        operation: Gather(
          axis: 1, indices: ConstantTensor(shape: [2], [3, 0], isInteger: true))),
    ]

  @Test(arguments: cases.indices)
  func `answers and bytes come back`(index: Int) throws {
    let (test, folder) = (Self.cases[index], NSTemporaryDirectory() + "imgdx-\(UUID().uuidString)")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var generator = SplitMix64(seed: UInt64(index))
    func random(_ shape: [Int]) -> Tensor {
      Tensor(shape: shape, (0..<shape.reduce(1, *)).map { _ in abs(generator.nextNormal()) + 0.1 })
    }
    let names = test.weights.indices.map { "w\($0)" }
    let graph = Graph(
      inputs: [.init(name: "x", shape: [test.batch] + test.shape.dropFirst().map { Optional($0) })],
      outputs: ["y"],
      nodes: [
        Node(name: "node", operation: test.operation, inputs: ["x"] + names, outputs: test.outputs)
      ],
      parameters: Dictionary(uniqueKeysWithValues: zip(names, test.weights.map(random))))
    let x = random(test.shape)
    func answer(_ graph: Graph) throws -> Tensor {
      let plan = try InferencePlan(graph: graph, inputShape: x.shape, threads: 1)
      return try #require(try plan.run(x)["y"])
    }
    try Model(graph: graph, metadata: nil).write(to: folder + "/a.onnx")
    let read = try Model.load(path: folder + "/a.onnx")
    let (before, after) = (try answer(graph), try answer(read.graph))
    #expect(before.shape == after.shape)
    #expect(before.values == after.values)
    try read.write(to: folder + "/b.onnx")
    #expect(
      FileManager.default.contents(atPath: folder + "/a.onnx")
        == FileManager.default.contents(atPath: folder + "/b.onnx"))
  }
}

extension Pad {
  fileprivate static let modes: [Mode] = [.constant, .reflect, .edge, .wrap]
}
