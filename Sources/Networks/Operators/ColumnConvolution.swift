// Convolution as matrix products over blocked columns: im2col, then a product while the block is in
// cache. The forward pass leaves the columns out where it can (DirectConvolution).
private import CKernels
private import Tensors

/// Any stride, padding, dilation and groups. Pointwise convolutions multiply the image as it stands.
final class ColumnConvolution: Kernel {
  private let parts: ConvolutionParts
  private let io: Bindings
  private let groups: Int
  /// Per group: floats of a column, input and output channels.
  private let columnCount: Int
  private let inputChannels: Int
  private let outputChannels: Int
  /// Output rows of one block; their columns fit the second-level cache.
  private let blockRows: Int
  private let weightChunks: Int
  /// For running; in training weights change at every step and are packed into the workspace.
  private var packed: PackedMatrices?
  private let direct: DirectConvolution?

  init(_ parts: ConvolutionParts) {
    self.parts = parts
    io = parts.io
    groups = parts.operation.groups
    inputChannels = parts.x.c / groups
    outputChannels = parts.y.c / groups
    columnCount = parts.attributes.kernel.y * parts.attributes.kernel.x * inputChannels
    blockRows = min(parts.y.h, max(1, (1 << 16) / max(1, columnCount * parts.y.w)))
    weightChunks = min(parts.y.n, 8)
    direct = DirectConvolution(parts)
    if io.mode == .inference {
      let packed = PackedMatrices(count: groups, rows: columnCount, columns: outputChannels)
      packWeights(into: packed)
      self.packed = packed
    }
  }

  var scratchCount: Int {
    let columns = io.mode == .training || direct == nil ? blockRows * parts.y.w * columnCount : 0
    return max(columns, direct?.scratchCount ?? 0)
  }

  var workspaceCount: Int {
    guard io.mode == .training else { return 0 }
    return max(
      PackedMatrices.floatCount(groups, rows: columnCount, columns: outputChannels),
      weightChunks * groups * columnCount * outputChannels)
  }

  var packedInputs: Set<Int> { packed == nil ? [] : [1] }

  private var blocksPerImage: Int { (parts.y.h + blockRows - 1) / blockRows }

  // MARK: Forward: y = col(x) · w

  func forward(_ run: Run) {
    let packed = self.packed ?? packedWeights(in: run.workspace)
    if let direct { return direct.forward(packed, run) }
    let y = parts.y
    run.pool.run(y.n * blocksPerImage) { task, worker in
      let image = task / blocksPerImage
      let row = task % blocksPerImage * blockRows
      forwardBlock(packed, image, row, min(blockRows, y.h - row), run.scratch(of: worker))
    }
  }

  private func forwardBlock(
    _ packed: PackedMatrices, _ image: Int, _ row: Int, _ rows: Int,
    _ scratch: UnsafeMutablePointer<Float>
  ) {
    let y = parts.y
    let first = (image * y.h + row) * y.w
    for group in 0..<groups {
      let (columns, pitch) = self.columns(image, row, rows, group, scratch)
      packed.multiply(
        group, into: y.floats + first * y.c + group * outputChannels, y.c, columns, pitch,
        m: rows * y.w, ending: parts.ending(row: first, channel: group * outputChannels))
    }
  }

  private func packedWeights(in memory: UnsafeMutablePointer<Float>) -> PackedMatrices {
    let packed = PackedMatrices(rows: columnCount, columns: outputChannels, in: memory)
    packWeights(into: packed)
    return packed
  }

  private func packWeights(into packed: PackedMatrices) {
    for group in 0..<groups {
      packed.pack(group, weights(of: group), rowStride: outputChannels)
    }
  }

  private func weights(of group: Int) -> UnsafeMutablePointer<Float> {
    parts.weights.floats + group * columnCount * outputChannels
  }

