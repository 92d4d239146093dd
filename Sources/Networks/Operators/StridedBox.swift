// Loops over the elements of several values at once, each with strides of its own.

/// A box of elements seen by up to three operands, its axes merged and sorted so that the innermost
/// runs are as long as memory allows.
struct StridedBox {
  typealias Offsets = (Int, Int, Int)

  private let sizes: [Int]
  private let strides: [Offsets]
  /// Elements of the innermost run, and the operands' steps in it.
  let count: Int
  let step: Offsets
  /// Number of runs.
  let rows: Int

  /// - Parameters:
  ///   - sizes: of the logical axes.
  ///   - strides: one list an operand, at most three; zero where an operand repeats. The first
  ///     operand's memory is walked through in order.
  init(sizes: [Int], strides operands: [[Int]]) {
    precondition(1...3 ~= operands.count, "a box has one to three operands")
    func at(_ operand: Int, _ axis: Int) -> Int {
      operand < operands.count ? operands[operand][axis] : 0
    }
    let axes = sizes.indices.filter { sizes[$0] != 1 }
      .sorted { (-abs(at(0, $0)), $0) < (-abs(at(0, $1)), $1) }
    var merged: [(size: Int, stride: Offsets)] = []
    for axis in axes {
      let (size, stride) = (sizes[axis], (at(0, axis), at(1, axis), at(2, axis)))
      if let last = merged.last,
        last.stride == (stride.0 * size, stride.1 * size, stride.2 * size)
      {
        merged[merged.count - 1] = (last.size * size, stride)
      } else {
        merged.append((size, stride))
      }
    }
    let inner = merged.popLast() ?? (1, (1, 1, 1))
    count = inner.size
    step = inner.stride
    self.sizes = merged.map(\.size)
    self.strides = merged.map(\.stride)
    rows = merged.reduce(1) { $0 * $1.size }
  }

  /// Where the run of number `row` starts in each operand.
  @inline(__always)
  func offsets(ofRow row: Int) -> Offsets {
    var (rest, result) = (row, (0, 0, 0))
    for axis in stride(from: sizes.count - 1, through: 0, by: -1) {
      let index = rest % sizes[axis]
      rest /= sizes[axis]
      result.0 += index * strides[axis].0
      result.1 += index * strides[axis].1
      result.2 += index * strides[axis].2
    }
    return result
  }

  /// Visits every run, sharing them by shape alone. Only for loops that write each element once.
  func forEachRun(_ run: Run, _ body: (_ offsets: Offsets, _ count: Int) -> Void) {
    let slice = 1 << 15
    if rows == 1 {
      forEachSlice(of: count, run) { start, count in
        body((start * step.0, start * step.1, start * step.2), count)
      }
      return
    }
    let block = max(1, slice / max(count, 1))
    run.pool.run((rows + block - 1) / block) { task, _ in
      for row in task * block..<min((task + 1) * block, rows) { body(offsets(ofRow: row), count) }
    }
  }

  /// Visits every run in order, on one worker: for sums.
  func forEachRunInOrder(_ body: (_ offsets: Offsets, _ count: Int) -> Void) {
    for row in 0..<rows { body(offsets(ofRow: row), count) }
  }
}

/// Sums over a box into a smaller one: the axes along which the target repeats are summed in order.
struct ReducingBox {
  private let rest: StridedBox
  private let tasks: Int
  private let step: StridedBox.Offsets

  /// - Parameter strides: the first operand's memory is walked through in order; `target` names the
  ///   operand that is summed into.
  init(sizes: [Int], strides: [[Int]], target: Int) {
    let order = sizes.indices.sorted { abs(strides[0][$0]) > abs(strides[0][$1]) }
    // Tasks must not meet in the target: cut along its outermost own axis, unless that is innermost.
    let axis = order.dropLast().first { strides[target][$0] != 0 && sizes[$0] > 1 }
    tasks = axis.map { sizes[$0] } ?? 1
    func own(_ operand: Int) -> Int {
      guard let axis, operand < strides.count else { return 0 }
      return strides[operand][axis]
    }
    step = (own(0), own(1), own(2))
    var kept = sizes
    if let axis { kept[axis] = 1 }
    rest = StridedBox(sizes: kept, strides: strides)
  }

  var innerStep: StridedBox.Offsets { rest.step }

  func forEachRun(_ run: Run, _ body: (_ offsets: StridedBox.Offsets, _ count: Int) -> Void) {
    run.pool.run(tasks) { task, _ in
      rest.forEachRunInOrder { offsets, count in
        body(
          (
            offsets.0 + task * step.0, offsets.1 + task * step.1, offsets.2 + task * step.2
          ), count)
      }
    }
  }
}

/// Copies elements between two orders; backward copies or adds them the other way.
final class CopyKernel: Kernel {
  private let io: Bindings
  private let box: StridedBox
  private let input: Int
  private let output: Int
  private let from: Int
  private let to: Int
  /// Whether the backward pass reaches every element of the input's gradient.
  private let coversInput: Bool

  /// - Parameters:
  ///   - sizes: of the box that is copied.
  ///   - from, to: strides over the input and output, `start` and `end` their first elements.
  ///   - coversInput: whether every element of the input is read; none is read twice.
  init(
    _ io: Bindings, input: Int = 0, output: Int = 0, sizes: [Int], from: [Int], start: Int = 0,
    to: [Int], end: Int = 0, coversInput: Bool = true
  ) {
    self.io = io
    self.input = input
    self.output = output
    self.from = start
    self.to = end
    self.coversInput = coversInput
    box = StridedBox(sizes: sizes, strides: [to, from])
  }

  func forward(_ run: Run) {
    let (x, y) = (io.inputs[input].floats + from, io.outputs[output].floats + to)
    guard io.outputs[output].count > 0 else { return }
    box.forEachRun(run) { offsets, count in
      Self.copy(y + offsets.0, box.step.0, x + offsets.1, box.step.1, count)
    }
  }

  func backward(_ run: Run) {
    guard let target = io.inputGradients[input] else { return }
    let (dx, dy) = (target.view.floats + from, io.outputGradients[output].floats + to)
    if !target.accumulates && !coversInput {
      target.view.floats.update(repeating: 0, count: target.view.count)
    }
    let adds = target.accumulates || !coversInput
    guard io.outputs[output].count > 0 else { return }
    box.forEachRun(run) { offsets, count in
      if adds {
        Self.add(dx + offsets.1, box.step.1, dy + offsets.0, box.step.0, count)
      } else {
        Self.copy(dx + offsets.1, box.step.1, dy + offsets.0, box.step.0, count)
      }
    }
  }

  @inline(__always)
  static func copy(
    _ y: UnsafeMutablePointer<Float>, _ yStep: Int, _ x: UnsafePointer<Float>, _ xStep: Int,
    _ count: Int
  ) {
    if xStep == 1 && yStep == 1 { return y.update(from: x, count: count) }
    for i in 0..<count { y[i * yStep] = x[i * xStep] }
  }

  @inline(__always)
  static func add(
    _ y: UnsafeMutablePointer<Float>, _ yStep: Int, _ x: UnsafePointer<Float>, _ xStep: Int,
    _ count: Int
  ) {
    for i in 0..<count { y[i * yStep] += x[i * xStep] }
  }
}
