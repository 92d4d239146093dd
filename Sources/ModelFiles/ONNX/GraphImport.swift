// Whole ONNX graphs to graphs.
import Networks
import Tensors

extension Graph {
  /// - Parameters:
  ///   - opset: version of the operator set that the nodes follow.
  ///   - external: where weights in other files are found.
  /// - Throws: a sentence naming the node, when the file holds something imgdx does not run.
  init(_ source: ONNXGraph, opset: Int, external: ExternalData) throws(ImportError) {
    var importer = GraphImporter(opset: opset, external: external)
    // What leads to no output need not be understood.
    let (wanted, isLive) = source.liveValues
    importer.wanted = wanted
    for tensor in source.initializers where wanted.contains(tensor.name) {
      try importer.add(tensor, named: tensor.name)
    }
    try importer.addInputs(source.inputs)
    importer.graph.outputs = source.outputs.map(\.name)
    for (index, node) in source.nodes.enumerated() where isLive[index] {
      try importer.add(node, at: index)
    }
    self = try importer.finished()
  }
}

/// Builds a graph node by node.
struct GraphImporter {
  var graph = Graph()
  let opset: Int
  /// Values that something reads.
  var wanted: Set<String> = []
  private let external: ExternalData
  /// Values that are other values under a second name.
  private(set) var renamed: [String: String] = [:]
  private var nodeNames: Set<String> = []

  init(opset: Int, external: ExternalData) {
    (self.opset, self.external) = (opset, external)
  }

  // MARK: Weights and inputs

  /// Floats are weights, integers are constants that decide shapes.
  mutating func add(_ tensor: ONNXTensor, named name: String) throws(ImportError) {
    var tensor = tensor
    if tensor.isExternal { tensor.raw = try external.bytes(of: tensor) }
    if tensor.isInteger {
      guard let byteCount = tensor.byteCount, byteCount <= 1 << 24,
        let constant = tensor.constant()
      else { throw ImportError("the constant '\(name)' is damaged or too large") }
      graph.constants[name] = constant
      return
    }
    guard let value = tensor.tensor() else {
      throw ImportError("the weight '\(name)' is damaged or of an unsupported type")
    }
    graph.parameters[name] = value
  }

  mutating func addInputs(_ inputs: [ONNXValue]) throws(ImportError) {
    for input in inputs where graph.parameters[input.name] == nil {
      guard graph.constants[input.name] == nil else { continue }
      guard [0, 1, 10, 11, 16].contains(input.type) else {
        throw ImportError("the input '\(input.name)' does not hold floating-point numbers")
      }
      let shape = input.hasShape ? input.shape : [nil, nil, nil, nil]
      graph.inputs.append(Graph.Input(name: input.name, shape: shape))
    }
  }

  // MARK: Nodes

  mutating func add(_ node: ONNXNode, at index: Int) throws(ImportError) {
    let name = unique(node.name.isEmpty ? "\(node.operation) \(index)" : node.name)
    do { try append(node, name) } catch { throw ImportError("node '\(name)': \(error.reason)") }
  }

  private mutating func unique(_ name: String) -> String {
    var (candidate, number) = (name, 2)
    while !nodeNames.insert(candidate).inserted {
      candidate = "\(name) (\(number))"
      number += 1
    }
    return candidate
  }

