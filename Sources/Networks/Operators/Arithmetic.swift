// Arithmetic on two values, with NumPy's broadcasting.
private import CKernels
private import Foundation

/// `y = f(a, b)`; axes are aligned at the last one, and an axis of one element repeats.
package struct Arithmetic: Operator {
  package enum Function: String, Sendable, CaseIterable {
    case add = "Add"
    case subtract = "Sub"
    case multiply = "Mul"
    case divide = "Div"
    case power = "Pow"
    case minimum = "Min"
    case maximum = "Max"
    /// `a` where positive, otherwise `a · b`.
    case parametricReLU = "PRelu"
  }
  package var function: Function
  /// The axis of `a` where the first of `b` lies, as in operator sets before 7; nil: the last ones.
  package var axis: Int?
  package var name: String { function.rawValue }
  package var backwardReads: BackwardReads {
    function == .add || function == .subtract ? [] : .inputs
  }

  package init(_ function: Function, axis: Int? = nil) {
    self.function = function
    self.axis = axis
  }

  package func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
    guard inputs.count == 2 else { throw ShapeError("it takes two values") }
    let second = aligned(inputs[1], to: inputs[0].count)
    guard let shape = broadcastShape(inputs[0], second),
      function != .parametricReLU || shape == inputs[0]
    else { throw ShapeError("shapes \(inputs[0]) and \(inputs[1]) do not fit") }
    return [shape]
  }

  /// The shape of `b` with ones after it, where an axis says where it begins.
  private func aligned(_ shape: [Int], to rank: Int) -> [Int] {
    guard let axis else { return shape }
    let start = axis < 0 ? axis + rank : axis
    return shape + [Int](repeating: 1, count: max(0, rank - start - shape.count))
  }

  package func orders(_ inputs: [MemoryOrder], shapes: [[Int]]) -> (
    inputs: [MemoryOrder], output: MemoryOrder
  ) { (inputs, dominantOrder(inputs, shapes)) }

  package func makeKernel(_ bindings: Bindings) -> any Kernel {
    let y = bindings.outputs[0]
    let strides = bindings.inputs.enumerated().map { index, view in
      let shape = index == 1 ? aligned(view.shape, to: bindings.inputs[0].shape.count) : view.shape
      let own = index == 1 && axis != nil ? MemoryOrder.rowMajor.strides(of: shape) : view.strides
      return broadcastStrides(shape, own, to: y.shape)
    }
    return ArithmeticKernel(function, bindings, strides)
  }
}

/// NumPy's rule: aligned at the last axis, equal or one; nil where shapes do not fit.
func broadcastShape(_ a: [Int], _ b: [Int]) -> [Int]? {
  let rank = max(a.count, b.count)
  var shape: [Int] = []
  for axis in 0..<rank {
    let (i, j) = (axis - rank + a.count, axis - rank + b.count)
    let (p, q) = (i < 0 ? 1 : a[i], j < 0 ? 1 : b[j])
    guard p == q || p == 1 || q == 1 else { return nil }
    shape.append(p == 1 ? q : p)
  }
  return shape
}

/// Strides of a value along the axes of the shape it is broadcast to.
func broadcastStrides(_ shape: [Int], _ strides: [Int], to target: [Int]) -> [Int] {
  target.indices.map { axis in
    let own = axis - target.count + shape.count
    return own < 0 || shape[own] == 1 ? 0 : strides[own]
  }
}

/// The order of the largest image among the inputs.
func dominantOrder(_ inputs: [MemoryOrder], _ shapes: [[Int]]) -> MemoryOrder {
  var (order, largest) = (MemoryOrder.channelsLast, -1)
  for (index, shape) in shapes.enumerated() where shape.count == 4 {
    let count = shape.reduce(1, *)
    if count > largest { (order, largest) = (inputs[index], count) }
  }
  return order
}

private final class ArithmeticKernel: Kernel {
  private typealias Floats = UnsafeMutablePointer<Float>
  private let function: Arithmetic.Function
  private let io: Bindings
  private let box: StridedBox
  private let gradients: [ReducingBox]

  init(_ function: Arithmetic.Function, _ io: Bindings, _ strides: [[Int]]) {
    self.function = function
    self.io = io
    let y = io.outputs[0]
    box = StridedBox(sizes: y.shape, strides: [y.strides] + strides)
    gradients =
      io.mode == .inference
      ? []
      : [0, 1].map { operand in
        ReducingBox(sizes: y.shape, strides: [y.strides] + strides, target: operand + 1)
      }
  }

