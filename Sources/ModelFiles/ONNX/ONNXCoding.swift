// Whole graphs to ONNX messages and back.
import Networks
import Tensors

extension Graph {
  /// - Throws: a sentence naming the node, when the file holds something imgdx does not run.
  init(_ source: ONNXGraph) throws(ImportError) {
    self.init()
    for tensor in source.initializers {
      guard !tensor.isExternal else {
        throw ImportError("weights in other files are not supported")
      }
      guard let value = tensor.tensor() else {
        throw ImportError("the weight '\(tensor.name)' is damaged or of an unsupported type")
      }
      parameters[tensor.name] = value
    }
    inputs = source.inputs.filter { parameters[$0.name] == nil }
      .map { Input(name: $0.name, shape: $0.shape) }
    outputs = source.outputs.map(\.name)
    var renamed: [String: String] = [:]
    for (index, node) in source.nodes.enumerated() {
      let name = node.name.isEmpty ? "\(node.operation) \(index)" : node.name
      let inputs = node.inputs.map { renamed[$0] ?? $0 }
      do { try append(node, name, inputs, &renamed) } catch {
        throw ImportError("node '\(name)': \(error.reason)")
      }
    }
    outputs = outputs.map { renamed[$0] ?? $0 }
    try checkOrder()
    let used = Set(nodes.flatMap(\.inputs))
    parameters = parameters.filter { used.contains($0.key) }
  }

  private mutating func append(
    _ node: ONNXNode, _ name: String, _ names: [String], _ renamed: inout [String: String]
  ) throws(ImportError) {
    guard let output = node.outputs.first, !output.isEmpty else {
      throw ImportError("it has no output")
    }
    if node.operation == "Identity", let input = names.first {
      renamed[output] = input
      return
    }
    if node.operation == "Constant" {
      guard case .tensor(let tensor) = node.attributes["value"], let value = tensor.tensor() else {
        throw ImportError("only tensor constants are supported")
      }
      parameters[output] = value
      return
    }
    let weightShape = names.count > 1 ? parameters[names[1]]?.shape : nil
    let operation = try node.operation(weightShape: weightShape) { index in
      index < names.count ? parameters[names[index]]?.values : nil
    }
    // Constants that became attributes are no inputs of ours.
    let kept = operation is Resize || operation is Dropout ? Array(names.prefix(1)) : names
    nodes.append(
      Node(name: name, operation: operation, inputs: kept.filter { !$0.isEmpty }, outputs: [output])
    )
  }

  /// Every value is made before it is read, and made once.
  private func checkOrder() throws(ImportError) {
    var known = Set(parameters.keys).union(inputs.map(\.name))
    for node in nodes {
      for input in node.inputs where !known.contains(input) {
        throw ImportError("node '\(node.name)' reads '\(input)' before anything makes it")
      }
      for output in node.outputs where !known.insert(output).inserted {
        throw ImportError("'\(output)' is made twice")
      }
    }
    for output in outputs where !known.contains(output) {
      throw ImportError("nothing makes the output '\(output)'")
    }
  }
}

extension ONNXGraph {
  /// The graph as it stands; fused graphs have operators that ONNX does not know.
  init(_ graph: Graph, outputShapes: [String: [Int?]]) {
    self.init()
    inputs = graph.inputs.map { ONNXValue(name: $0.name, shape: $0.shape) }
    outputs = graph.outputs.map { ONNXValue(name: $0, shape: outputShapes[$0] ?? []) }
    for node in graph.nodes {
      var message = ONNXNode(node.operation)
      message.name = node.name
      message.inputs = node.inputs
      message.outputs = node.outputs
      if let resize = node.operation as? Resize {
        let scales = Tensor(shape: [4], [1, 1, resize.scale.y, resize.scale.x])
        initializers.append(ONNXTensor(name: node.name + ".scales", scales))
        message.inputs += ["", node.name + ".scales"]
      }
      nodes.append(message)
    }
    for name in graph.parameters.keys.sorted() {
      guard let tensor = graph.parameters[name] else { continue }
      initializers.append(ONNXTensor(name: name, tensor))
    }
  }
}
