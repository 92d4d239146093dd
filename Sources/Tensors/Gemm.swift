// Matrix products through OpenBLAS, one thread a call: imgdx cuts the work itself.
private import COpenBLAS

/// How OpenBLAS was found to be on this machine.
package struct BLASFacts: Sendable {
  /// The kernel family it chose for this processor ("SkylakeX", "Zen"); `OPENBLAS_CORETYPE` overrides it.
  package let coreName: String
  /// Version and build options, as OpenBLAS words them.
  package let configuration: String
  /// True for an OpenMP build, which ignores the single-thread setting inside parallel regions.
  package let usesOpenMP: Bool
}

package enum BLAS {
  /// Facts for benchmarks and manifests. The first call makes OpenBLAS single-threaded.
  package static let facts: BLASFacts = {
    openblas_set_num_threads(1)
    return BLASFacts(
      coreName: String(cString: openblas_get_corename()),
      configuration: String(cString: openblas_get_config()),
      usesOpenMP: openblas_get_parallel() == 2)
  }()

  /// Makes OpenBLAS single-threaded; plans call it before their first product.
  package static func prepare() { _ = facts }
}

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
  cblas_sgemm(
    CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
    blasint(m), blasint(n), blasint(k), 1, a, blasint(lda), b, blasint(ldb), accumulate ? 1 : 0, c,
    blasint(ldc))
}
