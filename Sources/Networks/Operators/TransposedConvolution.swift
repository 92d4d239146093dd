// Transposed convolution: the backward pass of a convolution, used to enlarge images.
private import CKernels
private import Tensors

/// `y = col2im(x · w) + b`. Inputs: x `[N, C, H, W]`, w `[C, O / groups, kh, kw]`, optional b `[O]`.
package struct TransposedConvolution: Operator {
  package var attributes: WindowAttributes
  package var outputPadding: (y: Int, x: Int)
  package var groups: Int
  /// Height and width that the padding is chosen for, once the input's are known.
  package var outputSize: (y: Int, x: Int)?
  package var name: String { "ConvTranspose" }
  package var backwardReads: BackwardReads { .inputs }

  package init(
    attributes: WindowAttributes, outputPadding: (y: Int, x: Int) = (0, 0), groups: Int = 1
  ) {
    self.attributes = attributes
    self.outputPadding = outputPadding
    self.groups = groups
  }

  package func layout(ofParameter index: Int) -> ParameterLayout {
    index == 1 ? .transposedConvolution(groups: groups) : .image
  }

  package func settled(_ inputs: [Operand]) throws(ShapeError) -> Settled {
    guard let x = inputs[0].shape, x.count == 4,
      outputSize != nil || attributes.automaticPadding != nil
    else { return all(inputs) }
    let a = attributes
    let wanted = outputSize ?? (x[2] * a.stride.y, x[3] * a.stride.x)
    let y = (x[2] - 1) * a.stride.y + a.extent.y + outputPadding.y - wanted.y
    let v = (x[3] - 1) * a.stride.x + a.extent.x + outputPadding.x - wanted.x
    let rule = a.automaticPadding ?? .lower
    let (rows, columns) = (rule.shares(max(0, y)), rule.shares(max(0, v)))
    var copy = self
    copy.attributes.automaticPadding = nil
    copy.outputSize = nil
    copy.attributes.padding = Padding(
      top: rows.before, left: columns.before, bottom: rows.after, right: columns.after)
    copy.outputPadding.y += max(0, -y)
    copy.outputPadding.x += max(0, -v)
    return copy.all(inputs)
  }

  package func multiplications(_ inputs: [[Int]], output: [Int]) -> Int {
    inputs[0].reduce(1, *) * inputs[1][1...].reduce(1, *)
  }

  package func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
    guard inputs.count >= 2, inputs[0].count == 4, inputs[1].count == 4 else {
      throw ShapeError("it takes an image [N, C, H, W] and weights [C, O, kh, kw]")
    }
    let (x, w, a) = (inputs[0], inputs[1], attributes)
    guard groups > 0, x[1] == w[0], x[1] % groups == 0, w[2] == a.kernel.y, w[3] == a.kernel.x
    else {
      throw ShapeError("\(x[1]) channels do not fit weights \(w)")
    }
    if inputs.count > 2, inputs[2] != [w[1] * groups] {
      throw ShapeError("the bias must have \(w[1] * groups) values")
    }
    let h =
      (x[2] - 1) * a.stride.y + a.extent.y + outputPadding.y - a.padding.top - a.padding.bottom
    let v =
      (x[3] - 1) * a.stride.x + a.extent.x + outputPadding.x - a.padding.left - a.padding.right
    guard h > 0, v > 0 else { throw ShapeError("the padding leaves no pixel") }
    return [[x[0], w[1] * groups, h, v]]
  }

  package func makeKernel(_ bindings: Bindings) -> any Kernel {
    TransposedConvolutionKernel(self, bindings)
  }
}

private final class TransposedConvolutionKernel: Kernel {
  private let operation: TransposedConvolution
  private let io: Bindings
  private let groups: Int
  private let inputChannels: Int
  private let outputChannels: Int
  private let columnCount: Int
  private let blockRows: Int
  private let weightChunks: Int
  /// Without overlap the product is the output: one matrix for each kernel row.
  private let isWithoutOverlap: Bool
  /// For running; in training weights change at every step and are packed into the workspace.
  private var packed: PackedMatrices?
  private let repeatedBias: FloatStorage

  init(_ operation: TransposedConvolution, _ io: Bindings) {
    self.operation = operation
    self.io = io
    groups = operation.groups
    inputChannels = io.inputs[0].c / groups
    outputChannels = io.outputs[0].c / groups
    columnCount = operation.attributes.kernel.y * operation.attributes.kernel.x * outputChannels
    blockRows = min(io.inputs[0].h, max(1, (1 << 16) / max(1, columnCount * io.inputs[0].w)))
    weightChunks = min(io.inputs[0].n, 8)
    let a = operation.attributes
    isWithoutOverlap =
      a.kernel == a.stride && a.dilation == (1, 1) && a.padding == Padding() && groups == 1
      && operation.outputPadding == (0, 0)
    repeatedBias = FloatStorage(count: a.kernel.x * outputChannels)
    if isWithoutOverlap && io.mode == .inference {
      let packed = PackedMatrices(
        count: a.kernel.y, rows: inputChannels, columns: a.kernel.x * outputChannels)
      packWeights(into: packed)
      self.packed = packed
    }
  }

  var packedInputs: Set<Int> { packed == nil ? [] : [1] }

