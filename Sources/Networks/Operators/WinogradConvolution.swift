// 3x3 convolution through Winograd's F(4x4, 3x3): 36 small gemms over transformed tiles.
private import CKernels
private import Tensors

/// Stride 1, dilation 1, one group. Tiles of all images are numbered through, so that small images
/// of a batch share their gemms. Lavin and Gray 2016, arXiv:1509.09308.
final class WinogradConvolution: Kernel {
  private let parts: ConvolutionParts
  private let io: Bindings
  private let forwardTiles: TileGrid
  private let weights: FloatStorage
  private var weightsAreReady = false
  private let backwardState: BackwardState?

  /// Whether the tiles are worth their transforms.
  static func suits(_ parts: ConvolutionParts) -> Bool {
    let a = parts.attributes
    return a.kernel == (3, 3) && a.stride == (1, 1) && a.dilation == (1, 1)
      && parts.operation.groups == 1 && parts.x.c >= 16 && parts.y.c >= 16
      && parts.y.h >= 3 && parts.y.w >= 3
      && max(a.padding.top, a.padding.left, a.padding.bottom, a.padding.right) <= 2
  }

  init(_ parts: ConvolutionParts) {
    self.parts = parts
    io = parts.io
    forwardTiles = TileGrid(parts.y, channels: parts.x.c + parts.y.c)
    weights = FloatStorage(count: 36 * parts.x.c * parts.y.c)
    backwardState = io.mode == .training ? BackwardState(parts) : nil
  }

  var scratchCount: Int {
    let forward = 36 * forwardTiles.block * (parts.x.c + parts.y.c)
    guard let backwardState else { return forward }
    return max(forward, 36 * backwardState.inputTiles.block * (parts.x.c + parts.y.c))
  }

  // MARK: Forward

  func forward(_ run: Run) {
    if !weightsAreReady || io.mode == .training {
      imgdx_winograd_weights(weights.floats, parts.weights.floats, parts.x.c, parts.y.c)
      weightsAreReady = true
    }
    let (x, y) = (parts.x, parts.y)
    let padding = parts.attributes.padding
    // An addend comes after the tiles; bias and activation are part of the output transform.
    let isFused = parts.addend == nil
    convolve(
      forwardTiles, from: x, to: y, weights: weights.floats, padTop: padding.top,
      padLeft: padding.left, bias: isFused ? parts.bias?.floats : nil,
      slope: isFused ? parts.operation.slope : 1, accumulate: false, run)
    if !isFused {
      run.pool.run(y.n * y.h) { row, _ in parts.finish(row: row * y.w, rows: y.w) }
    }
  }

  private func convolve(
    _ grid: TileGrid, from x: View, to y: View, weights: UnsafePointer<Float>, padTop: Int,
    padLeft: Int, bias: UnsafePointer<Float>?, slope: Float, accumulate: Bool, _ run: Run
  ) {
    run.pool.run(grid.blocks) { task, worker in
      let tiles = grid.range(of: task)
      let count = tiles.count
      let v = run.scratch(of: worker)
      let m = v + 36 * count * x.c
      grid.forEachImage(in: tiles) { image, first, tileCount, offset in
        imgdx_winograd_input(
          v + offset * x.c, count, x.image(image), x.h, x.w, x.c, padTop, padLeft, grid.columns,
          first, tileCount)
      }
      for tap in 0..<36 {
        gemm(
          m + tap * count * y.c, y.c, v + tap * count * x.c, x.c, weights + tap * x.c * y.c, y.c,
          m: count, n: y.c, k: x.c)
      }
      grid.forEachImage(in: tiles) { image, first, tileCount, offset in
        imgdx_winograd_output(
          y.image(image), m + offset * y.c, count, y.h, y.w, y.c, grid.columns, first, tileCount,
          bias, slope, accumulate ? 1 : 0)
      }
    }
  }

  // MARK: Backward

  /// What only training needs.
  private final class BackwardState {
    let inputTiles: TileGrid
    let flipped: FloatStorage
    let transformed: FloatStorage
    /// Tiles whose transforms are held at once while the weight gradient is summed.
    let strip: Int
    let v: FloatStorage
    let dm: FloatStorage
    let du: FloatStorage

