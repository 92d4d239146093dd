// Products with weights that are used again and again.
package import CKernels

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

/// Matrices `[k, n]` of one shape, laid out for products `C = A · B` with any number of rows.
///
/// OpenBLAS packs both matrices in every call, which costs small products a third to two thirds of
/// the speed (Documentation/performance.md). Weights stay the same from call to call, so here they
/// are packed once. An element's sum runs in the order of k, whatever the number of rows.
package final class PackedMatrices {
  private let k: Int
  private let n: Int
  private let pitch: Int
  private let storage: FloatStorage

  /// - Parameters:
  ///   - count: how many matrices.
  ///   - rows: k.
  ///   - columns: n.
  package init(count: Int, rows: Int, columns: Int) {
    (k, n) = (rows, columns)
    pitch = imgdx_packed_count(rows, columns)
    storage = FloatStorage(count: count * pitch)
  }

  /// Takes over matrix `index`; its element (p, j) is `b[p * rowStride + j * columnStride]`.
  package func pack(
    _ index: Int, _ b: UnsafePointer<Float>, rowStride: Int, columnStride: Int = 1
  ) {
    imgdx_pack(storage.floats + index * pitch, b, rowStride, columnStride, k, n)
  }

  /// `C[m, n] = A[m, k] · B[index]`; of C only `columns`, whose start is a multiple of 32.
  @inline(__always)
  package func multiply(
    _ index: Int, into c: UnsafeMutablePointer<Float>, _ cPitch: Int,
    _ a: UnsafePointer<Float>, _ aPitch: Int, m: Int, columns: Range<Int>? = nil,
    ending: ProductEnding = ProductEnding()
  ) {
    multiply(
      index, into: c, cPitch,
      imgdx_operand(
        floats: a, lines: 1, line_pitch: 0, rows: m, row_pitch: aPitch, segments: 1,
        segment_pitch: 0, segment: k), columns: columns, ending: ending)
  }

  /// The same for rows that stand in pieces, such as the pixels below a kernel.
  /// - Precondition: the pieces of a row have k elements in all.
  package func multiply(
    _ index: Int, into c: UnsafeMutablePointer<Float>, _ cPitch: Int, _ a: imgdx_operand,
    columns: Range<Int>? = nil, ending: ProductEnding = ProductEnding()
  ) {
    var epilogue = imgdx_epilogue(
      bias: ending.bias, addend: ending.addend, addend_pitch: ending.addendPitch,
      slope: ending.slope, accumulate: ending.accumulates ? 1 : 0)
    let columns = columns ?? 0..<n
    withUnsafePointer(to: a) { a in
      imgdx_product(
        c, cPitch, a, storage.floats + index * pitch, n, columns.lowerBound, columns.count,
        &epilogue)
    }
  }
}
