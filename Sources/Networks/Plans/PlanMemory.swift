// What plans of both kinds hold beside their activations: weights and the kernels' workspaces.
internal import Tensors

/// Memory in which kernels work, as much as the neediest one asks for: a piece for each worker, and
/// one that all share.
final class Scratch {
  private let storage: FloatStorage
  private let pitch: Int
  private let workspace: FloatStorage

  init(_ kernels: [any Kernel], workers: Int) {
    pitch = ((kernels.map(\.scratchCount).max() ?? 0) + 31) & ~15
    storage = FloatStorage(count: pitch * workers)
    workspace = FloatStorage(count: kernels.map(\.workspaceCount).max() ?? 0)
  }

  func run(_ pool: WorkerPool, step: UInt64) -> Run {
    Run(
      pool: pool, scratch: storage.floats, scratchPitch: pitch, workspace: workspace.floats,
      step: step)
  }
}

/// A graph's weights in the order that kernels want them.
final class PlanParameters {
  private(set) var views: [String: View] = [:]
  private(set) var layouts: [String: ParameterLayout] = [:]
  private var storage: [String: FloatStorage] = [:]

  init() {}

  /// All weights of a graph.
  init(_ graph: consuming Graph) {
    for node in graph.nodes { take(node, from: &graph.parameters) }
  }

  /// Moves the weights that a node reads out of `tensors`, as far as they are still there.
  /// - Parameter pool: shares the work, where there is one.
  func take(
    _ node: Node, from tensors: inout [String: Tensor], sharedBy pool: WorkerPool? = nil
  ) {
    for (index, name) in node.inputs.enumerated() {
      guard let tensor = tensors.removeValue(forKey: name) else { continue }
      let memory = FloatStorage(unsetCount: tensor.count)
      let layout = node.operation.layout(ofParameter: index)
      layout.pack(tensor, to: memory.floats, sharedBy: pool)
      storage[name] = memory
      views[name] = View(memory.floats, shape: tensor.shape, order: layout.order)
      layouts[name] = layout
    }
  }

  /// Gives back the memory of a weight that nothing reads any more.
  func free(_ name: String) {
    views[name] = nil
    storage[name] = nil
  }
}
