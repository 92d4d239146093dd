// A graph made ready to learn for one batch shape.
package import Tensors

/// One weight while it is being trained.
package struct TrainableParameter {
  package let name: String
  /// The weight in the plan's layout.
  package let value: View
  package let gradient: View
  /// Whether weight decay applies: to matrices and kernels, not to biases and scales.
  package let decays: Bool

  package init(name: String, value: View, gradient: View, decays: Bool) {
    (self.name, self.value, self.gradient, self.decays) = (name, value, gradient, decays)
  }
}

/// Keeps every activation for the backward pass. Not for concurrent use.
package final class TrainingPlan {
  package let parameters: [TrainableParameter]
  private let graph: Graph
  let packed: PackedParameters
  private let memory: Memory
  private let kernels: [any Kernel]
  private let scratch: Scratch
  private let pool: WorkerPool
  private var step: UInt64 = 0

  /// - Parameters:
  ///   - graph: with initialised weights.
  ///   - inputShape: `[N, C, H, W]` of one batch.
  ///   - seed: for dropout.
  package init(graph original: Graph, inputShape: [Int], pool: WorkerPool, seed: UInt64 = 0)
    throws(NetworkError)
  {
    BLAS.prepare()
    guard original.inputs.count == 1 else {
      throw .badShape(node: "input", reason: "the network must have exactly one input")
    }
    let settled = try original.settled(inputShapes: [original.inputs[0].name: inputShape])
    var shapes = settled.shapes
    let (graph, orders) = settled.graph.fusedForTraining().arranged(shapes: &shapes)
    let packed = PackedParameters(graph)
    let activations = graph.nodes.flatMap(\.outputs).reduce(0) { sum, name in
      sum + (shapes[name] ?? []).reduce(1, *)
    }
    try ArenaLayout.checkMemory(floats: 2 * activations)
    let memory = Memory(graph: graph, shapes: shapes, orders: orders, packed: packed)
    self.graph = graph
    self.packed = packed
    self.memory = memory
    self.pool = pool
    kernels = try memory.makeKernels(graph, seed: seed)
    scratch = Scratch(kernels, workers: pool.workers)
    parameters = packed.views.keys.sorted().compactMap { name in
      guard let value = packed.views[name], let gradient = memory.gradients[name] else {
        return nil
      }
      return TrainableParameter(
        name: name, value: value, gradient: gradient, decays: value.shape.count >= 2)
    }
  }

  /// Memory of the batch: write samples here, `[N, H, W, C]`.
  package var input: View { memory.view(graph.inputs[0].name) }
  /// A value of the graph after a forward pass.
  package func output(_ name: String) -> View { memory.view(name) }
  /// Where a loss writes its gradient before the backward pass; nil if nothing can be trained there.
  package func outputGradient(_ name: String) -> View? { memory.gradients[name] }

  /// Goes on after `steps` steps of an earlier run, so that dropout draws what it would have drawn.
  package func skip(steps: Int) { step = UInt64(steps) }

  package func forward() {
    step += 1
    let run = scratch.run(pool, step: step)
    for kernel in kernels { kernel.forward(run) }
  }

  /// Fills every parameter's gradient from the outputs' gradients.
  package func backward() {
    let run = scratch.run(pool, step: step)
    for kernel in kernels.reversed() { kernel.backward(run) }
  }

  /// The current weights and running statistics in the graph's layouts.
  package func currentParameters() -> [String: Tensor] {
    var tensors: [String: Tensor] = [:]
    for (name, view) in packed.views {
      tensors[name] = (packed.layouts[name] ?? .plain).unpack(view.floats, shape: view.shape)
    }
    return tensors
  }

  /// Replaces weights and running statistics.
  package func load(_ tensors: [String: Tensor]) {
    for (name, tensor) in tensors {
      guard let view = packed.views[name], view.shape == tensor.shape else { continue }
      (packed.layouts[name] ?? .plain).pack(tensor, to: view.floats)
    }
  }
}

extension TrainingPlan {
  /// Activations and gradients, each in memory of its own.
  fileprivate final class Memory {
    private(set) var gradients: [String: View] = [:]
    private var values: [String: View]
    private var storage: [FloatStorage] = []

    init(
      graph: Graph, shapes: [String: [Int]], orders: [String: MemoryOrder],
      packed: PackedParameters
    ) {
      values = packed.views
      for name in graph.inputs.map(\.name) + graph.nodes.flatMap(\.outputs) {
        values[name] = allocate(shapes[name] ?? [], orders[name] ?? .channelsLast)
      }
      // A value needs a gradient when a trainable weight stands behind it.
      for node in graph.nodes {
        var reaches = false
        for (index, name) in node.inputs.enumerated() {
          if let weight = packed.views[name] {
            guard node.operation.trainableInputs.contains(index), !graph.fixed.contains(name)
            else { continue }
            if gradients[name] == nil { gradients[name] = allocate(weight.shape, weight.order) }
          }
          reaches = reaches || gradients[name] != nil
        }
        for name in node.outputs where reaches {
          gradients[name] = allocate(shapes[name] ?? [], orders[name] ?? .channelsLast)
        }
      }
    }

    private func allocate(_ shape: [Int], _ order: MemoryOrder) -> View {
      let memory = FloatStorage(count: shape.reduce(1, *))
      storage.append(memory)
      return View(memory.floats, shape: shape, order: order)
    }

    func view(_ name: String) -> View {
      guard let view = values[name] else { preconditionFailure("the graph has no value \(name)") }
      return view
    }

    /// The last reader of a value runs first on the way back: it writes, the others add.
    func makeKernels(_ graph: Graph, seed: UInt64) throws(NetworkError) -> [any Kernel] {
      var written = Set(graph.outputs)
      var targets: [[GradientTarget?]] = []
      for node in graph.nodes.reversed() {
        targets.append(
          node.inputs.map { name in
            guard let gradient = gradients[name] else { return nil }
            return GradientTarget(
              view: gradient, accumulates: !written.insert(name).inserted)
          })
      }
      var generator = SplitMix64(seed: seed)
      return zip(graph.nodes, targets.reversed()).map { node, targets in
        node.operation.makeKernel(
          Bindings(
            mode: .training, inputs: node.inputs.map(view), outputs: node.outputs.map(view),
            outputGradients: node.outputs.map { gradients[$0] ?? view($0) },
            inputGradients: targets, seed: generator.next()))
      }
    }
  }
}

extension TrainingPlan {
  /// Gradients of the last backward pass in the graph's layouts.
  package func currentGradients() -> [String: Tensor] {
    var tensors: [String: Tensor] = [:]
    for parameter in parameters {
      let layout = packed.layouts[parameter.name] ?? .plain
      tensors[parameter.name] = layout.unpack(
        parameter.gradient.floats, shape: parameter.value.shape)
    }
    return tensors
  }
}
