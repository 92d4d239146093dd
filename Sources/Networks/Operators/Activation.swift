// Element-wise activations.
private import CKernels
private import Tensors

/// ReLU and leaky ReLU: `y = max(x, 0) + slope * min(x, 0)`.
package struct LeakyReLU: Operator {
  /// 0 for ReLU.
  package var slope: Float
  package var name: String { slope == 0 ? "Relu" : "LeakyRelu" }
  package var backwardReads: BackwardReads { .outputs }

  package init(slope: Float = 0) { self.slope = slope }

  package func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] { [inputs[0]] }

  package func orders(_ inputs: [MemoryOrder], shapes: [[Int]]) -> (
    inputs: [MemoryOrder], output: MemoryOrder
  ) { (inputs, inputs[0]) }

  package func makeKernel(_ bindings: Bindings) -> any Kernel {
    LeakyReLUKernel(slope: slope, bindings)
  }
}

private final class LeakyReLUKernel: Kernel {
  private let slope: Float
  private let io: Bindings

  init(slope: Float, _ io: Bindings) {
    self.slope = slope
    self.io = io
  }

  func forward(_ run: Run) {
    forEachSlice(of: io.outputs[0].count, run) { start, count in
      imgdx_leaky_relu(io.outputs[0].floats + start, io.inputs[0].floats + start, slope, count)
    }
  }

  func backward(_ run: Run) {
    guard let target = io.inputGradients[0] else { return }
    forEachSlice(of: target.view.count, run) { start, count in
      imgdx_leaky_relu_backward(
        target.view.floats + start, io.outputs[0].floats + start,
        io.outputGradients[0].floats + start, slope, count, target.accumulates ? 1 : 0)
    }
  }
}

/// Cuts `count` elements into slices of a fixed size, so that results do not depend on the workers.
func forEachSlice(of count: Int, _ run: Run, _ body: (_ start: Int, _ count: Int) -> Void) {
  let size = 1 << 15
  run.pool.run((count + size - 1) / size) { task, _ in
    body(task * size, min(size, count - task * size))
  }
}
