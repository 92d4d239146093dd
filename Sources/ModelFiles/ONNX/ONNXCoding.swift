// Whole graphs to ONNX messages.
import Networks
import Tensors

extension ONNXGraph {
  /// The graph as it stands; fused graphs have operators that ONNX does not know.
  /// - Parameter halvesWeights: matrices and kernels are written in half precision, each with a Cast
  ///   behind it; the network computes in float32 all the same.
  /// - Throws: naming the node that ONNX has no operator for.
  init(
    _ graph: Graph, outputShapes: [String: [Int?]], opset: Int, halvesWeights: Bool = false
  ) throws(ImportError) {
    self.init()
    inputs = graph.inputs.map { ONNXValue(name: $0.name, shape: $0.shape) }
    outputs = graph.outputs.map { name in
      var value = ONNXValue(name: name, shape: outputShapes[name] ?? [])
      value.hasShape = outputShapes[name] != nil
      return value
    }
    // Numbers that training leaves alone are constants, not weights; reading tells them by that.
    for name in graph.fixed.sorted() {
      guard let tensor = graph.parameters[name] else { continue }
      var constant = ONNXNode("Constant")
      constant.name = name + ".constant"
      constant.outputs = [name]
      constant.attributes["value"] = .tensor(ONNXTensor(name: "", tensor))
      nodes.append(constant)
    }
    let weights = graph.parameters.keys.sorted().filter { !graph.fixed.contains($0) }
    for name in weights {
      guard let tensor = graph.parameters[name] else { continue }
      if halvesWeights, tensor.shape.count > 1,
        let half = ONNXTensor(name: name + Self.halfSuffix, half: tensor)
      {
        initializers.append(half)
        nodes.append(Self.cast(half.name, to: name))
      } else {
        initializers.append(ONNXTensor(name: name, tensor))
      }
    }
    for node in graph.nodes {
      do { try append(node, opset: opset) } catch {
        throw ImportError("node '\(node.name)': \(error.reason)")
      }
    }
    let conditions = graph.conditions
    for name in graph.constants.keys.sorted() where graph.parameters[name] == nil {
      guard let constant = graph.constants[name] else { continue }
      if conditions.contains(name) {
        let number = name + ".number"
        initializers.append(
          ONNXTensor(
            name: number, integers: constant.integers.map { Int64($0) }, shape: constant.shape))
        nodes.insert(Self.cast(number, to: name, as: .bool), at: 0)
        continue
      }
      initializers.append(
        constant.isInteger
          ? ONNXTensor(
            name: name, integers: constant.integers.map { Int64($0) }, shape: constant.shape)
          : ONNXTensor(name: name, constant.tensor))
    }
  }

  /// Ends the name of a weight in half precision; the Cast behind it has the weight's own.
  static let halfSuffix = ".half"

  private static func cast(
    _ value: String, to result: String, as type: ONNXTensor.ElementType = .float
  ) -> ONNXNode {
    var node = ONNXNode("Cast")
    node.name = result + ".cast"
    node.inputs = [value]
    node.outputs = [result]
    node.attributes["to"] = .integer(type.rawValue)
    return node
  }

  private mutating func append(_ node: Node, opset: Int) throws(ImportError) {
    let encoder = try NodeEncoder(node.operation, opset: opset)
    var message = encoder.node
    message.name = node.name
    message.inputs = node.inputs
    message.outputs =
      node.outputs + encoder.node.outputs.map { "\(node.outputs[0]).\($0)" }
    for (position, constant) in encoder.constants.sorted(by: { $0.key < $1.key }) {
      var constant = constant
      constant.name = "\(node.outputs[0]).input\(position)"
      while message.inputs.count < position { message.inputs.append("") }
      message.inputs.append(constant.name)
      initializers.append(constant)
    }
    // Either this or a second input says how many parts there are.
    if node.operation is Split, node.inputs.count > 1 { message.attributes["num_outputs"] = nil }
    nodes.append(message)
  }
}

extension Graph {
  /// Constants that ONNX wants as booleans where they are read.
  fileprivate var conditions: Set<String> {
    nodes.reduce(into: []) { names, node in
      switch (node.operation as? ConstantFunction)?.function {
      case .select: names.formUnion(node.inputs.prefix(1))
      case .and, .or, .not: names.formUnion(node.inputs)
      default: break
      }
    }
  }
}
