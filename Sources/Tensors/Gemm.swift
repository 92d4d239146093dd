// Matrix products through OpenBLAS, one thread a call: imgdx cuts the work itself.
private import COpenBLAS

/// C[m, n] = A[m, k] · B[k, n] (+ C when `accumulate`), row-major with row pitches `lda`, `ldb`, `ldc`.
///
/// `transposeA` reads A stored as [k, m], `transposeB` reads B stored as [n, k].
/// Callers own the bounds: every pointer must cover its matrix.
@inline(__always)
package func gemm(
  _ c: UnsafeMutablePointer<Float>, _ ldc: Int, _ a: UnsafePointer<Float>, _ lda: Int,
  _ b: UnsafePointer<Float>, _ ldb: Int, m: Int, n: Int, k: Int, transposeA: Bool = false,
  transposeB: Bool = false, accumulate: Bool = false
) {
  imgdx_sgemm(
    transposeA, transposeB, Int32(m), Int32(n), Int32(k), a, Int32(lda), b, Int32(ldb),
    accumulate ? 1 : 0, c, Int32(ldc))
}
