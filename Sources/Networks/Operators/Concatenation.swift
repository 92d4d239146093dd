// Joining values along the channels.
private import CKernels

/// Concatenation along axis 1: channels of `[N, C, H, W]`, columns of `[N, C]`.
package struct Concatenation: Operator {
  package var name: String { "Concat" }
  package init() {}

  package func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
    guard let first = inputs.first, first.count == 2 || first.count == 4 else {
      throw ShapeError("concatenation takes images [N, C, H, W] or rows [N, C]")
    }
    var shape = first
    shape[1] = 0
    for input in inputs {
      var other = input
      guard other.count == first.count else { throw ShapeError("ranks differ") }
      let channels = other[1]
      other[1] = 0
      var expected = first
      expected[1] = 0
      guard other == expected else { throw ShapeError("shapes \(first) and \(input) do not fit") }
      shape[1] += channels
    }
    return [shape]
  }

  package func makeKernel(_ bindings: Bindings) -> any Kernel { ConcatenationKernel(bindings) }
}

private final class ConcatenationKernel: Kernel {
  private let io: Bindings
  init(_ io: Bindings) { self.io = io }

  func forward(_ run: Run) {
    let y = io.outputs[0]
    forEachBlock(y.rows, run) { first, rows in
      var start = 0
      for x in io.inputs {
        imgdx_copy_rows(
          y.floats + first * y.c + start, y.c, x.floats + first * x.c, x.c, rows, x.c, 0)
        start += x.c
      }
    }
  }

  func backward(_ run: Run) {
    let dy = io.outputGradients[0]
    forEachBlock(dy.rows, run) { first, rows in
      var start = 0
      for (x, target) in zip(io.inputs, io.inputGradients) {
        if let target {
          imgdx_copy_rows(
            target.view.floats + first * x.c, x.c, dy.floats + first * dy.c + start, dy.c, rows,
            x.c, target.accumulates ? 1 : 0)
        }
        start += x.c
      }
    }
  }

  private func forEachBlock(_ rows: Int, _ run: Run, _ body: (_ first: Int, _ rows: Int) -> Void) {
    let size = 1024
    run.pool.run((rows + size - 1) / size) { task, _ in
      body(task * size, min(size, rows - task * size))
    }
  }
}
