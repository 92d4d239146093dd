// 3x3 convolution through Winograd's F(4x4, 3x3): 36 small gemms over transformed tiles.
private import CKernels
private import Tensors

/// Stride 1, dilation 1, one group. Tiles of all images are numbered through, so that small images
/// of a batch share their gemms. Lavin and Gray 2016, arXiv:1509.09308.
final class WinogradConvolution: Kernel {
  private let parts: ConvolutionParts
  private let io: Bindings
  private let forwardTiles: TileGrid
  private let backwardTiles: TileGrid
  /// For running; in training weights change at every step and are packed into the workspace.
  private let packed: PackedMatrices?
  /// Nil where it is not wanted.
  private let weightGradient: WinogradWeightGradient?

  /// Whether the tiles are worth their transforms, and enough of them share the weights, which take
  /// four times the room of plain ones.
  static func suits(_ parts: ConvolutionParts) -> Bool {
    let (a, y) = (parts.attributes, parts.y)
    // Reading a weight from memory takes as long as about 20 multiplications with it. Winograd reads
    // and multiplies 36 for each tile where the plain sum has 9 for each pixel.
    let read = 20
    let tiles = (y.h + 3) / 4 * ((y.w + 3) / 4)
    if parts.io.mode == .inference && 4 * (y.n * tiles + read) >= y.n * y.h * y.w + read {
      return false
    }
    return a.kernel == (3, 3) && a.stride == (1, 1) && a.dilation == (1, 1)
      && parts.operation.groups == 1 && parts.x.c >= 16 && parts.y.c >= 16
      && parts.y.h >= 3 && parts.y.w >= 3
      && max(a.padding.top, a.padding.left, a.padding.bottom, a.padding.right) <= 2
  }

  init(_ parts: ConvolutionParts) {
    self.parts = parts
    io = parts.io
    let (i, o) = (parts.x.c, parts.y.c)
    forwardTiles = TileGrid(parts.y, i, o)
    backwardTiles = TileGrid(parts.x, o, i)
    weightGradient =
      io.mode == .inference || io.inputGradients[1] == nil
      ? nil
      : WinogradWeightGradient(
        x: parts.x, dy: io.outputGradients[0], grid: forwardTiles,
        padding: parts.attributes.padding)
    packed = io.mode == .inference ? Self.weights(parts).packed(io.pool) : nil
  }

  private static func weights(_ parts: ConvolutionParts, isFlipped: Bool = false)
    -> WinogradWeights
  {
    WinogradWeights(
      parts.weights.floats, inputs: parts.x.c, outputs: parts.y.c, isFlipped: isFlipped)
  }

  var scratchCount: Int {
    let isTraining = io.mode == .training
    let tiles = max(forwardTiles.heldTiles, isTraining ? backwardTiles.heldTiles : 0)
    let transforms = 36 * TileGrid.pitch(tiles) * (parts.x.c + parts.y.c)
    return max(
      transforms, isTraining ? WinogradWeights.boxCount : 0, weightGradient?.scratchCount ?? 0)
  }

  var workspaceCount: Int {
    guard io.mode == .training else { return 0 }
    return max(
      Self.weights(parts).packedCount, Self.weights(parts, isFlipped: true).packedCount,
      weightGradient?.workspaceCount ?? 0)
  }

  var packedInputs: Set<Int> { packed == nil ? [] : [1] }

  // MARK: Forward

  func forward(_ run: Run) {
    let padding = parts.attributes.padding
    convolve(
      forwardTiles, from: parts.x, to: parts.y,
      weights: packed ?? Self.weights(parts).packed(in: run.workspace, run),
      padTop: padding.top, padLeft: padding.left, ending: parts.ending(row: 0, channel: 0), run)
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

  func backward(_ run: Run) {
    parts.backwardBias()
    if let target = io.inputGradients[1] { weightGradient?.write(to: target, run) }
    backwardInput(run)
  }

  /// dx is dy convolved with the weights flipped in both axes and with in and out exchanged.
  private func backwardInput(_ run: Run) {
    guard let target = io.inputGradients[0] else { return }
    var ending = ProductEnding()
    ending.accumulates = target.accumulates
    convolve(
      backwardTiles, from: io.outputGradients[0], to: target.view,
      weights: Self.weights(parts, isFlipped: true).packed(in: run.workspace, run),
      padTop: 2 - parts.attributes.padding.top, padLeft: 2 - parts.attributes.padding.left,
      ending: ending, run)
  }
}
