// Everything that follows from shapes and constants, settled before a plan is made.
private import Tensors

/// A graph in which every operator knows its attributes, with the shapes of all its values.
package struct SettledGraph {
  package var graph: Graph
  package var shapes: [String: [Int]]
}

extension Graph {
  /// Elements that one value may have; products of more overflow the matrix library's indices.
  static let valueLimit = Int(Int32.max)

  /// The graph for given input shapes: shape arithmetic done, attributes that came from it set, and
  /// what then has no reader left out.
  /// - Throws: ``NetworkError`` naming the first node that does not fit.
  package func settled(inputShapes: [String: [Int]]) throws(NetworkError) -> SettledGraph {
    var settling = GraphSettling(self)
    for input in inputs {
      guard let shape = inputShapes[input.name] else {
        throw .missingValue(node: "input", value: input.name)
      }
      guard input.accepts(shape) else {
        throw .badShape(node: input.name, reason: "the network does not take \(shape)")
      }
      try settling.define(input.name, shape, node: input.name)
    }
    settling.shapesAreKnown = true
    for node in nodes { try settling.add(node) }
    settling.provideConstantOutputs()
    for output in outputs where settling.shapes[output] == nil {
      throw .missingValue(node: "output", value: output)
    }
    settling.graph.removeUnread()
    return SettledGraph(graph: settling.graph, shapes: settling.shapes)
  }

  /// The logical shape of every value for given input shapes.
  /// - Throws: ``NetworkError`` naming the first node that does not fit.
  package func shapes(inputShapes: [String: [Int]]) throws(NetworkError) -> [String: [Int]] {
    try settled(inputShapes: inputShapes).shapes
  }

  /// The first input size that suits the network, where its input leaves sizes open.
  /// - Throws: what the first size was refused for, where none suits.
  package func sampleInputShapes(batch: Int) throws(NetworkError) -> [String: [Int]] {
    func shapes(_ size: Int) -> [String: [Int]] {
      var result: [String: [Int]] = [:]
      for input in inputs {
        let channels = channels(of: input.name) ?? 3
        result[input.name] = input.shape.enumerated().map { axis, known in
          known ?? (axis == 0 ? batch : axis == 1 && input.shape.count == 4 ? channels : size)
        }
      }
      return result
    }
    var refusal: NetworkError?
    for size in [256, 224, 299, 227, 128, 64, 32, 28] {
      do {
        _ = try settled(inputShapes: shapes(size))
        return shapes(size)
      } catch { refusal = refusal ?? error }
    }
    if let refusal { throw refusal }
    return shapes(256)
  }

  /// What the first convolution of an input takes.
  private func channels(of input: String) -> Int? {
    for node in nodes where node.inputs.first == input && node.inputs.count > 1 {
      guard let convolution = node.operation as? Convolution else { continue }
      guard let shape = parameters[node.inputs[1]]?.shape, shape.count == 4 else { return nil }
      return shape[1] * convolution.groups
    }
    return nil
  }

  /// The shape of every value for the first input size that suits the network.
  package func sampleShapes(batch: Int) throws(NetworkError) -> [String: [Int]] {
    try shapes(inputShapes: try sampleInputShapes(batch: batch))
  }

  /// The same graph with everything done that needs no input shape: arithmetic on constants, and on
  /// weights (a transposed weight becomes a weight).
  package func folded() throws(NetworkError) -> Graph {
    var settling = GraphSettling(self)
    for node in nodes { try settling.add(node) }
    settling.provideConstantOutputs()
    settling.graph.removeUnread()
    return settling.graph
  }

  /// Drops nodes, weights and constants that nothing reads.
  mutating func removeUnread() {
    var wanted = Set(outputs)
    var kept: [Node] = []
    for node in nodes.reversed() where node.outputs.contains(where: wanted.contains) {
      kept.append(node)
      wanted.formUnion(node.inputs)
    }
    nodes = kept.reversed()
    parameters = parameters.filter { wanted.contains($0.key) }
    constants = constants.filter { wanted.contains($0.key) }
    fixed.formIntersection(parameters.keys)
  }
}

