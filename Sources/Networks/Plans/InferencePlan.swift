// A graph made ready to run for one input shape.
package import Tensors

/// Fused, packed, every activation placed in one arena by lifetime. Not for concurrent use.
///
/// Packed weights take up to four times the room of the graph's; who needs the graph no more passes
/// it on with `consume`, so that it is given back on the way.
package final class InferencePlan {
  private let arena: FloatStorage
  private let parameters: PlanParameters
  private let kernels: [any Kernel]
  /// Names of the nodes that the kernels work for, as fusing left them; and their outputs' shapes.
  package let steps: [(node: String, shape: [Int])]
  private let scratch: Scratch
  private let input: View
  private let outputs: [(name: String, view: View)]
  private let pool: WorkerPool

  /// - Parameters:
  ///   - inputShape: `[N, C, H, W]`, or `[N, C]` for networks on rows.
  ///   - threads: workers that share one run; results do not depend on it.
  /// - Throws: ``NetworkError`` naming the node that does not fit.
  package convenience init(graph: consuming Graph, inputShape: [Int], threads: Int)
    throws(NetworkError)
  {
    try self.init(graph: graph, inputShape: inputShape, pool: WorkerPool(workers: threads))
  }

  /// The same with workers that several plans share.
  package init(graph original: consuming Graph, inputShape: [Int], pool: WorkerPool)
    throws(NetworkError)
  {
    guard original.inputs.count == 1 else {
      throw .badShape(node: "input", reason: "the network must have exactly one input")
    }
    let inputName = original.inputs[0].name
    var (graph, shapes, orders) = try Self.prepared(original, [inputName: inputShape])
    original.parameters = [:]
    let layout = try ArenaLayout(running: graph, shapes: shapes)
    let arena = FloatStorage(count: layout.count)
    let parameters = PlanParameters()
    func view(_ name: String) throws(NetworkError) -> View {
      if let view = parameters.views[name] { return view }
      guard let offset = layout.offsets[name], let shape = shapes[name] else {
        throw .missingValue(node: "plan", value: name)
      }
      return View(arena.floats + offset, shape: shape, order: orders[name] ?? .channelsLast)
    }
    var kernels: [(index: Int, kernel: any Kernel)] = []
    // Weights are laid out, packed and given back node by node, the largest first, so that few of
    // them are held twice at any time.
    var readers = graph.consumerCounts()
    for index in graph.nodesByWeight {
      let node = graph.nodes[index]
      parameters.take(node, from: &graph.parameters, sharedBy: pool)
      var inputs: [View] = []
      for name in node.inputs { inputs.append(try view(name)) }
      var outputs: [View] = []
      for name in node.outputs { outputs.append(try view(name)) }
      let kernel = node.operation.makeKernel(
        Bindings(
          mode: .inference, inputs: inputs, outputs: outputs, outputGradients: [],
          inputGradients: [], seed: 0, pool: pool))
      kernels.append((index, kernel))
      for (position, name) in node.inputs.enumerated()
      where kernel.packedInputs.contains(position) {
        readers[name, default: 0] -= 1
        if readers[name] == 0 { parameters.free(name) }
      }
    }
    var outputs: [(name: String, view: View)] = []
    for name in graph.outputs { outputs.append((name, try view(name))) }
    self.arena = arena
    self.parameters = parameters
    self.kernels = kernels.sorted { $0.index < $1.index }.map(\.kernel)
    steps = graph.nodes.map { ($0.name, shapes[$0.outputs[0]] ?? []) }
    self.outputs = outputs
    self.pool = pool
    input = try view(inputName)
    scratch = Scratch(self.kernels, workers: pool.workers)
  }

  /// The graph fused and arranged for its input's shape.
  private static func prepared(_ graph: borrowing Graph, _ inputShapes: [String: [Int]])
    throws(NetworkError)
    -> (graph: Graph, shapes: [String: [Int]], orders: [String: MemoryOrder])
  {
    let settled = try graph.settled(inputShapes: inputShapes)
    var shapes = settled.shapes
    let (graph, orders) = settled.graph.fusedForInference(shapes: shapes)
      .arranged(shapes: &shapes)
    return (graph, shapes, orders)
  }

  /// Runs the network on `[N, C, H, W]` and returns its outputs by name (4-D ones in NCHW order).
  package func run(_ input: Tensor) throws(NetworkError) -> [String: Tensor] {
    guard input.shape == self.input.shape else {
      throw .badShape(
        node: "input", reason: "the plan takes \(self.input.shape), not \(input.shape)")
    }
    ParameterLayout.image.pack(input, to: self.input.floats)
    runInPlace()
    var results: [String: Tensor] = [:]
    for (name, view) in outputs {
      results[name] = view.tensor
    }
    return results
  }

  /// Runs on whatever the input memory holds; nothing is allocated.
  package func runInPlace() {
    let run = scratch.run(pool, step: 0)
    for kernel in kernels { kernel.forward(run) }
  }

  /// The same, and how long each of ``steps`` took.
  package func timeSteps() -> [Duration] {
    let run = scratch.run(pool, step: 0)
    return kernels.map { kernel in ContinuousClock().measure { kernel.forward(run) } }
  }
}

extension Graph {
  /// The nodes in the order of their weights' sizes, largest first.
  fileprivate var nodesByWeight: [Int] {
    let sizes = nodes.map { node in
      node.inputs.reduce(0) { $0 + (parameters[$1]?.count ?? 0) }
    }
    return nodes.indices.sorted { (sizes[$1], $0) < (sizes[$0], $1) }
  }
}