  private mutating func append(_ node: ONNXNode, _ name: String) throws(ImportError) {
    var node = node
    node.inputs = node.inputs.map { renamed[$0] ?? $0 }
    guard let output = node.outputs.first, !output.isEmpty else {
      throw ImportError("it has no output")
    }
    // What others call by these names is not known; `appendOne` says so.
    guard node.domain.isEmpty || node.domain == "ai.onnx" else {
      return try appendOne(node, name)
    }
    switch node.operation {
    case "Softmax", "LogSoftmax":
      let axis = AttributeReader(node: node).integer("axis", opset < 13 ? 1 : -1)
      guard opset < 13, axis != -1 else { return try appendOne(node, name) }
      try appendSoftmax(node, name, axis: axis)
    case "Gather" where (graph.constants[node.inputs.last ?? ""]?.shape.count ?? 0) > 1:
      try appendGather(node, name, output)
    case "If": try appendConditionalSqueeze(node, name, output)
    case "CastLike": try appendCastLike(node, name, output)
    case "Tile" where !isConstant(node.inputs.first ?? ""): try appendTile(node, name, output)
    case "Identity": rename(try input(0, of: node), to: output, name)
    case _ where isReductionOfNothing(node): rename(try input(0, of: node), to: output, name)
    case "Cast" where isHalvedWeight(node):
      graph.parameters[output] = graph.parameters.removeValue(forKey: node.inputs[0])
    case "Cast" where isFloatCast(node): rename(try input(0, of: node), to: output, name)
    case "Constant": try appendConstant(node, output)
    case "Sum", "Mean": try appendChain(node, name, .add)
    case "Max" where node.inputs.count != 2: try appendChain(node, name, .maximum)
    case "Min" where node.inputs.count != 2: try appendChain(node, name, .minimum)
    case "Gemm": try appendProduct(node, name)
    case "Conv"
    where graph.parameters[node.inputs.count > 1 ? node.inputs[1] : ""]?.shape.count == 3:
      try appendRowConvolution(node, name)
    case "Swish":
      append(Elementwise(.sigmoid), name + ".gate", [try input(0, of: node)], name + ".gate")
      append(Arithmetic(.multiply), name, [node.inputs[0], name + ".gate"], output)
    default: try appendOne(node, name)
    }
  }

  /// A reduction over no axes that says so does nothing.
  private func isReductionOfNothing(_ node: ONNXNode) -> Bool {
    let attributes = AttributeReader(node: node)
    // The others square values or take their magnitude even so.
    let plain = ["ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd"]
    return plain.contains(node.operation) && !attributes.has("axes")
      && attributes.integer("noop_with_empty_axes", 0) == 1
      && node.inputs.dropFirst().allSatisfy { $0.isEmpty }
  }

  /// A second name for a value; the network's outputs keep theirs.
  mutating func rename(_ value: String, to output: String, _ name: String) {
    if graph.outputs.contains(output) {
      append(Identity(), name, [value], output)
    } else {
      renamed[output] = value
    }
  }

  func input(_ index: Int, of node: ONNXNode) throws(ImportError) -> String {
    guard index < node.inputs.count, !node.inputs[index].isEmpty else {
      throw ImportError("it lacks an input")
    }
    return node.inputs[index]
  }

  /// Values of shape arithmetic, whose casts matter.
  var arithmetic: Set<String> = []

  /// Whether a cast turns floating-point numbers of the network into others: everything is float32.
  private func isFloatCast(_ node: ONNXNode) -> Bool {
    guard let value = node.inputs.first, !arithmetic.contains(value) else { return false }
    return graph.constants[value] == nil
      && [1, 10, 11, 16].contains(AttributeReader(node: node).integer("to", 1))
  }

  /// A weight that imgdx wrote in half precision; it gets its own name back, by which fine-tuning
  /// finds it.
  private func isHalvedWeight(_ node: ONNXNode) -> Bool {
    node.inputs.count == 1 && node.outputs.count == 1 && !graph.outputs.contains(node.outputs[0])
      && node.inputs[0] == node.outputs[0] + ONNXGraph.halfSuffix
      && graph.parameters[node.inputs[0]] != nil
  }

  mutating func append(
    _ operation: any Operator, _ name: String, _ inputs: [String], _ output: String
  ) {
    graph.nodes.append(
      Node(name: name, operation: operation, inputs: inputs, outputs: [output]))
  }