    init(_ parts: ConvolutionParts) {
      let (i, o) = (parts.x.c, parts.y.c)
      inputTiles = TileGrid(parts.x, channels: i + o)
      flipped = FloatStorage(count: 9 * i * o)
      transformed = FloatStorage(count: 36 * i * o)
      let tiles = TileGrid(parts.y, channels: i + o)
      strip = min(tiles.total, max(64, (2 << 20) / (36 * (i + o))))
      v = FloatStorage(count: 36 * strip * i)
      dm = FloatStorage(count: 36 * strip * o)
      du = FloatStorage(count: 36 * i * o)
    }
  }

  func backward(_ run: Run) {
    parts.backwardBias()
    backwardWeights(run)
    backwardInput(run)
  }

  /// dx is dy convolved with the weights flipped in both axes and with in and out exchanged.
  private func backwardInput(_ run: Run) {
    guard let target = io.inputGradients[0], let state = backwardState else { return }
    let (i, o) = (parts.x.c, parts.y.c)
    for tap in 0..<9 {
      imgdx_to_channels_first(
        state.flipped.floats + (8 - tap) * i * o, parts.weights.floats + tap * i * o, o, i, 0)
    }
    imgdx_winograd_weights(state.transformed.floats, state.flipped.floats, o, i)
    convolve(
      state.inputTiles, from: io.outputGradients[0], to: target.view,
      weights: state.transformed.floats, padTop: 2 - parts.attributes.padding.top,
      padLeft: 2 - parts.attributes.padding.left, bias: nil, slope: 1,
      accumulate: target.accumulates, run)
  }

  /// du[tap] = Σ over tiles of v[tap]ᵀ · dm[tap]; each tap is summed by one worker in tile order.
  private func backwardWeights(_ run: Run) {
    guard let target = io.inputGradients[1], let state = backwardState else { return }
    let (i, o) = (parts.x.c, parts.y.c)
    for start in stride(from: 0, to: forwardTiles.total, by: state.strip) {
      let strip = start..<min(start + state.strip, forwardTiles.total)
      transform(strip, state, run)
      run.pool.run(36) { tap, _ in
        gemm(
          state.du.floats + tap * i * o, o, state.v.floats + tap * strip.count * i, i,
          state.dm.floats + tap * strip.count * o, o, m: i, n: o, k: strip.count,
          transposeA: true, accumulate: start > 0)
      }
    }
    if !target.accumulates { target.view.floats.update(repeating: 0, count: target.view.count) }
    imgdx_winograd_weights_backward(target.view.floats, state.du.floats, i, o)
  }

  private func transform(_ strip: Range<Int>, _ state: BackwardState, _ run: Run) {
    let (x, dy, grid) = (parts.x, io.outputGradients[0], forwardTiles)
    let padding = parts.attributes.padding
    let size = 32
    run.pool.run((strip.count + size - 1) / size) { task, _ in
      let from = strip.lowerBound + task * size
      let tiles = from..<min(from + size, strip.upperBound)
      grid.forEachImage(in: tiles) { image, first, count, offset in
        let at = task * size + offset
        imgdx_winograd_input(
          state.v.floats + at * x.c, strip.count, x.image(image), x.h, x.w, x.c, padding.top,
          padding.left, grid.columns, first, count)
        imgdx_winograd_output_backward(
          state.dm.floats + at * dy.c, strip.count, dy.image(image), dy.h, dy.w, dy.c,
          grid.columns, first, count)
      }
    }
  }
}

/// The 4x4 output tiles of a batch, numbered through all images and cut into blocks by shape alone.
struct TileGrid {
  let columns: Int
  let perImage: Int
  let total: Int
  /// Tiles of one block: their transforms fit the second-level cache.
  let block: Int

  init(_ output: View, channels: Int) {
    columns = (output.w + 3) / 4
    perImage = columns * ((output.h + 3) / 4)
    total = perImage * output.n
    block = min(total, min(128, max(16, (1 << 17) / (36 * channels))))
  }

  var blocks: Int { (total + block - 1) / block }

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
