// The forward pass of a convolution as a product that reads the image itself.
private import CKernels
internal import Tensors

/// With channels last, the pixels below a kernel row stand one after another: im2col's columns are
/// rows of the padded image, at other distances. Padding it copies each pixel once, columns copy it
/// kernel-height times kernel-width times. One group; any stride; dilation of rows only.
struct DirectConvolution {
  private let parts: ConvolutionParts
  /// Output rows of one task; the padded input below them fits the second-level cache.
  private let blockRows: Int
  /// Pixels of a padded row that are read.
  private let columns: Int
  /// Pixels without padding are read where they are.
  private let isInPlace: Bool

  /// Nil where the columns are needed.
  init?(_ parts: ConvolutionParts) {
    let a = parts.attributes
    guard parts.operation.groups == 1, a.dilation.x == 1 || a.kernel.x == 1 else { return nil }
    self.parts = parts
    let (x, y) = (parts.x, parts.y)
    columns = (y.w - 1) * a.stride.x + a.kernel.x
    isInPlace =
      a.padding.top == 0 && a.padding.left == 0 && columns <= x.w
      && (y.h - 1) * a.stride.y + a.extent.y <= x.h
    let perRow = max(1, max(a.stride.y * columns * x.c, y.w * y.c))
    blockRows = min(y.h, max(1, (1 << 16) / perRow))
  }

  private var blocksPerImage: Int { (parts.y.h + blockRows - 1) / blockRows }

  /// Few blocks would leave workers idle: then all images are padded first, and the product is cut
  /// by output channels too.
  private var isSmall: Bool {
    parts.y.c >= 64 && parts.y.n * blocksPerImage < 8
      && parts.y.n * paddedCount(parts.y.h) <= 1 << 21
  }

  private func inputRows(_ rows: Int) -> Int {
    (rows - 1) * parts.attributes.stride.y + parts.attributes.extent.y
  }

  /// Floats below `rows` output rows.
  private func paddedCount(_ rows: Int) -> Int { inputRows(rows) * columns * parts.x.c }

  var scratchCount: Int {
    if isInPlace { return 0 }
    return isSmall ? parts.y.n * paddedCount(parts.y.h) : paddedCount(blockRows)
  }

  func forward(_ weights: PackedMatrices, _ run: Run) {
    if isSmall { return forwardByChannels(weights, run) }
    let y = parts.y
    run.pool.run(y.n * blocksPerImage) { task, worker in
      let (image, row) = (task / blocksPerImage, task % blocksPerImage * blockRows)
      let rows = min(blockRows, y.h - row)
      let scratch = run.scratch(of: worker)
      if !isInPlace { pad(image, row * parts.attributes.stride.y, inputRows(rows), to: scratch) }
      let first = (image * y.h + row) * y.w
      weights.multiply(
        0, into: y.floats + first * y.c, y.c, operand(image, row, rows, scratch),
        ending: parts.ending(row: first, channel: 0))
    }
  }

  private func forwardByChannels(_ weights: PackedMatrices, _ run: Run) {
    let (y, count, rows) = (parts.y, paddedCount(parts.y.h), inputRows(parts.y.h))
    let scratch = run.scratch(of: 0)
    if !isInPlace {
      run.pool.run(y.n * rows) { task, _ in
        let (image, row) = (task / rows, task % rows)
        pad(image, row, 1, to: scratch + image * count + row * columns * parts.x.c)
      }
    }
    let slice = 64
    run.pool.run((y.c + slice - 1) / slice) { task, _ in
      for image in 0..<y.n {
        let first = image * y.h * y.w
        weights.multiply(
          0, into: y.floats + first * y.c, y.c, operand(image, 0, y.h, scratch + image * count),
          columns: task * slice..<min((task + 1) * slice, y.c),
          ending: parts.ending(row: first, channel: 0))
      }
    }
  }

  private func pad(_ image: Int, _ row: Int, _ rows: Int, to scratch: UnsafeMutablePointer<Float>) {
    var window = parts.attributes.window(input: parts.x, output: parts.y)
    imgdx_pad_rows(scratch, parts.x.image(image), &window, row, rows, columns)
  }

  /// Lines are output rows, rows output columns, segments kernel rows.
  private func operand(
    _ image: Int, _ row: Int, _ rows: Int, _ padded: UnsafePointer<Float>
  ) -> ProductRows {
    let (x, y, a) = (parts.x, parts.y, parts.attributes)
    let pitch = (isInPlace ? x.w : columns) * x.c
    let start =
      isInPlace ? UnsafePointer(x.image(image) + row * a.stride.y * pitch) : padded
    if parts.isPointwise {
      return ProductRows(start, rows: rows * y.w, pitch: x.c, k: x.c)
    }
    var operand = ProductRows(start, rows: y.w, pitch: a.stride.x * x.c, k: a.kernel.x * x.c)
    (operand.lines, operand.linePitch) = (rows, a.stride.y * pitch)
    (operand.segments, operand.segmentPitch) = (a.kernel.y, a.dilation.y * pitch)
    return operand
  }
}
