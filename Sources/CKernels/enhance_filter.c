// A one-dimensional filter along rows (step 1) or columns (step = row length).
#include "enhancement.h"

#define CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))

CLONES void enhance_filter(const float *in, size_t step, const float *weights, int taps,
                           float *restrict out, size_t count) {
  for (size_t x = 0; x < count; x++) out[x] = 0;
  for (int k = 0; k < taps; k++) {
    const float *restrict line = in + (size_t)k * step;
    float weight = weights[k];
    for (size_t x = 0; x < count; x++) out[x] += weight * line[x];
  }
}
