// Element-wise activations.
private import CKernels
private import Foundation
private import Tensors

/// ReLU and leaky ReLU: `y = max(x, 0) + slope * min(x, 0)`.
package struct LeakyReLU: Operator {
  /// 0 for ReLU.
  package var slope: Float
  package var name: String { slope == 0 ? "Relu" : "LeakyRelu" }

  package init(slope: Float = 0) { self.slope = slope }

  package func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] { [inputs[0]] }

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

/// Activations that curve: `Sigmoid` 1 / (1 + e^-x) and `Tanh`.
package struct SmoothActivation: Operator {
  package enum Function: String, Sendable { case sigmoid = "Sigmoid", tanh = "Tanh" }
  package var function: Function
  package var name: String { function.rawValue }

  package init(_ function: Function) { self.function = function }

  package func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] { [inputs[0]] }

  package func makeKernel(_ bindings: Bindings) -> any Kernel {
    SmoothActivationKernel(function, bindings)
  }
}

private final class SmoothActivationKernel: Kernel {
  private let function: SmoothActivation.Function
  private let io: Bindings

  init(_ function: SmoothActivation.Function, _ io: Bindings) {
    self.function = function
    self.io = io
  }

  func forward(_ run: Run) {
    let (x, y) = (io.inputs[0].floats, io.outputs[0].floats)
    forEachSlice(of: io.outputs[0].count, run) { start, count in
      switch function {
      case .sigmoid: for i in start..<start + count { y[i] = 1 / (1 + exp(-x[i])) }
      case .tanh: for i in start..<start + count { y[i] = tanh(x[i]) }
      }
    }
  }

  func backward(_ run: Run) {
    guard let target = io.inputGradients[0] else { return }
    let (y, dy, dx) = (io.outputs[0].floats, io.outputGradients[0].floats, target.view.floats)
    let keep: Float = target.accumulates ? 1 : 0
    if keep == 0 { dx.update(repeating: 0, count: target.view.count) }
    forEachSlice(of: target.view.count, run) { start, count in
      switch function {
      case .sigmoid: for i in start..<start + count { dx[i] += dy[i] * y[i] * (1 - y[i]) }
      case .tanh: for i in start..<start + count { dx[i] += dy[i] * (1 - y[i] * y[i]) }
      }
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