  func forward(_ run: Run) {
    let (a, b, y) = (io.inputs[0].floats, io.inputs[1].floats, io.outputs[0].floats)
    let step = box.step
    let apply = Self.function(function)
    box.forEachRun(run) { o, count in
      apply(y + o.0, step.0, a + o.1, step.1, b + o.2, step.2, count)
    }
  }

  private typealias Source = UnsafePointer<Float>

  private static func function(_ function: Arithmetic.Function)
    -> @convention(c) (
      Floats?, Int, Source?, Int, Source?, Int, Int
    ) -> Void
  {
    switch function {
    case .add: imgdx_broadcast_add
    case .subtract: imgdx_broadcast_subtract
    case .multiply: imgdx_broadcast_multiply
    case .divide: imgdx_broadcast_divide
    case .power: imgdx_broadcast_power
    case .minimum: imgdx_broadcast_minimum
    case .maximum: imgdx_broadcast_maximum
    case .parametricReLU: imgdx_broadcast_prelu
    }
  }

  func backward(_ run: Run) {
    for operand in 0...1 {
      guard let target = io.inputGradients[operand] else { continue }
      if copies(operand, to: target, run) { continue }
      if !target.accumulates { target.view.floats.update(repeating: 0, count: target.view.count) }
      accumulate(operand, target.view.floats, run)
    }
  }

  /// A sum's gradient is its terms', where they lie alike in memory.
  private func copies(_ operand: Int, to target: GradientTarget, _ run: Run) -> Bool {
    let dy = io.outputGradients[0]
    guard function == .add || function == .subtract, target.view.shape == dy.shape,
      target.view.strides == dy.strides
    else { return false }
    let sign: Float = function == .subtract && operand == 1 ? -1 : 1
    forEachSlice(of: dy.count, run) { start, count in
      imgdx_scale(
        target.view.floats + start, dy.floats + start, sign, count, target.accumulates ? 1 : 0)
    }
    return true
  }

  /// target += dy · ∂f/∂operand, summed where the operand repeats.
  private func accumulate(_ operand: Int, _ target: Floats, _ run: Run) {
    switch (function, operand) {
    case (.add, _), (.subtract, 0): sum(operand, target, run) { dy, _, _ in dy }
    case (.subtract, _): sum(operand, target, run) { dy, _, _ in -dy }
    case (.multiply, 0): sum(operand, target, run) { dy, _, b in dy * b }
    case (.multiply, _): sum(operand, target, run) { dy, a, _ in dy * a }
    case (.divide, 0): sum(operand, target, run) { dy, _, b in dy / b }
    case (.divide, _): sum(operand, target, run) { dy, a, b in -dy * a / (b * b) }
    case (.power, 0):
      sum(operand, target, run) { dy, a, b in b == 0 ? 0 : dy * b * pow(a, b - 1) }
    case (.power, _):
      sum(operand, target, run) { dy, a, b in a > 0 ? dy * pow(a, b) * log(a) : 0 }
    // Equal values share the gradient, as in PyTorch.
    case (.minimum, 0): sum(operand, target, run) { $1 < $2 ? $0 : $1 == $2 ? $0 / 2 : 0 }
    case (.minimum, _): sum(operand, target, run) { $2 < $1 ? $0 : $1 == $2 ? $0 / 2 : 0 }
    case (.maximum, 0): sum(operand, target, run) { $1 > $2 ? $0 : $1 == $2 ? $0 / 2 : 0 }
    case (.maximum, _): sum(operand, target, run) { $2 > $1 ? $0 : $1 == $2 ? $0 / 2 : 0 }
    case (.parametricReLU, 0): sum(operand, target, run) { dy, a, b in a > 0 ? dy : dy * b }
    case (.parametricReLU, _): sum(operand, target, run) { dy, a, _ in a > 0 ? 0 : dy * a }
    }
  }

  @inline(__always)
  private func sum(
    _ operand: Int, _ target: Floats, _ run: Run,
    _ slope: (_ dy: Float, _ a: Float, _ b: Float) -> Float
  ) {
    let (a, b, dy) = (io.inputs[0].floats, io.inputs[1].floats, io.outputGradients[0].floats)
    let step = gradients[operand].innerStep
    let own = operand == 0 ? step.1 : step.2
    gradients[operand].forEachRun(run) { o, count in
      let out = target + (operand == 0 ? o.1 : o.2)
      if own == 0 {
        var total: Float = 0
        for i in 0..<count {
          total += slope(dy[o.0 + i * step.0], a[o.1 + i * step.1], b[o.2 + i * step.2])
        }
        out[0] += total
      } else {
        for i in 0..<count {
          out[i * own] += slope(dy[o.0 + i * step.0], a[o.1 + i * step.1], b[o.2 + i * step.2])
        }
      }
    }
  }
}
