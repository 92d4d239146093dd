// Where a training step keeps its activations and gradients.
internal import Tensors

/// Activations and their gradients in one arena by lifetime, over the forward pass and the backward
/// pass behind it; gradients of weights, which the optimiser reads, in memory of their own.
///
/// An activation lives until the last kernel has read it, on the way forward or back; its gradient
/// from the first kernel that writes it to the one that made the activation. Inputs and outputs,
/// which others write and read, have their memory for themselves.
final class TrainingMemory {
  let gradients: [String: View]
  private let values: [String: View]
  private let storage: [FloatStorage]

  /// - Throws: when the step would not fit this machine's memory.
  init(
    graph: Graph, shapes: [String: [Int]], orders: [String: MemoryOrder], parameters: PlanParameters
  ) throws(NetworkError) {
    var storage: [FloatStorage] = []
    var values = parameters.views
    var gradients: [String: View] = [:]
    // A value needs a gradient when a trainable weight stands behind it.
    var differentiable: Set<String> = []
    for node in graph.nodes {
      let names = node.differentiableInputs.map { node.inputs[$0] }
      for name in names where gradients[name] == nil && !graph.fixed.contains(name) {
        guard let weight = parameters.views[name] else { continue }
        let memory = FloatStorage(count: weight.count)
        storage.append(memory)
        gradients[name] = View(memory.floats, shape: weight.shape, order: weight.order)
      }
      if names.contains(where: { gradients[$0] != nil || differentiable.contains($0) }) {
        differentiable.formUnion(node.outputs)
      }
    }
    let lifetimes = Self.lifetimes(graph, shapes, differentiable)
    let layout = try ArenaLayout(
      Array(lifetimes.values.values) + Array(lifetimes.gradients.values))
    let arena = FloatStorage(count: layout.count)
    func view(_ name: String, _ lifetime: Lifetime) -> View {
      View(
        arena.floats + (layout.offsets[lifetime.name] ?? 0), shape: shapes[name] ?? [],
        order: orders[name] ?? .channelsLast)
    }
    for (name, lifetime) in lifetimes.values { values[name] = view(name, lifetime) }
    for (name, lifetime) in lifetimes.gradients { gradients[name] = view(name, lifetime) }
    (self.values, self.gradients) = (values, gradients)
    self.storage = storage + [arena]
  }

  /// Node i runs at step i and, with n nodes, backwards at step 2 n - i; the loss is read at step n.
  private static func lifetimes(
    _ graph: Graph, _ shapes: [String: [Int]], _ differentiable: Set<String>
  ) -> (values: [String: Lifetime], gradients: [String: Lifetime]) {
    let count = graph.nodes.count
    let always = -1...2 * count + 1
    var values: [String: Lifetime] = [:]
    var gradients: [String: Lifetime] = [:]
    for name in graph.inputs.map(\.name) {
      values[name] = Lifetime("value \(name)", shape: shapes[name] ?? [], at: always.lowerBound)
      values[name]?.reach(always.upperBound)
    }
    for (step, node) in graph.nodes.enumerated() {
      let back = 2 * count - step
      for name in node.outputs {
        values[name] = Lifetime("value \(name)", shape: shapes[name] ?? [], at: step)
        if node.operation.backwardReads.contains(.outputs) { values[name]?.reach(back) }
        guard differentiable.contains(name) else { continue }
        gradients[name] = Lifetime("gradient \(name)", shape: shapes[name] ?? [], at: back)
      }
      for name in node.inputs {
        values[name]?.reach(step)
        if node.operation.backwardReads.contains(.inputs) { values[name]?.reach(back) }
      }
      for index in node.differentiableInputs { gradients[node.inputs[index]]?.reach(back) }
    }
    // What nothing writes on the way back must stay zero.
    let written = Set(
      graph.nodes.flatMap { node in node.differentiableInputs.map { node.inputs[$0] } })
    for name in differentiable where graph.outputs.contains(name) || !written.contains(name) {
      gradients[name]?.reach(always.lowerBound)
      gradients[name]?.reach(always.upperBound)
    }
    for name in graph.outputs {
      values[name]?.reach(always.lowerBound)
      values[name]?.reach(always.upperBound)
    }
    return (values, gradients)
  }

  func view(_ name: String) -> View {
    guard let view = values[name] else { preconditionFailure("the graph has no value \(name)") }
    return view
  }

  /// The last reader of a value runs first on the way back: it writes, the others add.
  func makeKernels(_ graph: Graph, seed: UInt64, pool: WorkerPool) -> [any Kernel] {
    var written = Set(graph.outputs)
    var targets: [[GradientTarget?]] = []
    for node in graph.nodes.reversed() {
      targets.append(
        node.inputs.enumerated().map { index, name in
          guard node.operation.trainableInputs.contains(index), let gradient = gradients[name]
          else { return nil }
          return GradientTarget(view: gradient, accumulates: !written.insert(name).inserted)
        })
    }
    var generator = SplitMix64(seed: seed)
    return zip(graph.nodes, targets.reversed()).map { node, targets in
      node.operation.makeKernel(
        Bindings(
          mode: .training, inputs: node.inputs.map(view), outputs: node.outputs.map(view),
          outputGradients: node.outputs.map { gradients[$0] ?? view($0) },
          inputGradients: targets, seed: generator.next(), pool: pool))
    }
  }
}

extension Node {
  /// Positions of the inputs that the backward pass gives a gradient.
  fileprivate var differentiableInputs: [Int] {
    inputs.indices.filter { operation.trainableInputs.contains($0) }
  }
}
