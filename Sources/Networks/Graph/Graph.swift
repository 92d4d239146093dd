// A network as a value: what is computed, not how.
package import Tensors

/// A network: operators in topological order, with its weights beside it.
///
/// Values are named. Image values have the logical shape `[N, C, H, W]`, as in ONNX; plans hold
/// them as `[N, H, W, C]`.
package struct Graph: Sendable {
  /// A value that the caller supplies. `nil` dimensions are chosen when a plan is made.
  package struct Input: Sendable, Equatable {
    package var name: String
    package var shape: [Int?]

    package init(name: String, shape: [Int?]) {
      self.name = name
      self.shape = shape
    }
  }

  package var inputs: [Input]
  package var outputs: [String]
  package var nodes: [Node]
  /// Weights and constants by value name, in ONNX's layouts (convolution: `[out, in / groups, kh, kw]`).
  package var parameters: [String: Tensor]
  /// Small constants that decide shapes: axes, sizes, indices.
  package var constants: [String: ConstantTensor] = [:]
  /// Parameters that training leaves as they are: numbers of a formula, not weights.
  package var fixed: Set<String> = []

  package init(
    inputs: [Input] = [], outputs: [String] = [], nodes: [Node] = [],
    parameters: [String: Tensor] = [:]
  ) {
    self.inputs = inputs
    self.outputs = outputs
    self.nodes = nodes
    self.parameters = parameters
  }

  /// Number of weights, running statistics included.
  package var parameterCount: Int { parameters.values.reduce(0) { $0 + $1.count } }

  /// How many nodes (and graph outputs) read each value.
  package func consumerCounts() -> [String: Int] {
    var counts: [String: Int] = [:]
    for name in nodes.flatMap(\.inputs) + outputs { counts[name, default: 0] += 1 }
    return counts
  }
}

extension Graph.Input {
  func accepts(_ other: [Int]) -> Bool {
    other.count == shape.count && zip(shape, other).allSatisfy { $0 == nil || $0 == $1 }
      && other.allSatisfy { $0 > 0 }
  }
}

/// One operator applied to named values.
package struct Node: Sendable {
  package var name: String
  package var operation: any Operator
  package var inputs: [String]
  package var outputs: [String]

  package init(name: String, operation: any Operator, inputs: [String], outputs: [String]) {
    self.name = name
    self.operation = operation
    self.inputs = inputs
    self.outputs = outputs
  }
}
