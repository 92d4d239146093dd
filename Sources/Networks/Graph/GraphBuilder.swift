// Writing architectures down, layer by layer, with their weights initialised.
private import Foundation
private import Tensors

/// Collects nodes; every method returns the name of the value it makes.
package struct GraphBuilder {
  package private(set) var graph: Graph
  private var channels: [String: Int]
  private var generator: SplitMix64

  /// - Parameters:
  ///   - input: name of the input value, `[N, channels, height, width]`; nil sizes stay open.
  ///   - seed: of the initial weights.
  package init(input: String, channels: Int, height: Int?, width: Int?, seed: UInt64) {
    graph = Graph(inputs: [.init(name: input, shape: [nil, channels, height, width])])
    self.channels = [input: channels]
    generator = SplitMix64(seed: seed)
  }

  /// Channels of a value made so far.
  package func channels(of value: String) -> Int { channels[value] ?? 0 }

  /// Names a value as the graph's output.
  package mutating func output(_ value: String) { graph.outputs.append(value) }

  /// Any operator without weights that keeps the channel count.
  package mutating func apply(
    _ operation: any Operator, to inputs: String..., as name: String, channels count: Int? = nil
  ) -> String {
    append(operation, inputs, name, channels: count ?? channels(of: inputs[0]))
  }

  /// Convolution with padding that keeps the size (over the stride); weights by He et al. 2015.
  package mutating func convolution(
    _ input: String, _ out: Int, kernel: Int = 3, stride: Int = 1, bias: Bool = false,
    gain: Float = 2, as name: String
  ) -> String {
    let fanIn = channels(of: input) * kernel * kernel
    let shape = [out, channels(of: input), kernel, kernel]
    var inputs = [
      input, weight(name + ".weight", shape, deviation: (gain / Float(fanIn)).squareRoot()),
    ]
    if bias { inputs.append(constant(name + ".bias", [out], 0)) }
    let attributes = WindowAttributes(
      kernel: (kernel, kernel), stride: (stride, stride), padding: Padding(all: kernel / 2))
    return append(Convolution(attributes: attributes), inputs, name, channels: out)
  }

  /// Transposed convolution whose kernel is its stride: each pixel becomes `factor` x `factor`.
  package mutating func upconvolution(_ input: String, _ out: Int, factor: Int = 2, as name: String)
    -> String
  {
    let fanIn = channels(of: input)
    let inputs = [
      input,
      weight(
        name + ".weight", [fanIn, out, factor, factor], deviation: (1 / Float(fanIn)).squareRoot()),
      constant(name + ".bias", [out], 0),
    ]
    let attributes = WindowAttributes(kernel: (factor, factor), stride: (factor, factor))
    return append(TransposedConvolution(attributes: attributes), inputs, name, channels: out)
  }

  package mutating func batchNormalization(_ input: String, scale: Float = 1, as name: String)
    -> String
  {
    let c = [channels(of: input)]
    let inputs = [
      input, constant(name + ".scale", c, scale), constant(name + ".bias", c, 0),
      constant(name + ".mean", c, 0), constant(name + ".variance", c, 1),
    ]
    return append(BatchNormalization(), inputs, name, channels: c[0])
  }

  package mutating func dense(_ input: String, _ out: Int, as name: String) -> String {
    let fanIn = channels(of: input)
    let inputs = [
      input, weight(name + ".weight", [out, fanIn], deviation: (1 / Float(fanIn)).squareRoot()),
      constant(name + ".bias", [out], 0),
    ]
    return append(Dense(), inputs, name, channels: out)
  }

  package mutating func concatenation(_ inputs: [String], as name: String) -> String {
    append(
      Concatenation(), inputs, name, channels: inputs.reduce(0) { $0 + channels(of: $1) })
  }

  // MARK: Parts

  private mutating func append(
    _ operation: any Operator, _ inputs: [String], _ name: String, channels count: Int
  ) -> String {
    graph.nodes.append(Node(name: name, operation: operation, inputs: inputs, outputs: [name]))
    channels[name] = count
    return name
  }

  private mutating func weight(_ name: String, _ shape: [Int], deviation: Float) -> String {
    let values = (0..<shape.reduce(1, *)).map { _ in generator.nextNormal() * deviation }
    graph.parameters[name] = Tensor(shape: shape, values)
    return name
  }

  private mutating func constant(_ name: String, _ shape: [Int], _ value: Float) -> String {
    let values = [Float](repeating: value, count: shape.reduce(1, *))
    graph.parameters[name] = Tensor(shape: shape, values)
    return name
  }
}