  mutating func appendOne(_ node: ONNXNode, _ name: String) throws(ImportError) {
    let weightShape = node.inputs.count > 1 ? graph.parameters[node.inputs[1]]?.shape : nil
    var operation =
      try NodeDecoder(node: node, opset: opset, weightShape: weightShape).operation()
    var inputs = node.inputs
    if node.operation == "Upsample" || (node.operation == "Resize" && opset < 11) {
      // Operator sets before 11 have no region of interest between the image and the scales.
      inputs = inputs.count > 1 ? [inputs[0], "", inputs[1]] : inputs
    }
    if operation is Dropout {
      let rate = inputs.count > 1 ? graph.parameters[inputs[1]]?.values.first : nil
      if let rate, (0..<1).contains(rate) { operation = Dropout(rate: rate) }
      inputs = Array(inputs.prefix(1))
    }
    if operation is LocalNormalization { inputs = Array(inputs.prefix(3)) }
    while inputs.last?.isEmpty == true { inputs.removeLast() }
    guard inputs.first?.isEmpty == false else { throw ImportError("it lacks an input") }
    let isArithmetic =
      operation is ConstantFunction
      || inputs.contains { arithmetic.contains($0) || graph.constants[$0] != nil }
        && inputs.allSatisfy {
          arithmetic.contains($0) || graph.constants[$0] != nil || graph.parameters[$0] != nil
        }
    if isArithmetic { arithmetic.formUnion(node.outputs) }
    let outputs = operation is Split ? node.outputs : Array(node.outputs.prefix(1))
    if let other = node.outputs.dropFirst(outputs.count).first(where: wanted.contains) {
      throw ImportError("\(node.operation)'s further output '\(other)' is not supported")
    }
    graph.nodes.append(Node(name: name, operation: operation, inputs: inputs, outputs: outputs))
    if operation is Arithmetic, !node.operation.hasPrefix("PRelu") { fixNumbers(inputs) }
  }

  /// Single numbers in formulas (x · 0.5) are no weights.
  private mutating func fixNumbers(_ names: [String]) {
    for name in names where graph.parameters[name]?.count == 1 { graph.fixed.insert(name) }
  }

  private mutating func appendConstant(_ node: ONNXNode, _ output: String) throws(ImportError) {
    let attributes = AttributeReader(node: node)
    if case .tensor(let tensor) = node.attributes["value"] {
      try add(tensor, named: output)
    } else if attributes.has("value_float") {
      graph.parameters[output] = Tensor(shape: [], [attributes.float("value_float", 0)])
    } else if let values = attributes.floats("value_floats") {
      graph.parameters[output] = Tensor(shape: [values.count], values)
    } else if attributes.has("value_int") {
      let value = Double(attributes.integer("value_int", 0))
      graph.constants[output] = ConstantTensor(shape: [], [value], isInteger: true)
    } else if let values = attributes.integers("value_ints") {
      graph.constants[output] = ConstantTensor(
        shape: [values.count], values.map(Double.init), isInteger: true)
    } else {
      throw ImportError("only numbers are supported")
    }
    if graph.parameters[output] != nil { graph.fixed.insert(output) }
  }

  /// A convolution over `[N, C, L]` is one over images of one row.
  private mutating func appendRowConvolution(_ node: ONNXNode, _ name: String) throws(ImportError) {
    var image = node
    for (key, neutral) in [("kernel_shape", 1), ("strides", 1), ("dilations", 1)] {
      guard case .integers(let values) = node.attributes[key] else { continue }
      image.attributes[key] = .integers([Int64(neutral)] + values)
    }
    if case .integers(let pads) = node.attributes["pads"] {
      guard pads.count == 2 else { throw ImportError("its pads do not fit a row") }
      image.attributes["pads"] = .integers([0, pads[0], 0, pads[1]])
    }
    guard let weights = graph.parameters[node.inputs[1]] else { return }
    let (w, x, y) = (node.inputs[1] + ".rows", name + ".image", name + ".rows")
    let shape = weights.shape
    graph.parameters[w] = weights.reshaped([shape[0], shape[1], 1, shape[2]])
    (image.inputs[0], image.inputs[1], image.outputs) = (x, w, [y])
    append(Reshape(.unsqueeze([2])), x, [try input(0, of: node)], x)
    try appendOne(image, name)
    append(Reshape(.squeeze([2])), name + ".row", [y], node.outputs[0])
  }

