// Fully connected layer.
private import CKernels
private import Tensors

/// `y = x · wᵀ + b`: ONNX's Gemm. Inputs: x `[N, in]`, w `[out, in]` (`[in, out]` unless
/// `transposesWeights`), optional b `[out]`.
package struct Dense: Operator {
  package var transposesWeights: Bool
  /// Slope of a leaky ReLU applied to the result: 1 none, 0 ReLU. Set by graph fusion only.
  package var slope: Float
  package var name: String { "Gemm" }

  package init(transposesWeights: Bool = true, slope: Float = 1) {
    self.transposesWeights = transposesWeights
    self.slope = slope
  }

  package func layout(ofParameter index: Int) -> ParameterLayout {
    index == 1 && transposesWeights ? .transposedMatrix : .plain
  }

  package func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
    guard inputs.count >= 2, inputs[0].count == 2, inputs[1].count == 2 else {
      throw ShapeError("a dense layer takes [N, in] and weights of rank 2")
    }
    let (rows, columns) =
      transposesWeights ? (inputs[1][1], inputs[1][0]) : (inputs[1][0], inputs[1][1])
    guard inputs[0][1] == rows else {
      throw ShapeError("\(inputs[0][1]) values do not fit weights \(inputs[1])")
    }
    if inputs.count > 2, inputs[2] != [columns] {
      throw ShapeError("the bias must have \(columns) values")
    }
    return [[inputs[0][0], columns]]
  }

  package func multiplications(_ inputs: [[Int]], output: [Int]) -> Int {
    output.reduce(1, *) * inputs[0][1]
  }

  package func makeKernel(_ bindings: Bindings) -> any Kernel { DenseKernel(self, bindings) }
}

private final class DenseKernel: Kernel {
  private let operation: Dense
  private let io: Bindings
  private let rows: Int
  private let inputs: Int
  private let outputs: Int
  /// Columns of the weights that one task multiplies.
  private let slice = 256

  init(_ operation: Dense, _ io: Bindings) {
    self.operation = operation
    self.io = io
    rows = io.inputs[0].n
    inputs = io.inputs[0].c
    outputs = io.outputs[0].c
  }

  func forward(_ run: Run) {
    let (x, w, y) = (io.inputs[0].floats, io.inputs[1].floats, io.outputs[0].floats)
    run.pool.run((outputs + slice - 1) / slice) { task, _ in
      let start = task * slice
      gemm(
        y + start, outputs, x, inputs, w + start, outputs, m: rows,
        n: min(slice, outputs - start), k: inputs)
    }
    if io.inputs.count > 2 {
      imgdx_bias_activation(y, io.inputs[2].floats, operation.slope, rows, outputs)
    } else if operation.slope != 1 {
      imgdx_leaky_relu(y, y, operation.slope, rows * outputs)
    }
  }

  // dw = xᵀ · dy, dx = dy · wᵀ, db = Σ dy
  func backward(_ run: Run) {
    let (x, w, dy) = (io.inputs[0].floats, io.inputs[1].floats, io.outputGradients[0].floats)
    if io.inputs.count > 2, let target = io.inputGradients[2] {
      if !target.accumulates { target.view.floats.update(repeating: 0, count: outputs) }
      imgdx_column_sums(target.view.floats, dy, rows, outputs)
    }
    if let target = io.inputGradients[1] {
      run.pool.run((inputs + slice - 1) / slice) { task, _ in
        let start = task * slice
        gemm(
          target.view.floats + start * outputs, outputs, x + start, inputs, dy, outputs,
          m: min(slice, inputs - start), n: outputs, k: rows, transposeA: true,
          accumulate: target.accumulates)
      }
    }
    if let target = io.inputGradients[0] {
      run.pool.run((inputs + slice - 1) / slice) { task, _ in
        let start = task * slice
        gemm(
          target.view.floats + start, inputs, dy, outputs, w + start * outputs, outputs, m: rows,
          n: min(slice, inputs - start), k: outputs, transposeB: true,
          accumulate: target.accumulates)
      }
    }
  }
}
