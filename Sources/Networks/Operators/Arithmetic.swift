// Sums and products of values.
private import CKernels

/// `y = a + b` or `y = a · b`. Shapes are equal, or b is one value a channel and image
/// (`[N, C, 1, 1]`), as a squeeze-and-excitation gate is.
package struct Arithmetic: Operator {
  package enum Function: String, Sendable { case add = "Add", multiply = "Mul" }
  package var function: Function
  package var name: String { function.rawValue }

  package init(_ function: Function) { self.function = function }

  package func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
    guard inputs.count == 2 else { throw ShapeError("it takes two values") }
    let (a, b) = (inputs[0], inputs[1])
    guard a == b || (function == .multiply && a.count == 4 && b == [a[0], a[1], 1, 1]) else {
      throw ShapeError("shapes \(a) and \(b) do not fit")
    }
    return [a]
  }

  package func makeKernel(_ bindings: Bindings) -> any Kernel {
    switch function {
    case .add: AddKernel(bindings)
    case .multiply: MultiplyKernel(bindings)
    }
  }
}

private final class AddKernel: Kernel {
  private let io: Bindings
  init(_ io: Bindings) { self.io = io }

  func forward(_ run: Run) {
    let (a, b, y) = (io.inputs[0].floats, io.inputs[1].floats, io.outputs[0].floats)
    forEachSlice(of: io.outputs[0].count, run) { start, count in
      imgdx_sum(y + start, a + start, b + start, count)
    }
  }

  func backward(_ run: Run) {
    let dy = io.outputGradients[0].floats
    for target in io.inputGradients {
      guard let target else { continue }
      forEachSlice(of: target.view.count, run) { start, count in
        imgdx_scale(
          target.view.floats + start, dy + start, 1, count, target.accumulates ? 1 : 0)
      }
    }
  }
}

private final class MultiplyKernel: Kernel {
  private let io: Bindings
  init(_ io: Bindings) { self.io = io }

  /// Rows of `a` that share one row of `b`.
  private var repeats: Int { io.inputs[0].rows / io.inputs[1].rows }

  func forward(_ run: Run) { product(io.outputs[0], io.inputs[0], io.inputs[1], false, run) }

  /// target[row] (+)= a[row] · b[row / repeats]
  private func product(_ target: View, _ a: View, _ b: View, _ accumulates: Bool, _ run: Run) {
    run.pool.run(b.rows) { group, _ in
      for row in group * repeats..<(group + 1) * repeats {
        imgdx_multiply(
          target.floats + row * a.c, a.floats + row * a.c, b.floats + group * a.c, a.c,
          accumulates ? 1 : 0)
      }
    }
  }

  func backward(_ run: Run) {
    let dy = io.outputGradients[0]
    if let target = io.inputGradients[0] {
      product(target.view, dy, io.inputs[1], target.accumulates, run)
    }
    guard let target = io.inputGradients[1] else { return }
    let (a, db) = (io.inputs[0], target.view)
    run.pool.run(db.rows) { group, _ in
      let sum = db.floats + group * db.c
      if !target.accumulates { sum.update(repeating: 0, count: db.c) }
      for row in group * repeats..<(group + 1) * repeats {
        imgdx_multiply(sum, dy.floats + row * a.c, a.floats + row * a.c, a.c, 1)
      }
    }
  }
}
