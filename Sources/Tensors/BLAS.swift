// OpenBLAS as a whole: one thread a call.
private import COpenBLAS

/// How OpenBLAS was found to be on this machine.
package struct BLASFacts: Sendable {
  /// The kernel family that it chose for this processor ("SkylakeX", "Zen"), or that
  /// `OPENBLAS_CORETYPE` forces.
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

  /// Settles OpenBLAS; plans call it before their first product.
  package static func prepare() { _ = facts }
}
