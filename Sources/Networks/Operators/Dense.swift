// Fully connected layer.
private import CKernels
private import Tensors

/// `y = x · wᵀ + b`: ONNX's Gemm. Inputs: x `[N, in]`, w `[out, in]` (`[in, out]` unless
/// `transposesWeights`), optional b `[out]`.
package struct Dense: Operator {
  package var transposesWeights: Bool
  /// Slope of a leaky ReLU applied to the result: 1 none, 0 ReLU. Set by graph fusion only.
  package var slope: Float
  /// The input is an image `[N, C, H, W]`, the weights `[out, C, H, W]`: a layer behind a flattening, whose
  /// reordering its weights take up once. Set by graph fusion only.
  var readsImages = false
  package var name: String { "Gemm" }
  package var backwardReads: BackwardReads { .inputs }

  package init(transposesWeights: Bool = true, slope: Float = 1) {
    self.transposesWeights = transposesWeights
    self.slope = slope
  }

  package func layout(ofParameter index: Int) -> ParameterLayout {
    guard index == 1, transposesWeights else { return .plain }
    // The order in which an image's values lie in memory is that of a kernel of its size.
    return readsImages ? .convolution(groups: 1) : .transposedMatrix
  }

  package func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
    if readsImages, inputs.count >= 2, inputs[0].dropFirst() == inputs[1].dropFirst() {
      return [[inputs[0][0], inputs[1][0]]]
    }
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
    output.reduce(1, *) * inputs[0].dropFirst().reduce(1, *)
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
  /// For running: the weights packed, cut along the inputs where few rows would leave workers idle.
  private let packed: [PackedMatrices]
  private let partial: FloatStorage?

  init(_ operation: Dense, _ io: Bindings) {
    self.operation = operation
    self.io = io
    rows = io.inputs[0].n
    inputs = io.inputs[0].imageCount
    outputs = io.outputs[0].c
    guard io.mode == .inference else {
      (packed, partial) = ([], nil)
      return
    }
    let (k, n) = (inputs, outputs)
    let chunks = rows <= 16 ? min(32, max(1, (k * n) >> 16)) : 1
    packed = (0..<chunks).map { chunk in
      let (from, to) = (chunk * k / chunks, (chunk + 1) * k / chunks)
      let matrix = PackedMatrices(count: 1, rows: to - from, columns: n)
      matrix.pack(0, io.inputs[1].floats + from * n, rowStride: n)
      return matrix
    }
    partial = chunks > 1 ? FloatStorage(count: chunks * rows * n) : nil
  }

  func forward(_ run: Run) {
    switch packed.count {
    case 0: forwardUnpacked(run)
    case 1: forwardBySlices(packed[0], run)
    default: forwardByChunks(run)
    }
  }

  var packedInputs: Set<Int> { packed.isEmpty ? [] : [1] }

  private var bias: UnsafeMutablePointer<Float>? {
    io.inputs.count > 2 ? io.inputs[2].floats : nil
  }

  private func forwardBySlices(_ weights: PackedMatrices, _ run: Run) {
    let (x, y) = (io.inputs[0].floats, io.outputs[0].floats)
    var ending = ProductEnding()
    ending.bias = bias.map { UnsafePointer($0) }
    ending.slope = operation.slope
    let (columns, lines) = (64, 96)
    let slices = (outputs + columns - 1) / columns
    run.pool.run(slices * ((rows + lines - 1) / lines)) { task, _ in
      let (row, column) = (task / slices * lines, task % slices * columns)
      weights.multiply(
        0, into: y + row * outputs, outputs, x + row * inputs, inputs, m: min(lines, rows - row),
        columns: column..<min(column + columns, outputs), ending: ending)
    }
  }

  /// Each chunk of the inputs sums into its own copy; the copies are added in order.
  private func forwardByChunks(_ run: Run) {
    guard let partial else { return }
    let (x, y, count) = (io.inputs[0].floats, io.outputs[0].floats, rows * outputs)
    run.pool.run(packed.count) { chunk, _ in
      packed[chunk].multiply(
        0, into: partial.floats + chunk * count, outputs, x + chunk * inputs / packed.count,
        inputs, m: rows)
    }
    y.update(from: partial.floats, count: count)
    for chunk in 1..<packed.count { imgdx_add(y, partial.floats + chunk * count, count) }
    finish()
  }

  private func forwardUnpacked(_ run: Run) {
    let (x, w, y) = (io.inputs[0].floats, io.inputs[1].floats, io.outputs[0].floats)
    run.pool.run((outputs + slice - 1) / slice) { task, _ in
      let start = task * slice
      gemm(
        y + start, outputs, x, inputs, w + start, outputs, m: rows,
        n: min(slice, outputs - start), k: inputs)
    }
    finish()
  }

  private func finish() {
    let y = io.outputs[0].floats
    if let bias {
      imgdx_bias_activation(y, bias, operation.slope, rows, outputs)
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
