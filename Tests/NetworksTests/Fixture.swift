// Numbers from PyTorch, written by Scripts/parity/make-fixtures.py.
import Foundation
import Networks
import Tensors

struct Fixture: Decodable {
  struct Value: Decodable {
    let shape: [Int]
    let values: [Float]
    var tensor: Tensor { Tensor(shape: shape, values) }
  }
  let `operator`: String
  let attributes: [String: [Float]]
  let inputs: [String: Value]
  let outputs: [String: Value]
  let upstream: [String: Value]
  let gradients: [String: Value]

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures")

  static func load(_ name: String) throws -> Fixture {
    let data = try Data(contentsOf: folder.appendingPathComponent(name + ".json"))
    return try JSONDecoder().decode(Fixture.self, from: data)
  }

  /// Names of all fixtures that start with none of the prefixes.
  static let operatorNames: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
    .filter { $0.hasSuffix(".json") && !$0.hasPrefix("loss") && !$0.hasPrefix("optimiser") }
    .map { String($0.dropLast(5)) }.sorted()

  func ints(_ key: String) -> [Int] { (attributes[key] ?? []).map { Int($0) } }

  private var window: WindowAttributes {
    let pads = ints("pads") + [0, 0, 0, 0]
    let (kernel, strides) = (ints("kernel_shape"), ints("strides"))
    let dilations = attributes["dilations"] == nil ? [1, 1] : ints("dilations")
    return WindowAttributes(
      kernel: (kernel[0], kernel[1]), stride: (strides[0], strides[1]),
      dilation: (dilations[0], dilations[1]),
      padding: Padding(top: pads[0], left: pads[1], bottom: pads[2], right: pads[3]))
  }

  /// The operator that the fixture describes and the order of its inputs.
  func operation() throws -> (any Operator, [String]) {
    let weighted = ["x", "weight", "bias"].filter { inputs[$0] != nil }
    switch `operator` {
    case "Conv": return (Convolution(attributes: window, groups: ints("group")[0]), weighted)
    case "ConvTranspose":
      let extra = ints("output_padding")
      return (
        TransposedConvolution(
          attributes: window, outputPadding: (extra[0], extra[1]), groups: ints("group")[0]),
        weighted
      )
    case "Gemm": return (Dense(), weighted)
    case "BatchNormalization":
      return (
        BatchNormalization(), ["x", "scale", "bias", "running_mean", "running_variance"]
      )
    case "MaxPool":
      return (Pooling(.maximum, attributes: window, ceiling: ints("ceil_mode") == [1]), ["x"])
    case "AveragePool":
      let counts = ints("count_include_pad") == [1]
      return (Pooling(.average(countsPadding: counts), attributes: window), ["x"])
    case "MaxPoolDepth":
      return (DepthPooling(Pooling(.maximum, attributes: window)), ["x"])
    case "AveragePoolDepth":
      let pooling = Pooling(.average(countsPadding: true), attributes: window)
      return (DepthPooling(pooling), ["x"])
    case "GlobalAveragePool": return (GlobalPooling(.average), ["x"])
    case "GlobalMaxPool": return (GlobalPooling(.maximum), ["x"])
    case "Concat": return (Concatenation(axis: ints("axis")[0]), ["a", "b"])
    case "Relu": return (LeakyReLU(), ["x"])
    case "LeakyRelu": return (LeakyReLU(slope: attributes["alpha"]?[0] ?? 0), ["x"])
    case "Softmax": return (Softmax(axis: ints("axis")[0]), ["x"])
    case "Dropout": return (Dropout(rate: 0), ["x"])
    case "ResizeNearest": return (Resize(.nearest, scale: (2, 2)), ["x"])
    case "ResizeBilinear": return (Resize(.linear, scale: (2, 2)), ["x"])
    default:
      guard let found = curve ?? combination ?? arrangement else {
        throw UnknownOperator(name: `operator`)
      }
      return found
    }
  }

  struct UnknownOperator: Error { let name: String }

  /// A graph of the one operator. Everything it reads is a weight, so that every gradient exists.
  func graph() throws -> Graph {
    let (operation, names) = try operation()
    return Graph(
      inputs: [.init(name: "unused", shape: [1, 1])], outputs: ["y"],
      nodes: [Node(name: "node", operation: operation, inputs: names, outputs: outputNames)],
      parameters: inputs.mapValues(\.tensor))
  }

  /// The second part of a split has no reader.
  var outputNames: [String] { `operator` == "Split" ? ["y", "rest"] : ["y"] }
}

/// The largest difference over the largest expected magnitude.
func relativeDifference(_ values: [Float], _ expected: [Float]) -> Float {
  guard values.count == expected.count else { return .infinity }
  let scale = max(expected.map(abs).max() ?? 0, 1e-6)
  return (zip(values, expected).map { abs($0 - $1) }.max() ?? 0) / scale
}

extension View {
  /// The values in NCHW order.
  var logicalValues: [Float] { ParameterLayout.image.unpack(floats, shape: shape).values }
}