/// Goes through a graph's nodes in order, keeping what is known about their values.
struct GraphSettling {
  var graph: Graph
  var shapes: [String: [Int]]
  var shapesAreKnown = false

  /// Weights of at most this many elements may also decide shapes.
  private static let smallCount = 1 << 12
  /// Elements of all weights that are computed from others.
  private static let foldedLimit = 1 << 28
  private var folded = 0

  init(_ original: Graph) {
    graph = original
    graph.nodes = []
    shapes = original.parameters.mapValues(\.shape)
  }

  mutating func define(_ name: String, _ shape: [Int], node: String) throws(NetworkError) {
    do throws(ShapeError) {
      guard try checkedCount(shape) <= Graph.valueLimit else {
        throw ShapeError("a value of \(shape) is too large")
      }
    } catch { throw .badShape(node: node, reason: error.reason) }
    shapes[name] = shape
  }

  private func operand(_ name: String) -> Operand {
    if name.isEmpty { return Operand(isAbsent: true) }
    if let constant = graph.constants[name] {
      return Operand(shape: constant.shape, constant: constant)
    }
    if let tensor = graph.parameters[name] {
      let isSmall = tensor.count <= Self.smallCount
      return Operand(shape: tensor.shape, constant: isSmall ? ConstantTensor(tensor) : nil)
    }
    return Operand(shape: shapes[name])
  }

  mutating func add(_ node: Node) throws(NetworkError) {
    for name in node.inputs
    where !name.isEmpty && shapes[name] == nil && graph.constants[name] == nil && shapesAreKnown {
      throw .missingValue(node: node.name, value: name)
    }
    do { try settle(node) } catch { throw .badShape(node: node.name, reason: error.reason) }
    guard shapesAreKnown, let added = graph.nodes.last, added.outputs == node.outputs else {
      return
    }
    for name in added.outputs { try define(name, shapes[name] ?? [], node: node.name) }
  }

  private mutating func settle(_ node: Node) throws(ShapeError) {
    let operands = node.inputs.map(operand)
    if let results = try constants(node, operands) {
      for (name, value) in zip(node.outputs, results) {
        guard value.values.count <= ConstantTensor.limit else {
          throw ShapeError("a constant of \(value.shape) is too large")
        }
        graph.constants[name] = value
      }
      return
    }
    if !shapesAreKnown, let tensors = try foldedWeights(node) {
      for (name, tensor) in zip(node.outputs, tensors) {
        // Each value may be in order, and all of them more than any machine has.
        folded += tensor.count
        guard folded <= Self.foldedLimit else {
          throw ShapeError("the weights computed from other weights are too large")
        }
        graph.parameters[name] = tensor
        shapes[name] = tensor.shape
      }
      return
    }
    let settled = try node.operation.settled(operands)
    var node = node
    node.operation = settled.operation
    node.inputs = settled.inputs.map { node.inputs[$0] }
    if shapesAreKnown {
      for name in node.inputs {
        guard let constant = graph.constants[name] else { continue }
        graph.parameters[name] = constant.tensor
        graph.fixed.insert(name)
        shapes[name] = constant.shape
      }
      try checkWeights(node)
      let results = try node.operation.outputShapes(node.inputs.map { shapes[$0] ?? [] })
      for (name, shape) in zip(node.outputs, results) { shapes[name] = shape }
    }
    graph.nodes.append(node)
  }

  /// Outputs that turned out to be constants are copied from them.
  mutating func provideConstantOutputs() {
    for output in Set(graph.outputs).sorted() {
      guard let tensor = graph.parameters[output] ?? graph.constants[output]?.tensor else {
        continue
      }
      let name = output + ".constant"
      (graph.parameters[name], graph.parameters[output]) = (tensor, nil)
      graph.fixed.insert(name)
      for index in graph.nodes.indices {
        graph.nodes[index].inputs = graph.nodes[index].inputs.map { $0 == output ? name : $0 }
      }
      graph.nodes.append(
        Node(name: name, operation: Identity(), inputs: [name], outputs: [output]))
      (shapes[name], shapes[output]) = (tensor.shape, tensor.shape)
    }
  }