  /// Columns of one block; a pointwise convolution needs no copy.
  private func columns(
    _ image: Int, _ row: Int, _ rows: Int, _ group: Int, _ scratch: UnsafeMutablePointer<Float>
  ) -> (UnsafePointer<Float>, pitch: Int) {
    if parts.isPointwise {
      return (UnsafePointer(parts.x.image(image) + row * parts.x.w * parts.x.c), parts.x.c)
    }
    var window = parts.attributes.window(
      input: parts.x, output: parts.y, groupChannels: inputChannels, group: group)
    imgdx_im2col(scratch, parts.x.image(image), &window, row, rows)
    return (UnsafePointer(scratch), columnCount)
  }

  // MARK: Backward: dw = col(x)ᵀ · dy, dx = col2im(dy · wᵀ)

  func backward(_ run: Run) {
    parts.backwardBias()
    backwardWeights(run)
    backwardInput(run)
  }

  /// Each chunk of images sums into its own copy; the copies are added in order.
  private func backwardWeights(_ run: Run) {
    guard let target = io.inputGradients[1] else { return }
    let partial = run.workspace
    let count = groups * columnCount * outputChannels
    let images = parts.y.n
    run.pool.run(weightChunks) { chunk, worker in
      let sum = partial + chunk * count
      sum.update(repeating: 0, count: count)
      for image in chunk * images / weightChunks..<(chunk + 1) * images / weightChunks {
        for row in stride(from: 0, to: parts.y.h, by: blockRows) {
          addWeightGradient(image, row, into: sum, run.scratch(of: worker))
        }
      }
    }
    let gradient = target.view.floats
    if !target.accumulates { gradient.update(repeating: 0, count: count) }
    for chunk in 0..<weightChunks { imgdx_add(gradient, partial + chunk * count, count) }
  }

  private func addWeightGradient(
    _ image: Int, _ row: Int, into sum: UnsafeMutablePointer<Float>,
    _ scratch: UnsafeMutablePointer<Float>
  ) {
    let dy = io.outputGradients[0]
    let rows = min(blockRows, dy.h - row)
    let gradient = dy.image(image) + row * dy.w * dy.c
    for group in 0..<groups {
      let (columns, pitch) = self.columns(image, row, rows, group, scratch)
      gemm(
        sum + group * columnCount * outputChannels, outputChannels, columns, pitch,
        gradient + group * outputChannels, dy.c, m: columnCount, n: outputChannels,
        k: rows * dy.w, transposeA: true, accumulate: true)
    }
  }

  /// Columns of neighbouring blocks overlap in the image, so an image is one task.
  private func backwardInput(_ run: Run) {
    guard let target = io.inputGradients[0] else { return }
    let dx = target.view
    run.pool.run(dx.n) { image, worker in
      let out = dx.image(image)
      if !target.accumulates && !parts.isPointwise {
        out.update(repeating: 0, count: dx.imageCount)
      }
      for row in stride(from: 0, to: parts.y.h, by: blockRows) {
        addInputGradient(image, row, target, run.scratch(of: worker))
      }
    }
  }

  private func addInputGradient(
    _ image: Int, _ row: Int, _ target: GradientTarget, _ scratch: UnsafeMutablePointer<Float>
  ) {
    let (dx, dy) = (target.view, io.outputGradients[0])
    let rows = min(blockRows, dy.h - row)
    let gradient = dy.image(image) + row * dy.w * dy.c
    for group in 0..<groups {
      let from = gradient + group * outputChannels
      if parts.isPointwise {
        gemm(
          dx.image(image) + row * dx.w * dx.c, dx.c, from, dy.c, weights(of: group),
          outputChannels, m: rows * dy.w, n: columnCount, k: outputChannels, transposeB: true,
          accumulate: target.accumulates)
        continue
      }
      gemm(
        scratch, columnCount, from, dy.c, weights(of: group), outputChannels, m: rows * dy.w,
        n: columnCount, k: outputChannels, transposeB: true)
      var window = parts.attributes.window(
        input: dx, output: dy, groupChannels: inputChannels, group: group)
      imgdx_col2im(dx.image(image), scratch, &window, row, rows)
    }
  }
}
