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

/// Keeps activations until the backward pass has read them. Not for concurrent use.
package final class TrainingPlan {
  package let parameters: [TrainableParameter]
  private let inputName: String
  let packed: PlanParameters
  private let memory: TrainingMemory
  private let kernels: [any Kernel]
  private let scratch: Scratch
  private let pool: WorkerPool
  private var step: UInt64 = 0

  /// - Parameters:
  ///   - graph: with initialised weights.
  ///   - inputShape: `[N, C, H, W]` of one batch.
  ///   - seed: for dropout.
  package init(
    graph original: consuming Graph, inputShape: [Int], pool: WorkerPool, seed: UInt64 = 0
  ) throws(NetworkError) {
    guard original.inputs.count == 1 else {
      throw .badShape(node: "input", reason: "the network must have exactly one input")
    }
    inputName = original.inputs[0].name
    var settled = try original.settled(inputShapes: [inputName: inputShape])
    original.parameters = [:]
    let (graph, orders) = settled.graph.fusedForTraining(shapes: settled.shapes)
      .arranged(shapes: &settled.shapes)
    settled.graph.parameters = [:]
    let packed = PlanParameters(graph)
    let memory = try TrainingMemory(
      graph: graph, shapes: settled.shapes, orders: orders, parameters: packed)
    self.packed = packed
    self.memory = memory
    self.pool = pool
    kernels = memory.makeKernels(graph, seed: seed, pool: pool)
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
  package var input: View { memory.view(inputName) }
  /// An output of the graph, after a forward pass.
  package func output(_ name: String) -> View { memory.view(name) }
  /// Where a loss writes an output's gradient before the backward pass; nil if nothing can be trained
  /// there.
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
