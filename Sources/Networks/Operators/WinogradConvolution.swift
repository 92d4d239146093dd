// 3x3 convolution through Winograd's F(4x4, 3x3): 36 small gemms over transformed tiles.
private import CKernels
private import Tensors

/// Stride 1, dilation 1, one group. Tiles of all images are numbered through, so that small images
/// of a batch share their gemms. Lavin and Gray 2016, arXiv:1509.09308.
final class WinogradConvolution: Kernel {
  private let parts: ConvolutionParts
  private let io: Bindings
  private let forwardTiles: TileGrid
  private let weights: PackedMatrices
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
    forwardTiles = TileGrid(parts.y, parts.x.c, parts.y.c)
    weights = PackedMatrices(count: 36, rows: parts.x.c, columns: parts.y.c)
    backwardState = io.mode == .training ? BackwardState(parts) : nil
    if io.mode == .inference {
      pack(
        parts.weights.floats, parts.x.c, parts.y.c, into: weights,
        through: FloatStorage(count: 36 * parts.x.c * parts.y.c))
    }
  }

  /// Transforms weights [3, 3, in, out] and packs each of the 36 matrices.
  private func pack(
    _ plain: UnsafePointer<Float>, _ i: Int, _ o: Int, into packed: PackedMatrices,
    through buffer: FloatStorage
  ) {
    imgdx_winograd_weights(buffer.floats, plain, i, o)
    for tap in 0..<36 { packed.pack(tap, buffer.floats + tap * i * o, rowStride: o) }
  }

  var scratchCount: Int {
    let tiles = max(forwardTiles.heldTiles, backwardState?.inputTiles.heldTiles ?? 0)
    return 36 * tiles * (parts.x.c + parts.y.c)
  }

  var packedInputs: Set<Int> { io.mode == .inference ? [1] : [] }

  // MARK: Forward

  func forward(_ run: Run) {
    if let backwardState {
      pack(
        parts.weights.floats, parts.x.c, parts.y.c, into: weights, through: backwardState.du)
    }
    let padding = parts.attributes.padding
    convolve(
      forwardTiles, from: parts.x, to: parts.y, weights: weights, padTop: padding.top,
      padLeft: padding.left, ending: parts.ending(row: 0, channel: 0), run)
  }

  private func convolve(
    _ grid: TileGrid, from x: View, to y: View, weights: PackedMatrices, padTop: Int,
    padLeft: Int, ending: ProductEnding, _ run: Run
  ) {
    let pass = WinogradPass(
      grid: grid, x: x, y: y, weights: weights, padTop: padTop, padLeft: padLeft, ending: ending)
    if grid.isSmall {
      pass.runByTaps(run)
    } else {
      run.pool.run(grid.blocks) { task, worker in
        pass.runBlock(grid.range(of: task), run.scratch(of: worker))
      }
    }
  }

  // MARK: Backward

  /// What only training needs.
  private final class BackwardState {
    let inputTiles: TileGrid
    let flipped: FloatStorage
    let transformed: PackedMatrices
    /// Tiles whose transforms are held at once while the weight gradient is summed.
    let strip: Int
    let v: FloatStorage
    let dm: FloatStorage
    let du: FloatStorage

    init(_ parts: ConvolutionParts) {
      let (i, o) = (parts.x.c, parts.y.c)
      inputTiles = TileGrid(parts.x, o, i)
      flipped = FloatStorage(count: 9 * i * o)
      transformed = PackedMatrices(count: 36, rows: o, columns: i)
      strip = min(TileGrid(parts.y, i, o).total, max(64, (2 << 20) / (36 * (i + o))))
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
    pack(state.flipped.floats, o, i, into: state.transformed, through: state.du)
    var ending = ProductEnding()
    ending.accumulates = target.accumulates
    convolve(
      state.inputTiles, from: io.outputGradients[0], to: target.view,
      weights: state.transformed, padTop: 2 - parts.attributes.padding.top,
      padLeft: 2 - parts.attributes.padding.left, ending: ending, run)
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