  var workspaceCount: Int {
    guard io.mode == .training else { return 0 }
    let kernel = operation.attributes.kernel
    return max(
      PackedMatrices.floatCount(
        kernel.y, rows: inputChannels, columns: kernel.x * outputChannels),
      weightChunks * groups * inputChannels * columnCount)
  }

  private func packedWeights(in memory: UnsafeMutablePointer<Float>) -> PackedMatrices {
    let packed = PackedMatrices(
      rows: inputChannels, columns: operation.attributes.kernel.x * outputChannels, in: memory)
    packWeights(into: packed)
    return packed
  }

  private func packWeights(into packed: PackedMatrices) {
    let kernel = operation.attributes.kernel
    for ky in 0..<kernel.y {
      packed.pack(
        ky, io.inputs[1].floats + ky * kernel.x * outputChannels, rowStride: columnCount)
    }
    guard io.inputs.count > 2 else { return }
    for kx in 0..<kernel.x {
      (repeatedBias.floats + kx * outputChannels).update(
        from: io.inputs[2].floats, count: outputChannels)
    }
  }

  /// An input row gives as many output rows as the kernel has, each pixel its own piece of them.
  private func forwardWithoutOverlap(_ run: Run) {
    let packed = self.packed ?? packedWeights(in: run.workspace)
    let (x, y, kernel) = (io.inputs[0], io.outputs[0], operation.attributes.kernel)
    var ending = ProductEnding()
    ending.bias = UnsafePointer(repeatedBias.floats)
    run.pool.run(x.n * x.h) { row, _ in
      for ky in 0..<kernel.y {
        packed.multiply(
          ky, into: y.floats + (row * kernel.y + ky) * y.w * y.c, kernel.x * y.c,
          x.floats + row * x.w * x.c, x.c, m: x.w, ending: ending)
      }
    }
  }

  var scratchCount: Int { packed == nil ? blockRows * io.inputs[0].w * columnCount : 0 }

  /// The output plays the image's part, the input that of the columns.
  private func window(of group: Int) -> imgdx_window {
    operation.attributes.window(
      input: io.outputs[0], output: io.inputs[0], groupChannels: outputChannels, group: group)
  }

  private func weights(of group: Int) -> UnsafeMutablePointer<Float> {
    io.inputs[1].floats + group * inputChannels * columnCount
  }

  func forward(_ run: Run) {
    if isWithoutOverlap { return forwardWithoutOverlap(run) }
    let (x, y) = (io.inputs[0], io.outputs[0])
    run.pool.run(x.n) { image, worker in
      let columns = run.scratch(of: worker)
      let out = y.image(image)
      out.update(repeating: 0, count: y.imageCount)
      for row in stride(from: 0, to: x.h, by: blockRows) {
        let rows = min(blockRows, x.h - row)
        for group in 0..<groups {
          gemm(
            columns, columnCount, x.image(image) + row * x.w * x.c + group * inputChannels, x.c,
            weights(of: group), columnCount, m: rows * x.w, n: columnCount, k: inputChannels)
          var window = window(of: group)
          imgdx_col2im(out, columns, &window, row, rows)
        }
      }
      if io.inputs.count > 2 {
        imgdx_bias_activation(out, io.inputs[2].floats, 1, y.h * y.w, y.c)
      }
    }
  }

  // dx = im2col(dy) · wᵀ, dw = xᵀ · im2col(dy)
  func backward(_ run: Run) {
    let (x, dy) = (io.inputs[0], io.outputGradients[0])
    if io.inputs.count > 2, let target = io.inputGradients[2] {
      if !target.accumulates { target.view.floats.update(repeating: 0, count: target.view.count) }
      imgdx_column_sums(target.view.floats, dy.floats, dy.rows, dy.c)
    }
    let count = groups * inputChannels * columnCount
    run.pool.run(weightChunks) { chunk, worker in
      let sum = run.workspace + chunk * count
      sum.update(repeating: 0, count: count)
      for image in chunk * x.n / weightChunks..<(chunk + 1) * x.n / weightChunks {
        for row in stride(from: 0, to: x.h, by: blockRows) {
          backwardBlock(image, row, sum, run.scratch(of: worker))
        }
      }
    }
    if let target = io.inputGradients[1] {
      if !target.accumulates { target.view.floats.update(repeating: 0, count: count) }
      for chunk in 0..<weightChunks {
        imgdx_add(target.view.floats, run.workspace + chunk * count, count)
      }
    }
  }

  private func backwardBlock(
    _ image: Int, _ row: Int, _ sum: UnsafeMutablePointer<Float>,
    _ columns: UnsafeMutablePointer<Float>
  ) {
    let (x, dy) = (io.inputs[0], io.outputGradients[0])
    let rows = min(blockRows, x.h - row)
    for group in 0..<groups {
      var window = window(of: group)
      imgdx_im2col(columns, dy.image(image), &window, row, rows)
      let start = row * x.w * x.c + group * inputChannels
      if io.inputGradients[1] != nil {
        gemm(
          sum + group * inputChannels * columnCount, columnCount, x.image(image) + start, x.c,
          columns, columnCount, m: inputChannels, n: columnCount, k: rows * x.w,
          transposeA: true, accumulate: true)
      }
      if let target = io.inputGradients[0] {
        gemm(
          target.view.image(image) + start, x.c, columns, columnCount, weights(of: group),
          columnCount, m: rows * x.w, n: inputChannels, k: columnCount, transposeB: true,
          accumulate: target.accumulates)
      }
    }
  }
}
