// How weights stand in a plan's memory, and back.
package import Tensors

/// The order of a weight's elements in a plan. Graphs and files use ONNX's order.
package enum ParameterLayout: Sendable, Equatable {
  /// As any value: 4-D ones `[N, H, W, C]`, others as they are.
  case image
  /// `[out, in / groups, kh, kw]` to `[groups, kh, kw, in / groups, out / groups]`.
  case convolution(groups: Int)
  /// `[in, out / groups, kh, kw]` to `[groups, in / groups, kh, kw, out / groups]`.
  case transposedConvolution(groups: Int)
  /// `[out, in]` to `[in, out]`.
  case transposedMatrix
  /// As it is, whatever the rank.
  case plain

  /// Writes `tensor` to plan memory of the same element count; a pool shares the work on large ones.
  package func pack(
    _ tensor: Tensor, to plan: UnsafeMutablePointer<Float>, sharedBy pool: WorkerPool? = nil
  ) {
    tensor.withUnsafeFloats { logical in
      guard let base = logical.baseAddress else { return }
      guard let matrices = matrices(tensor.shape) else {
        plan.update(from: base, count: logical.count)
        return
      }
      func pack(_ strip: Int) {
        matrices.forEachColumn(ofStrip: strip) { logical, count, stride, place in
          for k in 0..<count { plan[place + k] = base[logical + k * stride] }
        }
      }
      if let pool, tensor.count >= Self.worthSharing {
        pool.run(matrices.strips) { strip, _ in pack(strip) }
      } else {
        for strip in 0..<matrices.strips { pack(strip) }
      }
    }
  }

  /// Floats that take longer to move than it takes to wake a worker.
  private static let worthSharing = 1 << 16

  /// Reads plan memory back into a tensor of the logical shape.
  package func unpack(_ plan: UnsafePointer<Float>, shape: [Int]) -> Tensor {
    var tensor = Tensor(shape: shape)
    tensor.withUnsafeMutableFloats { logical in
      guard let base = logical.baseAddress else { return }
      guard let matrices = matrices(shape) else {
        base.update(from: plan, count: logical.count)
        return
      }
      for strip in 0..<matrices.strips {
        matrices.forEachColumn(ofStrip: strip) { logical, count, stride, place in
          for k in 0..<count { base[logical + k * stride] = plan[place + k] }
        }
      }
    }
    return tensor
  }

  private func matrices(_ shape: [Int]) -> Matrices? {
    switch (self, shape.count) {
    case (.image, 4):
      Matrices(count: shape[0], rows: shape[1], groups: 1, columns: shape[2] * shape[3])
    case (.convolution(let groups), 4):
      Matrices(
        count: groups, rows: shape[0] / groups, groups: shape[1], columns: shape[2] * shape[3])
    case (.transposedConvolution, 4):
      Matrices(count: shape[0], rows: shape[1], groups: 1, columns: shape[2] * shape[3])
    case (.transposedMatrix, 2):
      Matrices(count: 1, rows: shape[0], groups: 1, columns: shape[1])
    default: nil
    }
  }
}

/// Every layout is matrices `[rows, groups, columns]` that the plan wants as `[columns, groups, rows]`.
private struct Matrices {
  let count: Int
  let rows: Int
  let groups: Int
  let columns: Int

  /// Rows of a strip.
  private static let strip = 16
  private var stripsOfMatrix: Int { (rows + Self.strip - 1) / Self.strip }
  var strips: Int { count * stripsOfMatrix }

  /// Visits the columns of a strip of up to 16 rows: where the first element is in the logical tensor,
  /// how many, how far apart, and where they stand side by side in the plan. A few rows at a time, so
  /// that each is read in order and what is written fills whole lines of the cache.
  @inline(__always)
  func forEachColumn(
    ofStrip strip: Int,
    _ body: (_ logical: Int, _ count: Int, _ stride: Int, _ place: Int) -> Void
  ) {
    let row = groups * columns
    let base = strip / stripsOfMatrix * rows * row
    let first = strip % stripsOfMatrix * Self.strip
    let count = min(Self.strip, rows - first)
    for group in 0..<groups {
      for column in 0..<columns {
        body(
          base + first * row + group * columns + column, count, row,
          base + (column * groups + group) * rows + first)
      }
    }
  }
}
