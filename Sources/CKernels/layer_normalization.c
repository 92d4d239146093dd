#include "kernel.h"
#include "include/layer_normalization.h"
#include <math.h>

KERNEL void imgdx_layer_normalization(
    float *restrict y, const float *restrict x, const float *restrict scale,
    const float *restrict bias, float epsilon, long count) {
  REASSOCIATE
  float sum = 0, squares = 0;
  for (long i = 0; i < count; i++) sum += x[i];
  const float mean = sum / (float)count;
  for (long i = 0; i < count; i++) squares += (x[i] - mean) * (x[i] - mean);
  const float inverse = 1 / sqrtf(squares / (float)count + epsilon);
  if (bias)
    for (long i = 0; i < count; i++) y[i] = (x[i] - mean) * inverse * scale[i] + bias[i];
  else
    for (long i = 0; i < count; i++) y[i] = (x[i] - mean) * inverse * scale[i];
}
