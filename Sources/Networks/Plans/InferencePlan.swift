// A graph made ready to run for one input shape.
package import Tensors

/// Fused, packed, every activation placed in one arena by lifetime. Not for concurrent use.
package final class InferencePlan {
  private let arena: FloatStorage
  private let parameters: PackedParameters
  private let kernels: [any Kernel]
  private let scratch: Scratch
  private let input: View
  private let outputs: [(name: String, view: View)]
  private let pool: WorkerPool

  /// - Parameters:
  ///   - inputShape: `[N, C, H, W]`, or `[N, C]` for networks on rows.
  ///   - threads: workers that share one run; results do not depend on it.
  /// - Throws: ``NetworkError`` naming the node that does not fit.
  package convenience init(graph: Graph, inputShape: [Int], threads: Int) throws(NetworkError) {
    try self.init(graph: graph, inputShape: inputShape, pool: WorkerPool(workers: threads))
  }

  /// The same with workers that several plans share.
  package init(graph: Graph, inputShape: [Int], pool: WorkerPool) throws(NetworkError) {
    BLAS.prepare()
    guard graph.inputs.count == 1 else {
      throw .badShape(node: "input", reason: "the network must have exactly one input")
    }
    let inputName = graph.inputs[0].name
    let settled = try graph.settled(inputShapes: [inputName: inputShape])
    var shapes = settled.shapes
    let (graph, orders) = settled.graph.fusedForInference(shapes: shapes)
      .arranged(shapes: &shapes)
    let layout = try ArenaLayout(graph: graph, shapes: shapes)
    let arena = FloatStorage(count: layout.count)
    let parameters = PackedParameters(graph)
    func view(_ name: String) throws(NetworkError) -> View {
      if let view = parameters.views[name] { return view }
      guard let offset = layout.offsets[name], let shape = shapes[name] else {
        throw .missingValue(node: "plan", value: name)
      }
      return View(arena.floats + offset, shape: shape, order: orders[name] ?? .channelsLast)
    }
    var kernels: [any Kernel] = []
    for node in graph.nodes {
      var inputs: [View] = []
      for name in node.inputs { inputs.append(try view(name)) }
      var outputs: [View] = []
      for name in node.outputs { outputs.append(try view(name)) }
      let bindings = Bindings(
        mode: .inference, inputs: inputs, outputs: outputs, outputGradients: [],
        inputGradients: [], seed: 0)
      kernels.append(node.operation.makeKernel(bindings))
    }
    parameters.free(Self.packedParameters(graph, kernels))
    var outputs: [(name: String, view: View)] = []
    for name in graph.outputs { outputs.append((name, try view(name))) }
    self.arena = arena
    self.parameters = parameters
    self.kernels = kernels
    self.outputs = outputs
    self.pool = pool
    input = try view(inputName)
    scratch = Scratch(kernels, workers: pool.workers)
  }

  /// Weights that every kernel that reads them has copied.
  private static func packedParameters(_ graph: Graph, _ kernels: [any Kernel]) -> Set<String> {
    var (copied, needed): (Set<String>, Set<String>) = ([], Set(graph.outputs))
    for (node, kernel) in zip(graph.nodes, kernels) {
      for (index, name) in node.inputs.enumerated() {
        if kernel.packedInputs.contains(index) { copied.insert(name) } else { needed.insert(name) }
      }
    }
    return copied.subtracting(needed)
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
}

/// Scratch memory for the neediest kernel, one piece a worker.
final class Scratch {
  private let storage: FloatStorage
  private let pitch: Int

  init(_ kernels: [any Kernel], workers: Int) {
    pitch = ((kernels.map(\.scratchCount).max() ?? 0) + 31) & ~15
    storage = FloatStorage(count: pitch * workers)
  }

  func run(_ pool: WorkerPool, step: UInt64) -> Run {
    Run(pool: pool, scratch: storage.floats, scratchPitch: pitch, step: step)
  }
}

/// A graph's weights in the order that kernels want them.
final class PackedParameters {
  private(set) var views: [String: View]
  let layouts: [String: ParameterLayout]
  private var storage: [String: FloatStorage]

  init(_ graph: Graph) {
    var views: [String: View] = [:]
    var layouts: [String: ParameterLayout] = [:]
    var storage: [String: FloatStorage] = [:]
    for node in graph.nodes {
      for (index, name) in node.inputs.enumerated() where views[name] == nil {
        guard let tensor = graph.parameters[name] else { continue }
        let memory = FloatStorage(count: tensor.count)
        let layout = node.operation.layout(ofParameter: index)
        layout.pack(tensor, to: memory.floats)
        storage[name] = memory
        views[name] = View(memory.floats, shape: tensor.shape, order: layout.order)
        layouts[name] = layout
      }
    }
    (self.views, self.layouts, self.storage) = (views, layouts, storage)
  }

  /// Gives back the memory of weights that nothing reads any more.
  func free(_ names: Set<String>) {
    for name in names {
      views[name] = nil
      storage[name] = nil
    }
  }
}
