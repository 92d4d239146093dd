// One pass of Winograd's convolution over all tiles, forward or backward to the input.
private import CKernels
internal import Tensors

/// Transforms tiles, multiplies each of the 36 taps by its weights, transforms back.
struct WinogradPass {
  let grid: TileGrid
  let x: View
  let y: View
  let weights: PackedMatrices
  let padTop: Int
  let padLeft: Int
  let ending: ProductEnding

  /// One block of tiles from end to end, in `scratch`: 36 · pitch · (x.c + y.c) floats.
  func runBlock(_ tiles: Range<Int>, _ scratch: UnsafeMutablePointer<Float>) {
    let (count, pitch) = (tiles.count, TileGrid.pitch(tiles.count))
    let m = scratch + 36 * pitch * x.c
    transformInput(tiles, to: scratch, pitch: pitch)
    for tap in 0..<36 {
      weights.multiply(
        tap, into: m + tap * pitch * y.c, y.c, scratch + tap * pitch * x.c, x.c, m: count)
    }
    transformOutput(tiles, from: m, pitch: pitch)
  }

  /// All tiles at once: the workers share the transforms, then the products, then the way back.
  func runByTaps(_ run: Run) {
    let (total, pitch, v) = (grid.total, TileGrid.pitch(grid.total), run.scratch(of: 0))
    let m = v + 36 * pitch * x.c
    let (size, slice) = (8, 128)
    run.pool.run((total + size - 1) / size) { task, _ in
      let tiles = task * size..<min((task + 1) * size, total)
      transformInput(tiles, to: v + tiles.lowerBound * x.c, pitch: pitch)
    }
    let slices = (y.c + slice - 1) / slice
    run.pool.run(36 * slices) { task, _ in
      let (tap, column) = (task / slices, task % slices * slice)
      weights.multiply(
        tap, into: m + tap * pitch * y.c, y.c, v + tap * pitch * x.c, x.c, m: total,
        columns: column..<min(column + slice, y.c))
    }
    run.pool.run((total + size - 1) / size) { task, _ in
      let tiles = task * size..<min((task + 1) * size, total)
      transformOutput(tiles, from: m + tiles.lowerBound * y.c, pitch: pitch)
    }
  }

  private func transformInput(
    _ tiles: Range<Int>, to v: UnsafeMutablePointer<Float>, pitch: Int
  ) {
    grid.forEachImage(in: tiles) { image, first, count, offset in
      imgdx_winograd_input(
        v + offset * x.c, pitch, x.image(image), x.h, x.w, x.c, padTop, padLeft, grid.columns,
        first, count)
    }
  }

  private func transformOutput(_ tiles: Range<Int>, from m: UnsafePointer<Float>, pitch: Int) {
    grid.forEachImage(in: tiles) { image, first, count, offset in
      imgdx_winograd_output(
        y.image(image), m + offset * y.c, pitch, y.h, y.w, y.c, grid.columns, first, count,
        ending.bias, ending.addend.map { $0 + image * y.imageCount }, ending.slope,
        ending.accumulates ? 1 : 0)
    }
  }
}

/// The 4x4 output tiles of a batch, numbered through all images and cut into blocks by shape alone.
struct TileGrid {
  let columns: Int
  let perImage: Int
  let total: Int
  /// Tiles of one block.
  let block: Int

  /// As many tiles as keep their transforms in the second-level cache; more where the weights are
  /// so large that reading them for every block would cost more than that.
  init(_ output: View, _ inputs: Int, _ outputs: Int) {
    columns = (output.w + 3) / 4
    perImage = columns * ((output.h + 3) / 4)
    total = perImage * output.n
    let channels = inputs + outputs
    let wish = max((1 << 17) / (36 * channels), inputs * outputs / (2 * channels))
    // Whole groups of the twelve rows that the product kernel works on at once.
    block = min(total, (min(128, max(16, wish)) + 11) / 12 * 12)
  }

  var blocks: Int { (total + block - 1) / block }

  /// Tiles from one tap's plane to the next. Odd, so that the 36 planes do not fall on the same few
  /// sets of the first-level cache.
  static func pitch(_ tiles: Int) -> Int { tiles | 1 }

  /// Few blocks would leave workers idle: then the 36 products are the tasks.
  var isSmall: Bool { blocks < 8 }

  /// Tiles whose transforms are held at once.
  var heldTiles: Int { isSmall ? total : block }

  func range(of index: Int) -> Range<Int> { index * block..<min((index + 1) * block, total) }

  /// Visits the part of each image: its first tile, how many, and their offset in the range.
  @inline(__always)
  func forEachImage(
    in tiles: Range<Int>, _ body: (_ image: Int, _ first: Int, _ count: Int, _ offset: Int) -> Void
  ) {
    var tile = tiles.lowerBound
    while tile < tiles.upperBound {
      let image = tile / perImage
      let end = min(tiles.upperBound, (image + 1) * perImage)
      body(image, tile - image * perImage, end - tile, tile - tiles.lowerBound)
      tile = end
    }
  }
}
