#include "openblas.h"

#include <cblas.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

_Static_assert(sizeof(blasint) == sizeof(int), "libopenblas.so.0 has 32-bit sizes");

static const char library[] = "libopenblas.so.0";

static __typeof__(cblas_sgemm) *sgemm;
static __typeof__(openblas_get_corename) *corename;
static __typeof__(openblas_get_config) *configuration;
static __typeof__(openblas_get_parallel) *parallel;

static void *found(void *handle, const char *name) {
  void *symbol = handle ? dlsym(handle, name) : NULL;
  if (symbol) return symbol;
  fprintf(stderr, "imgdx: %s cannot be used (%s). Install it: apt-get install libopenblas0\n", library,
          dlerror());
  exit(1);
}

static void load(void) {
  void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  sgemm = found(handle, "cblas_sgemm");
  corename = found(handle, "openblas_get_corename");
  configuration = found(handle, "openblas_get_config");
  parallel = found(handle, "openblas_get_parallel");
  // imgdx shares the work among its own threads.
  __typeof__(openblas_set_num_threads) *set_threads = found(handle, "openblas_set_num_threads");
  set_threads(1);
}

static void ensure(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
}

void imgdx_sgemm(bool transpose_a, bool transpose_b, int m, int n, int k, const float *a, int lda,
                 const float *b, int ldb, float beta, float *c, int ldc) {
  ensure();
  sgemm(CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans, transpose_b ? CblasTrans : CblasNoTrans,
        m, n, k, 1, a, lda, b, ldb, beta, c, ldc);
}

const char *imgdx_blas_core(void) {
  ensure();
  return corename();
}

const char *imgdx_blas_configuration(void) {
  ensure();
  return configuration();
}

bool imgdx_blas_uses_openmp(void) {
  ensure();
  return parallel() == OPENBLAS_OPENMP;
}
