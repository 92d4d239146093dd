// Whole graphs to ONNX messages.
import Networks
import Tensors

extension ONNXGraph {
  /// The graph as it stands; fused graphs have operators that ONNX does not know.
  /// - Throws: naming the node that ONNX has no operator for.
  init(_ graph: Graph, outputShapes: [String: [Int?]], opset: Int) throws(ImportError) {
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
    for node in graph.nodes {
      do { try append(node, opset: opset) } catch {
        throw ImportError("node '\(node.name)': \(error.reason)")
      }
    }
    for name in graph.parameters.keys.sorted() where !graph.fixed.contains(name) {
      guard let tensor = graph.parameters[name] else { continue }
      initializers.append(ONNXTensor(name: name, tensor))
    }
    for name in graph.constants.keys.sorted() {
      guard let constant = graph.constants[name] else { continue }
      initializers.append(
        constant.isInteger
          ? ONNXTensor(
            name: name, integers: constant.integers.map { Int64($0) }, shape: constant.shape)
          : ONNXTensor(name: name, constant.tensor))
    }
  }

  private mutating func append(_ node: Node, opset: Int) throws(ImportError) {
    let encoder = try NodeEncoder(node.operation, opset: opset)
    var message = encoder.node
    message.name = node.name
    message.inputs = node.inputs
    message.outputs = node.outputs
    for (position, constant) in encoder.constants.sorted(by: { $0.key < $1.key }) {
      var constant = constant
      constant.name = "\(node.outputs[0]).input\(position)"
      while message.inputs.count < position { message.inputs.append("") }
      message.inputs.append(constant.name)
      initializers.append(constant)
    }
    nodes.append(message)
  }
}
