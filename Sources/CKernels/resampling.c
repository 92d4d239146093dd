#include "kernel.h"
#include "include/resampling.h"

KERNEL void imgdx_mix_row(
    float *restrict y, const float *restrict top, const float *restrict bottom, float wy0,
    float wy1, const int *x0, const int *x1, const float *wx0, const float *wx1, long width,
    long channels) {
  for (long x = 0; x < width; x++, y += channels) {
    const float a = wy0 * wx0[x], b = wy0 * wx1[x], c = wy1 * wx0[x], d = wy1 * wx1[x];
    const long l = (long)x0[x] * channels, r = (long)x1[x] * channels;
    for (long i = 0; i < channels; i++)
      y[i] = a * top[l + i] + b * top[r + i] + c * bottom[l + i] + d * bottom[r + i];
  }
}

// Source rows and columns may coincide at the borders, so nothing is restrict here.
KERNEL void imgdx_mix_row_backward(
    const float *dy, float *top, float *bottom, float wy0, float wy1, const int *x0,
    const int *x1, const float *wx0, const float *wx1, long width, long channels) {
  for (long x = 0; x < width; x++, dy += channels) {
    const float a = wy0 * wx0[x], b = wy0 * wx1[x], c = wy1 * wx0[x], d = wy1 * wx1[x];
    const long l = (long)x0[x] * channels, r = (long)x1[x] * channels;
    for (long i = 0; i < channels; i++) top[l + i] += a * dy[i];
    for (long i = 0; i < channels; i++) top[r + i] += b * dy[i];
    for (long i = 0; i < channels; i++) bottom[l + i] += c * dy[i];
    for (long i = 0; i < channels; i++) bottom[r + i] += d * dy[i];
  }
}
