// The weights' gradient through Winograd's F(4x4, 3x3): 36 products of transformed tiles.
private import CKernels
internal import Tensors

/// du[tap] = Σ over tiles of v[tap]ᵀ · dm[tap], then back to the 3x3 weights.
///
/// Transformed tiles take far more room than the products take time, so they must not leave the
/// caches. Few channels: each chunk of tiles is summed block by block into 36 matrices of its own,
/// and the chunks are added in order. Many channels: all tiles of a strip are transformed, and each
/// box of weights is summed over them and brought back at once.
struct WinogradWeightGradient {
  private let x: View
  private let dy: View
  private let grid: TileGrid
  private let padding: Padding
  /// Chunks of tiles, each with 36 matrices; 0 where the tiles go through strips and boxes.
  private let chunks: Int
  /// Tiles of one block or strip.
  private let held: Int

  /// Input and output channels of a box; a multiple of the packed panels.
  private static let box = 64

  init(x: View, dy: View, grid: TileGrid, padding: Padding) {
    (self.x, self.dy, self.grid, self.padding) = (x, dy, grid, padding)
    let perTile = 36 * (x.c + dy.c)
    let isNarrow = 36 * x.c * dy.c <= 1 << 18
    chunks = isNarrow ? min(8, grid.total) : 0
    // Odd, for the sake of the caches' sets.
    held = min(
      grid.total,
      TileGrid.pitch(isNarrow ? max(16, (1 << 17) / perTile) : max(64, (6 << 20) / perTile)))
  }

  private var tileCount: Int {
    36 * held * x.c + PackedMatrices.floatCount(36, rows: held, columns: dy.c)
  }
  private var matricesCount: Int { 36 * x.c * dy.c }

  var scratchCount: Int { chunks > 0 ? tileCount : 36 * Self.box * Self.box }
  var workspaceCount: Int { chunks > 0 ? chunks * matricesCount : tileCount }

  func write(to target: GradientTarget, _ run: Run) {
    if chunks > 0 { sumChunks(target, run) } else { sumBoxes(target, run) }
  }

  // MARK: Few channels

  private func sumChunks(_ target: GradientTarget, _ run: Run) {
    let plane = x.c * dy.c
    run.pool.run(chunks) { chunk, worker in
      let tiles = chunk * grid.total / chunks..<(chunk + 1) * grid.total / chunks
      sum(tiles, into: run.workspace + chunk * matricesCount, run.scratch(of: worker))
    }
    let size = 2048
    run.pool.run((plane + size - 1) / size) { task, _ in
      let (start, count) = (task * size, min(size, plane - task * size))
      let sums = run.workspace + start
      for chunk in 1..<max(chunks, 1) {
        for tap in 0..<36 {
          imgdx_add(sums + tap * plane, sums + chunk * matricesCount + tap * plane, count)
        }
      }
      imgdx_winograd_weights_backward(
        target.view.floats + start, plane, sums, plane, count, target.accumulates ? 1 : 0)
    }
  }

  private func sum(
    _ tiles: Range<Int>, into sums: UnsafeMutablePointer<Float>,
    _ scratch: UnsafeMutablePointer<Float>
  ) {
    for start in stride(from: tiles.lowerBound, to: tiles.upperBound, by: held) {
      let block = start..<min(start + held, tiles.upperBound)
      let (count, v) = (block.count, scratch)
      let dm = v + 36 * count * x.c
      transform(block, v, dm, pitch: count)
      let gradients = PackedMatrices(rows: count, columns: dy.c, in: dm)
      var ending = ProductEnding()
      ending.accumulates = start > tiles.lowerBound
      for tap in 0..<36 {
        gradients.multiply(
          tap, into: sums + tap * x.c * dy.c, dy.c,
          ProductRows(transposed: v + tap * count * x.c, rows: x.c, pitch: x.c, k: count),
          ending: ending)
      }
    }
  }

  // MARK: Many channels

  private func sumBoxes(_ target: GradientTarget, _ run: Run) {
    for start in stride(from: 0, to: grid.total, by: held) {
      let strip = start..<min(start + held, grid.total)
      let (count, v) = (strip.count, run.workspace)
      let dm = v + 36 * count * x.c
      let size = 32
      run.pool.run((count + size - 1) / size) { task, _ in
        let at = task * size
        let tiles = start + at..<min(start + at + size, strip.upperBound)
        transform(tiles, v + at * x.c, dm + at * PackedMatrices.panel, pitch: count)
      }
      let gradients = PackedMatrices(rows: count, columns: dy.c, in: dm)
      let boxColumns = (dy.c + Self.box - 1) / Self.box
      run.pool.run((x.c + Self.box - 1) / Self.box * boxColumns) { task, worker in
        let (i, o) = (task / boxColumns * Self.box, task % boxColumns * Self.box)
        sumBox(
          gradients, v, count, inputs: i..<min(i + Self.box, x.c),
          outputs: o..<min(o + Self.box, dy.c), run.scratch(of: worker),
          GradientTarget(view: target.view, accumulates: target.accumulates || start > 0))
      }
    }
  }

  private func sumBox(
    _ gradients: PackedMatrices, _ v: UnsafePointer<Float>, _ count: Int, inputs: Range<Int>,
    outputs: Range<Int>, _ sums: UnsafeMutablePointer<Float>, _ target: GradientTarget
  ) {
    let plane = Self.box * Self.box
    for tap in 0..<36 {
      gradients.multiply(
        tap, into: sums + tap * plane - outputs.lowerBound, Self.box,
        ProductRows(
          transposed: v + tap * count * x.c + inputs.lowerBound, rows: inputs.count, pitch: x.c,
          k: count),
        columns: outputs)
    }
    for input in inputs {
      imgdx_winograd_weights_backward(
        target.view.floats + input * dy.c + outputs.lowerBound, x.c * dy.c,
        sums + (input - inputs.lowerBound) * Self.box, plane, outputs.count,
        target.accumulates ? 1 : 0)
    }
  }

  /// Input tiles to v, output gradients to dm, packed.
  private func transform(
    _ tiles: Range<Int>, _ v: UnsafeMutablePointer<Float>, _ dm: UnsafeMutablePointer<Float>,
    pitch: Int
  ) {
    grid.forEachImage(in: tiles) { image, first, count, offset in
      imgdx_winograd_input(
        v + offset * x.c, pitch, x.image(image), x.h, x.w, x.c, padding.top, padding.left,
        grid.columns, first, count)
      imgdx_winograd_output_backward(
        dm + offset * PackedMatrices.panel, pitch, dy.image(image), dy.h, dy.w, dy.c,
        grid.columns, first, count)
    }
  }
}
