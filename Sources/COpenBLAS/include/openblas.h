// OpenBLAS, loaded when the first product asks for it.
//
// Linked in the usual way it doubles what the loader has to do (14,000 symbols) and starts threads
// before `main`, in every process: also in those that only read a file or print a help text. Where it
// cannot be loaded the process ends with a sentence and exit code 1. Safe from any thread.
#pragma once
#include <stdbool.h>

/// C[m, n] = A[m, k] B[k, n] + beta C, row-major with row pitches `lda`, `ldb`, `ldc`, on the calling
/// thread; a transposed matrix is stored as [k, m] or [n, k].
void imgdx_sgemm(bool transpose_a, bool transpose_b, int m, int n, int k, const float *a, int lda,
                 const float *b, int ldb, float beta, float *c, int ldc);

/// The kernel family in use ("SkylakeX", "Zen").
const char *imgdx_blas_core(void);

/// Version and build options, as OpenBLAS words them.
const char *imgdx_blas_configuration(void);

/// Whether this is an OpenMP build.
bool imgdx_blas_uses_openmp(void);
