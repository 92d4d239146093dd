// Products of matrices and of stacks of them.
private import CKernels
private import Tensors

/// `y = a · b` over the last two axes, the others broadcast: ONNX's MatMul.
package struct MatrixProduct: Operator {
  package var name: String { "MatMul" }
  package var backwardReads: BackwardReads { .inputs }
  package init() {}

  package func layout(ofParameter index: Int) -> ParameterLayout { .plain }

  /// Operands as stacks: a vector on the left is a row, on the right a column.
  private func stacked(_ inputs: [[Int]]) -> (a: [Int], b: [Int]) {
    (
      inputs[0].count == 1 ? [1] + inputs[0] : inputs[0],
      inputs[1].count == 1 ? inputs[1] + [1] : inputs[1]
    )
  }

  package func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
    guard inputs.count == 2, !inputs[0].isEmpty, !inputs[1].isEmpty else {
      throw ShapeError("it takes two matrices")
    }
    let (a, b) = stacked(inputs)
    guard a[a.count - 1] == b[b.count - 2],
      let stack = broadcastShape(Array(a.dropLast(2)), Array(b.dropLast(2)))
    else { throw ShapeError("matrices \(inputs[0]) and \(inputs[1]) do not fit") }
    var shape = stack
    if inputs[0].count > 1 { shape.append(a[a.count - 2]) }
    if inputs[1].count > 1 { shape.append(b[b.count - 1]) }
    return [shape]
  }

  package func orders(_ inputs: [MemoryOrder], shapes: [[Int]]) -> (
    inputs: [MemoryOrder], output: MemoryOrder
  ) { (inputs.map { _ in .rowMajor }, .rowMajor) }

  package func multiplications(_ inputs: [[Int]], output: [Int]) -> Int {
    output.reduce(1, *) * (inputs[0].last ?? 1)
  }

  package func makeKernel(_ bindings: Bindings) -> any Kernel {
    let (a, b) = stacked(bindings.inputs.map(\.shape))
    return MatrixProductKernel(bindings, a, b)
  }
}

private final class MatrixProductKernel: Kernel {
  private let io: Bindings
  private let m, n, k: Int
  /// Where each product's operands and result begin.
  private let starts: [StridedBox.Offsets]
  /// Rows of one task, where a single product is shared.
  private let slice = 64

  init(_ io: Bindings, _ a: [Int], _ b: [Int]) {
    self.io = io
    k = a[a.count - 1]
    n = b[b.count - 1]
    let (stackA, stackB) = (Array(a.dropLast(2)), Array(b.dropLast(2)))
    let stack = broadcastShape(stackA, stackB) ?? []
    let rows = a[a.count - 2]
    // One matrix for the whole stack: its rows are one long matrix.
    guard b.count > 2 && stackB.contains(where: { $0 != 1 }) else {
      m = stack.reduce(1, *) * rows
      starts = [(0, 0, 0)]
      return
    }
    m = rows
    let (sa, sb) = (
      MemoryOrder.rowMajor.strides(of: a), MemoryOrder.rowMajor.strides(of: b)
    )
    let box = StridedBox(
      sizes: stack + [1],
      strides: [
        MemoryOrder.rowMajor.strides(of: stack + [rows * n]).dropLast() + [0],
        broadcastStrides(stackA, Array(sa.dropLast(2)), to: stack) + [0],
        broadcastStrides(stackB, Array(sb.dropLast(2)), to: stack) + [0],
      ])
    var starts: [StridedBox.Offsets] = []
    box.forEachRunInOrder { o, count in
      for i in 0..<count {
        starts.append(
          (o.0 + i * box.step.0, o.1 + i * box.step.1, o.2 + i * box.step.2))
      }
    }
    self.starts = starts
  }

  func forward(_ run: Run) {
    let (a, b, y) = (io.inputs[0].floats, io.inputs[1].floats, io.outputs[0].floats)
    guard k > 0 else { return y.update(repeating: 0, count: io.outputs[0].count) }
    let blocks = (m + slice - 1) / slice
    run.pool.run(starts.count * blocks) { task, _ in
      let (o, row) = (starts[task / blocks], task % blocks * slice)
      gemm(
        y + o.0 + row * n, n, a + o.1 + row * k, k, b + o.2, n, m: min(slice, m - row), n: n, k: k)
    }
  }

  // da = dy · bᵀ, db = aᵀ · dy, summed where an operand repeats
  func backward(_ run: Run) {
    let (a, b, dy) = (io.inputs[0].floats, io.inputs[1].floats, io.outputGradients[0].floats)
    if let target = io.inputGradients[0] {
      if !target.accumulates { target.view.floats.update(repeating: 0, count: target.view.count) }
      for o in starts {
        gemm(
          target.view.floats + o.1, k, dy + o.0, n, b + o.2, n, m: m, n: k, k: n,
          transposeB: true, accumulate: true)
      }
    }
    if let target = io.inputGradients[1] {
      if !target.accumulates { target.view.floats.update(repeating: 0, count: target.view.count) }
      for o in starts {
        gemm(
          target.view.floats + o.2, n, a + o.1, k, dy + o.0, n, m: k, n: n, k: m,
          transposeA: true, accumulate: true)
      }
    }
  }
}