  /// Operators on any number of values, as a chain of those on two.
  private mutating func appendChain(
    _ node: ONNXNode, _ name: String, _ function: Arithmetic.Function
  ) throws(ImportError) {
    guard node.domain.isEmpty || node.domain == "ai.onnx" else {
      throw ImportError("the operator \(node.operation) of '\(node.domain)' is not supported")
    }
    var sum = try input(0, of: node)
    let isMean = node.operation == "Mean" && node.inputs.count > 1
    for index in node.inputs.indices.dropFirst() {
      let isLast = index == node.inputs.count - 1 && !isMean
      let result = isLast ? node.outputs[0] : "\(node.outputs[0]).\(index)"
      append(
        Arithmetic(function), isLast ? name : "\(name).\(index)",
        [sum, try input(index, of: node)], result)
      sum = result
    }
    if isMean {
      let share = node.outputs[0] + ".share"
      graph.parameters[share] = Tensor(shape: [], [1 / Float(node.inputs.count)])
      graph.fixed.insert(share)
      append(Arithmetic(.multiply), name, [sum, share], node.outputs[0])
    } else if node.inputs.count == 1 {
      rename(sum, to: node.outputs[0], name)
    }
  }

  // MARK: The end

  /// - Throws: where a value is read before it is made, made twice, or never.
  func finished() throws(ImportError) -> Graph {
    var graph = graph
    try checkOrder(graph)
    graph.separateLayouts()
    do { return try graph.settledWherePossible() } catch {
      throw ImportError(error.description)
    }
  }

  private func checkOrder(_ graph: Graph) throws(ImportError) {
    var known = Set(graph.parameters.keys).union(graph.constants.keys)
      .union(graph.inputs.map(\.name))
    for node in graph.nodes {
      for input in node.inputs where !input.isEmpty && !known.contains(input) {
        throw ImportError("node '\(node.name)' reads '\(input)' before anything makes it")
      }
      for output in node.outputs where !output.isEmpty && !known.insert(output).inserted {
        throw ImportError("'\(output)' is made twice")
      }
    }
    for output in graph.outputs where !known.contains(output) {
      throw ImportError("nothing makes the output '\(output)'")
    }
    guard !graph.outputs.isEmpty else { throw ImportError("the network has no output") }
  }
}

extension Graph {
  /// A weight that operators want in different orders becomes one weight for each order.
  fileprivate mutating func separateLayouts() {
    var layouts: [String: ParameterLayout] = [:]
    for index in nodes.indices {
      for (position, name) in nodes[index].inputs.enumerated() {
        guard let tensor = parameters[name], tensor.count > 1 else { continue }
        let layout = nodes[index].operation.layout(ofParameter: position)
        guard let first = layouts[name], first != layout, tensor.shape.count > 1 else {
          layouts[name] = layouts[name] ?? layout
          continue
        }
        let copy = "\(name) (\(nodes[index].name), \(position))"
        parameters[copy] = tensor
        if fixed.contains(name) { fixed.insert(copy) }
        nodes[index].inputs[position] = copy
      }
    }
  }

  /// Constants folded; shapes too, where the file fixes the input's.
  fileprivate func settledWherePossible() throws(NetworkError) -> Graph {
    let folded = try folded()
    guard folded.inputs.count == 1, !folded.inputs[0].shape.contains(nil),
      folded.nodes.contains(where: { $0.operation is ConstantFunction })
    else { return folded }
    let shape = folded.inputs[0].shape.compactMap { $0 }
    return try folded.settled(inputShapes: [folded.inputs[0].name: shape]).graph
  }
}
