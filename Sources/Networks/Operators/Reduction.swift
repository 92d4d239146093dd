// Sums, means and extremes along axes.
private import Tensors

/// One value from all elements along `axes`.
package struct Reduction: Operator {
  package enum Function: String, Sendable, CaseIterable {
    case mean = "ReduceMean"
    case sum = "ReduceSum"
    case maximum = "ReduceMax"
    case minimum = "ReduceMin"
    case absoluteSum = "ReduceL1"
    /// √Σx²
    case norm = "ReduceL2"
    case squareSum = "ReduceSumSquare"
    /// On constants only.
    case product = "ReduceProd"
  }
  package var function: Function
  /// Nil: every axis.
  package var axes: [Int]?
  package var keepsDimensions: Bool
  /// Whether a second input names the axes; none named means every axis, or none at all.
  package var readsAxes: Bool
  package var skipsWithoutAxes: Bool
  package var name: String { function.rawValue }

  package init(
    _ function: Function, axes: [Int]?, keepsDimensions: Bool = true, readsAxes: Bool = false,
    skipsWithoutAxes: Bool = false
  ) {
    self.function = function
    self.axes = axes
    self.keepsDimensions = keepsDimensions
    self.readsAxes = readsAxes
    self.skipsWithoutAxes = skipsWithoutAxes
  }

  package func settled(_ inputs: [Operand]) throws(ShapeError) -> Settled {
    guard readsAxes else { return all(inputs) }
    var copy = self
    copy.readsAxes = false
    if inputs.count > 1, !inputs[1].isAbsent {
      guard let axes = inputs[1].constant?.integers else { return open(inputs) }
      copy.axes = axes.isEmpty && !skipsWithoutAxes ? nil : axes
    } else {
      copy.axes = skipsWithoutAxes ? [] : nil
    }
    return Settled(copy, keeping: 1)
  }

  func reduced(_ shape: [Int]) throws(ShapeError) -> [Int] {
    guard let axes else { return Array(shape.indices) }
    return try normalizedAxes(axes, rank: shape.count)
  }

  func result(of shape: [Int]) throws(ShapeError) -> [Int] {
    let gone = try reduced(shape)
    if keepsDimensions { return shape.indices.map { gone.contains($0) ? 1 : shape[$0] } }
    return shape.indices.filter { !gone.contains($0) }.map { shape[$0] }
  }

  package func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
    guard inputs.count == 1, !readsAxes else { throw ShapeError("its axes are not constants") }
    guard function != .product else { throw ShapeError("ReduceProd works on constants only") }
    return [try result(of: inputs[0])]
  }

  package func orders(_ inputs: [MemoryOrder], shapes: [[Int]]) -> (
    inputs: [MemoryOrder], output: MemoryOrder
  ) { (inputs, shapes[0].count == 4 ? inputs[0] : .channelsLast) }

  package func makeKernel(_ bindings: Bindings) -> any Kernel {
    ReductionKernel(self, bindings, reduced: (try? reduced(bindings.inputs[0].shape)) ?? [])
  }
}

private final class ReductionKernel: Kernel {
  private let function: Reduction.Function
  private let io: Bindings
  private let box: ReducingBox
  private let spread: StridedBox
  /// Elements behind each result.
  private let share: Int
  /// How many elements are equal to an extreme; for the backward pass.
  private let ties: FloatStorage?

  init(_ operation: Reduction, _ io: Bindings, reduced: [Int]) {
    function = operation.function
    self.io = io
    let (x, y) = (io.inputs[0], io.outputs[0])
    var own = y.strides[...]
    let strides = x.shape.indices.map { axis in
      let isReduced = reduced.contains(axis)
      let stride = isReduced && !operation.keepsDimensions ? 0 : own.popFirst() ?? 0
      return isReduced ? 0 : stride
    }
    box = ReducingBox(sizes: x.shape, strides: [x.strides, strides], target: 1)
    spread = StridedBox(sizes: x.shape, strides: [x.strides, strides])
    share = y.count > 0 ? x.count / y.count : 0
    let needsTies = function == .maximum || function == .minimum
    ties = io.mode == .training && needsTies ? FloatStorage(count: y.count) : nil
  }

  func forward(_ run: Run) {
    let y = io.outputs[0]
    switch function {
    case .mean, .sum, .product: fold(0, run) { $0 + $1 }
    case .absoluteSum: fold(0, run) { $0 + abs($1) }
    case .norm, .squareSum: fold(0, run) { $0 + $1 * $1 }
    case .maximum: fold(-.infinity, run) { $1 > $0 ? $1 : $0 }
    case .minimum: fold(.infinity, run) { $1 < $0 ? $1 : $0 }
    }
    if function == .mean {
      let scale = 1 / Float(max(share, 1))
      for i in 0..<y.count { y.floats[i] *= scale }
    } else if function == .norm {
      for i in 0..<y.count { y.floats[i] = y.floats[i].squareRoot() }
    }
  }

  @inline(__always)
  private func fold(_ start: Float, _ run: Run, _ combine: (Float, Float) -> Float) {
    let (x, y) = (io.inputs[0].floats, io.outputs[0].floats)
    y.update(repeating: start, count: io.outputs[0].count)
    let step = box.innerStep
    box.forEachRun(run) { o, count in
      let (source, target) = (x + o.0, y + o.1)
      if step.1 == 0 {
        var total = target[0]
        for i in 0..<count { total = combine(total, source[i * step.0]) }
        target[0] = total
      } else {
        for i in 0..<count {
          target[i * step.1] = combine(target[i * step.1], source[i * step.0])
        }
      }
    }
  }

  func backward(_ run: Run) {
    let scale = 1 / Float(max(share, 1))
    switch function {
    case .mean: slope(run) { _, _, dy, _ in dy * scale }
    case .sum, .product: slope(run) { _, _, dy, _ in dy }
    case .absoluteSum: slope(run) { x, _, dy, _ in x > 0 ? dy : x < 0 ? -dy : 0 }
    case .norm: slope(run) { x, y, dy, _ in y == 0 ? 0 : dy * x / y }
    case .squareSum: slope(run) { x, _, dy, _ in 2 * x * dy }
    case .maximum, .minimum:
      countTies()
      slope(run) { x, y, dy, ties in x == y ? dy / ties : 0 }
    }
  }

  private func countTies() {
    guard let ties else { return }
    ties.floats.update(repeating: 0, count: ties.count)
    let (x, y) = (io.inputs[0].floats, io.outputs[0].floats)
    spread.forEachRunInOrder { o, count in
      for i in 0..<count where x[o.0 + i * spread.step.0] == y[o.1 + i * spread.step.1] {
        ties.floats[o.1 + i * spread.step.1] += 1
      }
    }
  }

  @inline(__always)
  private func slope(
    _ run: Run, _ gradient: (_ x: Float, _ y: Float, _ dy: Float, _ ties: Float) -> Float
  ) {
    guard let target = io.inputGradients[0] else { return }
    let (x, y, dy) = (io.inputs[0].floats, io.outputs[0].floats, io.outputGradients[0].floats)
    let (dx, step) = (target.view.floats, spread.step)
    let counts = ties?.floats
    spread.forEachRun(run) { o, count in
      for i in 0..<count {
        let (from, to) = (o.0 + i * step.0, o.1 + i * step.1)
        let g = gradient(x[from], y[to], dy[to], counts?[to] ?? 1)
        dx[from] = target.accumulates ? dx[from] + g : g
      }
    }
  }
}