  /// The node's results, where all it reads are constants.
  private func constants(_ node: Node, _ operands: [Operand]) throws(ShapeError)
    -> [ConstantTensor]?
  {
    let function = node.operation as? ConstantFunction
    if let function, let shape = operands.first?.shape,
      let result = try function.evaluated(ofShape: shape)
    {
      return [result]
    }
    let given = operands.filter { !$0.isAbsent }
    let values = given.compactMap(\.constant)
    guard values.count == given.count, !given.isEmpty,
      function != nil || node.inputs.contains(where: { graph.constants[$0] != nil })
    else { return nil }
    if given.count == operands.count, let results = try node.operation.evaluated(values) {
      return results
    }
    // Attributes that are constants may come first: Slice of a constant, say.
    let settled = try node.operation.settled(operands)
    guard settled.inputs.count < operands.count else { return nil }
    return try settled.operation.evaluated(settled.inputs.compactMap { operands[$0].constant })
  }

  /// The node's results, where all it reads are weights.
  private func foldedWeights(_ node: Node) throws(ShapeError) -> [Tensor]? {
    guard !node.outputs.contains(where: graph.outputs.contains) else { return nil }
    let settled = try node.operation.settled(node.inputs.map(operand))
    let names = settled.inputs.map { node.inputs[$0] }
    var tensors: [String: Tensor] = [:]
    for name in names { tensors[name] = graph.parameters[name] ?? graph.constants[name]?.tensor }
    guard !names.isEmpty, tensors.count == Set(names).count,
      names.contains(where: {
        graph.parameters[$0] != nil || graph.constants[$0]?.isInteger == false
      })
    else { return nil }
    let inner = Node(
      name: node.name, operation: settled.operation, inputs: names, outputs: node.outputs)
    return try Self.computed(inner, tensors)
  }

  private static func computed(_ node: Node, _ tensors: [String: Tensor]) throws(ShapeError)
    -> [Tensor]
  {
    let shapes = node.inputs.map { tensors[$0]?.shape ?? [] }
    let results = try node.operation.outputShapes(shapes)
    for shape in results where try checkedCount(shape) > 1 << 28 {
      throw ShapeError("\(shape) is too large")
    }
    let orders = node.inputs.indices.map { node.operation.layout(ofParameter: $0).order }
    let (_, order) = node.operation.orders(orders, shapes: shapes)
    let packed = PlanParameters(Graph(nodes: [node], parameters: tensors))
    let memory = results.map { FloatStorage(count: $0.reduce(1, *)) }
    let outputs = zip(memory, results).map { View($0.floats, shape: $1, order: order) }
    let pool = WorkerPool(workers: 1)
    let kernel = node.operation.makeKernel(
      Bindings(
        mode: .inference, inputs: node.inputs.compactMap { packed.views[$0] }, outputs: outputs,
        outputGradients: [], inputGradients: [], seed: 0, pool: pool))
    let scratch = Scratch([kernel], workers: 1)
    // A run points into these without holding them.
    return withExtendedLifetime((memory, packed, scratch)) {
      kernel.forward(scratch.run(pool, step: 0))
      return outputs.map(\.tensor)
    }
  }

  /// Kernels want these in an order of their own, which only weights can be given.
  private func checkWeights(_ node: Node) throws(ShapeError) {
    for (index, name) in node.inputs.enumerated() {
      switch node.operation.layout(ofParameter: index) {
      case .image, .plain: continue
      case .convolution, .transposedConvolution, .transposedMatrix:
        guard graph.parameters[name] != nil else {
          throw ShapeError("its weights '\(name)' are computed from the image")
        }
      }
    }
  }
}
