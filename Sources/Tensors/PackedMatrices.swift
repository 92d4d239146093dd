// Products with weights that are used again and again.
private import CKernels

/// What happens to a product before it is written: `leaky(A · B + bias + addend)`, plus what stood
/// there when it accumulates.
package struct ProductEnding {
  package var bias: UnsafePointer<Float>?
  /// Rows of `addendPitch` floats, the first one for the first row of the product.
  package var addend: UnsafePointer<Float>?
  package var addendPitch = 0
  /// Slope of a leaky ReLU: 1 none, 0 ReLU.
  package var slope: Float = 1
  package var accumulates = false

  package init() {}
}

/// The left matrix of a product: `lines` times `rows` rows, each of `segments` pieces of `segment`
/// floats. Row r of line l starts at `floats[l * linePitch + r * rowPitch]`, its pieces lie
/// `segmentPitch` apart.
///
/// An image in NHWC is such a matrix without copying when its padding stands around it: output rows
/// are lines, output columns rows, and every kernel row is a segment of kernel width times channels.
package struct ProductRows {
  package var floats: UnsafePointer<Float>
  package var lines = 1
  package var linePitch = 0
  package var rows: Int
  package var rowPitch: Int
  package var segments = 1
  package var segmentPitch = 0
  package var segment: Int

  /// One line of whole rows: a plain matrix `[rows, k]`.
  package init(_ floats: UnsafePointer<Float>, rows: Int, pitch: Int, k: Int) {
    (self.floats, self.rows, rowPitch, segment) = (floats, rows, pitch, k)
  }

  /// The transpose of a matrix `[k, rows]` whose rows lie `pitch` apart.
  package init(transposed floats: UnsafePointer<Float>, rows: Int, pitch: Int, k: Int) {
    (self.floats, self.rows, rowPitch) = (floats, rows, 1)
    (segments, segmentPitch, segment) = (k, pitch, 1)
  }
}

/// Matrices `[k, n]` of one shape, laid out for products `C = A · B` with any number of rows.
///
/// OpenBLAS packs both matrices in every call, which costs small products a third to two thirds of
/// the speed (Documentation/performance.md). Weights stay the same from call to call, so here they
/// are packed once. An element's sum runs in the order of k, whatever the number of rows.
package struct PackedMatrices {
  /// Columns of a panel, in which a matrix stands row by row.
  package static let panel = 32

  private let k: Int
  private let n: Int
  private let pitch: Int
  private let floats: UnsafeMutablePointer<Float>
  /// Nil where the memory is somebody else's.
  private let storage: FloatStorage?

  /// - Parameters:
  ///   - count: how many matrices.
  ///   - rows: k.
  ///   - columns: n.
  package init(count: Int, rows: Int, columns: Int) {
    let storage = FloatStorage(count: Self.floatCount(count, rows: rows, columns: columns))
    (k, n) = (rows, columns)
    pitch = imgdx_packed_count(rows, columns)
    (self.storage, floats) = (storage, storage.floats)
  }

  /// The same in memory of the caller's, of ``floatCount(_:rows:columns:)`` floats.
  package init(rows: Int, columns: Int, in memory: UnsafeMutablePointer<Float>) {
    (k, n) = (rows, columns)
    pitch = imgdx_packed_count(rows, columns)
    (storage, floats) = (nil, memory)
  }

  /// Floats that `count` packed matrices take.
  package static func floatCount(_ count: Int, rows: Int, columns: Int) -> Int {
    count * imgdx_packed_count(rows, columns)
  }

  /// Takes over matrix `index`; its element (p, j) is `b[p * rowStride + j * columnStride]`.
  package func pack(
    _ index: Int, _ b: UnsafePointer<Float>, rowStride: Int, columnStride: Int = 1
  ) {
    pack(
      index, b, rowStride: rowStride, columnStride: columnStride, rows: 0..<k, columns: 0..<n)
  }

  /// Takes over a part of matrix `index`, whose first element is `b[0]`.
  /// - Precondition: `columns` starts at a multiple of 32 and ends at one or at the last column.
  package func pack(
    _ index: Int, _ b: UnsafePointer<Float>, rowStride: Int, columnStride: Int, rows: Range<Int>,
    columns: Range<Int>
  ) {
    withExtendedLifetime(storage) {
      imgdx_pack(
        floats + index * pitch + columns.lowerBound * k + rows.lowerBound * 32, k, b, rowStride,
        columnStride, rows.count, columns.count)
    }
  }

  /// `C[m, n] = A[m, k] · B[index]`; of C only `columns`, whose start is a multiple of 32.
  package func multiply(
    _ index: Int, into c: UnsafeMutablePointer<Float>, _ cPitch: Int,
    _ a: UnsafePointer<Float>, _ aPitch: Int, m: Int, columns: Range<Int>? = nil,
    ending: ProductEnding = ProductEnding()
  ) {
    multiply(
      index, into: c, cPitch, ProductRows(a, rows: m, pitch: aPitch, k: k), columns: columns,
      ending: ending)
  }

  /// The same for rows that stand in pieces, such as the pixels below a kernel.
  /// - Precondition: the pieces of a row have k elements in all.
  package func multiply(
    _ index: Int, into c: UnsafeMutablePointer<Float>, _ cPitch: Int, _ a: ProductRows,
    columns: Range<Int>? = nil, ending: ProductEnding = ProductEnding()
  ) {
    var epilogue = imgdx_epilogue(
      bias: ending.bias, addend: ending.addend, addend_pitch: ending.addendPitch,
      slope: ending.slope, accumulate: ending.accumulates ? 1 : 0)
    var operand = imgdx_operand(
      floats: a.floats, lines: a.lines, line_pitch: a.linePitch, rows: a.rows,
      row_pitch: a.rowPitch, segments: a.segments, segment_pitch: a.segmentPitch,
      segment: a.segment)
    let columns = columns ?? 0..<n
    withExtendedLifetime(storage) {
      imgdx_product(
        c, cPitch, &operand, floats + index * pitch, n, columns.lowerBound, columns.count,
        &epilogue)
    }
  }
}
