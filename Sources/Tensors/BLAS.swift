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
  /// Facts for benchmarks and manifests. Asking loads OpenBLAS.
  package static let facts = BLASFacts(
    coreName: String(cString: imgdx_blas_core()),
    configuration: String(cString: imgdx_blas_configuration()),
    usesOpenMP: imgdx_blas_uses_openmp())
}
