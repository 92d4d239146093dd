// Borders around values.

/// Adds (or, where negative, removes) elements before and after each axis.
package struct Pad: Operator {
  package enum Mode: String, Sendable {
    case constant
    /// Mirrored at the first and last element, which are not repeated.
    case reflect
    /// The first and last element repeated.
    case edge
    /// The other end's elements.
    case wrap
  }
  package var mode: Mode
  /// Before each axis, then after each axis; nil where inputs say.
  package var pads: [Int]?
  package var value: Float
  package var name: String { "Pad" }
  package var backwardReads: BackwardReads { [] }

  package init(_ mode: Mode, pads: [Int]?, value: Float = 0) {
    (self.mode, self.pads, self.value) = (mode, pads, value)
  }

  /// Inputs: x, pads, optional value, optional axes.
  package func settled(_ inputs: [Operand]) throws(ShapeError) -> Settled {
    guard pads == nil else { return all(inputs) }
    guard inputs.count > 1, let pads = inputs[1].constant?.integers else { return open(inputs) }
    var copy = self
    if inputs.count > 2, !inputs[2].isAbsent {
      guard let value = inputs[2].constant?.scalar else { return open(inputs) }
      copy.value = Float(value)
    }
    copy.pads = pads
    if inputs.count > 3, !inputs[3].isAbsent {
      guard let axes = inputs[3].constant?.integers, let shape = inputs[0].shape else {
        return open(inputs)
      }
      let chosen = try normalizedAxes(axes, rank: shape.count)
      guard pads.count == 2 * axes.count else { throw ShapeError("pads and axes differ in number") }
      var all = [Int](repeating: 0, count: 2 * shape.count)
      for (index, axis) in chosen.enumerated() {
        all[axis] = pads[index]
        all[axis + shape.count] = pads[index + axes.count]
      }
      copy.pads = all
    }
    return Settled(copy, keeping: 1)
  }

  package func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
    guard inputs.count == 1, let pads else { throw ShapeError("its pads are not constants") }
    let x = inputs[0]
    guard pads.count == 2 * x.count, pads.allSatisfy({ abs($0.clamped) <= 1 << 20 }) else {
      throw ShapeError("pads \(pads) do not fit \(x)")
    }
    var shape: [Int] = []
    for axis in x.indices {
      let (before, after) = (pads[axis], pads[axis + x.count])
      shape.append(x[axis] + before + after)
      guard shape[axis] > 0, x[axis] > 0 else { throw ShapeError("the pads leave nothing") }
      if mode == .reflect, max(before, after) >= x[axis] {
        throw ShapeError("it cannot mirror \(max(before, after)) of \(x[axis]) elements")
      }
    }
    return [shape]
  }

  package func orders(_ inputs: [MemoryOrder], shapes: [[Int]]) -> (
    inputs: [MemoryOrder], output: MemoryOrder
  ) { (inputs, inputs[0]) }

  /// For each position along an axis of the result its source, or -1 for the constant.
  fileprivate func sources(axis: Int, from input: Int, to output: Int) -> [Int] {
    let before = pads?[axis] ?? 0
    return (0..<output).map { position in
      let at = position - before
      if (0..<input).contains(at) { return at }
      switch mode {
      case .constant: return -1
      case .edge: return at < 0 ? 0 : input - 1
      case .reflect: return at < 0 ? -at : 2 * (input - 1) - at
      case .wrap: return ((at % input) + input) % input
      }
    }
  }

  package func makeKernel(_ bindings: Bindings) -> any Kernel { PadKernel(self, bindings) }
}

extension Int {
  /// Itself, or Int.max in place of Int.min, whose magnitude does not exist.
  fileprivate var clamped: Int { self == .min ? .max : self }
}

private final class PadKernel: Kernel {
  /// An axis of the result, outermost in memory first.
  private struct Axis {
    let sources: [Int]
    let inputStride: Int
    let outputStride: Int
  }
  private let io: Bindings
  private let value: Float
  private let outer: [Axis]
  private let inner: Axis
  private let rows: Int
  private let innerIsWhole: Bool

  init(_ operation: Pad, _ io: Bindings) {
    self.io = io
    value = operation.value
    let (x, y) = (io.inputs[0], io.outputs[0])
    let (from, to) = (x.strides, y.strides)
    var axes = y.shape.indices.sorted { (-to[$0], $0) < (-to[$1], $1) }.map { axis in
      Axis(
        sources: operation.sources(axis: axis, from: x.shape[axis], to: y.shape[axis]),
        inputStride: from[axis], outputStride: to[axis])
    }
    inner = axes.popLast() ?? Axis(sources: [0], inputStride: 1, outputStride: 1)
    outer = axes
    rows = axes.reduce(1) { $0 * $1.sources.count }
    innerIsWhole =
      inner.sources == Array(inner.sources.indices) && inner.inputStride == 1
      && inner.outputStride == 1
  }

  /// Where a row of the result lies and where it comes from; nil for a row of the constant.
  @inline(__always)
  private func place(_ row: Int) -> (output: Int, input: Int?) {
    var (rest, output, input, isConstant) = (row, 0, 0, false)
    for axis in stride(from: outer.count - 1, through: 0, by: -1) {
      let index = rest % outer[axis].sources.count
      rest /= outer[axis].sources.count
      let source = outer[axis].sources[index]
      output += index * outer[axis].outputStride
      input += source * outer[axis].inputStride
      isConstant = isConstant || source < 0
    }
    return (output, isConstant ? nil : input)
  }

  func forward(_ run: Run) {
    let (x, y) = (io.inputs[0].floats, io.outputs[0].floats)
    let block = max(1, (1 << 15) / inner.sources.count)
    run.pool.run((rows + block - 1) / block) { task, _ in
      for row in task * block..<min((task + 1) * block, rows) {
        let (to, from) = place(row)
        if let from, innerIsWhole {
          (y + to).update(from: x + from, count: inner.sources.count)
        } else {
          for (index, source) in inner.sources.enumerated() {
            let isConstant = from == nil || source < 0
            y[to + index * inner.outputStride] =
              isConstant ? value : x[(from ?? 0) + source * inner.inputStride]
          }
        }
      }
    }
  }

  /// Mirrored elements share a source, so one worker adds them up.
  func backward(_ run: Run) {
    guard let target = io.inputGradients[0] else { return }
    let (dx, dy) = (target.view.floats, io.outputGradients[0].floats)
    if !target.accumulates { dx.update(repeating: 0, count: target.view.count) }
    for row in 0..<rows {
      let (to, from) = place(row)
      guard let from else { continue }
      for (index, source) in inner.sources.enumerated() where source >= 0 {
        dx[from + source * inner.inputStride] += dy[to + index * inner.outputStride]
      }
    }
  }
}
