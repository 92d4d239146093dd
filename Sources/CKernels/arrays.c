#include "kernel.h"
#include "include/arrays.h"
#include <math.h>

KERNEL void imgdx_add(float *restrict y, const float *restrict x, long count) {
  for (long i = 0; i < count; i++) y[i] += x[i];
}

KERNEL void imgdx_sum(float *y, const float *a, const float *b, long count) {
  for (long i = 0; i < count; i++) y[i] = a[i] + b[i];
}

KERNEL void imgdx_multiply(
    float *restrict y, const float *restrict a, const float *restrict b, long count,
    int accumulate) {
  if (accumulate)
    for (long i = 0; i < count; i++) y[i] += a[i] * b[i];
  else
    for (long i = 0; i < count; i++) y[i] = a[i] * b[i];
}

KERNEL void imgdx_scale(
    float *restrict y, const float *restrict x, float scale, long count, int accumulate) {
  if (accumulate)
    for (long i = 0; i < count; i++) y[i] += scale * x[i];
  else
    for (long i = 0; i < count; i++) y[i] = scale * x[i];
}

KERNEL void imgdx_leaky_relu(float *y, const float *x, float slope, long count) {
  for (long i = 0; i < count; i++) y[i] = x[i] > 0 ? x[i] : slope * x[i];
}

KERNEL void imgdx_leaky_relu_backward(
    float *restrict dx, const float *restrict y, const float *restrict dy, float slope, long count,
    int accumulate) {
  if (accumulate)
    for (long i = 0; i < count; i++) dx[i] += y[i] > 0 ? dy[i] : slope * dy[i];
  else
    for (long i = 0; i < count; i++) dx[i] = y[i] > 0 ? dy[i] : slope * dy[i];
}

KERNEL void imgdx_bias_activation(
    float *restrict y, const float *restrict bias, float slope, long rows, long channels) {
  for (long r = 0; r < rows; r++, y += channels)
    for (long c = 0; c < channels; c++) {
      float v = y[c] + bias[c];
      y[c] = v > 0 ? v : slope * v;
    }
}

KERNEL void imgdx_bias_add_activation(
    float *restrict y, const float *restrict bias, const float *restrict addend, float slope,
    long rows, long channels) {
  for (long r = 0; r < rows; r++, y += channels, addend += channels)
    for (long c = 0; c < channels; c++) {
      float v = y[c] + bias[c] + addend[c];
      y[c] = v > 0 ? v : slope * v;
    }
}

KERNEL void imgdx_column_sums(
    float *restrict sums, const float *restrict x, long rows, long channels) {
  for (long r = 0; r < rows; r++, x += channels)
    for (long c = 0; c < channels; c++) sums[c] += x[c];
}

KERNEL void imgdx_copy_rows(
    float *restrict y, long y_pitch, const float *restrict x, long x_pitch, long rows, long width,
    int accumulate) {
  for (long r = 0; r < rows; r++, y += y_pitch, x += x_pitch) {
    if (accumulate)
      for (long i = 0; i < width; i++) y[i] += x[i];
    else
      for (long i = 0; i < width; i++) y[i] = x[i];
  }
}

KERNEL void imgdx_to_channels_last(
    float *restrict y, const float *restrict x, long channels, long pixels) {
  enum { tile = 16 };
  for (long p0 = 0; p0 < pixels; p0 += tile)
    for (long c0 = 0; c0 < channels; c0 += tile)
      for (long p = p0; p < p0 + tile && p < pixels; p++)
        for (long c = c0; c < c0 + tile && c < channels; c++)
          y[p * channels + c] = x[c * pixels + p];
}

KERNEL void imgdx_to_channels_first(
    float *restrict y, const float *restrict x, long channels, long pixels, int accumulate) {
  enum { tile = 16 };
  for (long c0 = 0; c0 < channels; c0 += tile)
    for (long p0 = 0; p0 < pixels; p0 += tile)
      for (long c = c0; c < c0 + tile && c < channels; c++)
        for (long p = p0; p < p0 + tile && p < pixels; p++) {
          float v = x[p * channels + c];
          y[c * pixels + p] = accumulate ? y[c * pixels + p] + v : v;
        }
}

KERNEL void imgdx_adam(
    float *restrict w, const float *restrict gradient, float *restrict m, float *restrict v,
    long count, float learning_rate, float beta1, float beta2, float rate1, float rate2,
    float epsilon, float decay) {
  float root2 = 1.0f / sqrtf(rate2), step = learning_rate / rate1;
  for (long i = 0; i < count; i++) {
    float g = gradient[i];
    m[i] = beta1 * m[i] + (1 - beta1) * g;
    v[i] = beta2 * v[i] + (1 - beta2) * g * g;
    w[i] = w[i] * (1 - learning_rate * decay) - step * m[i] / (sqrtf(v[i]) * root2 + epsilon);
  }
}

KERNEL void imgdx_average(float *restrict y, const float *restrict x, float decay, long count) {
  for (long i = 0; i < count; i++) y[i] = decay * y[i] + (1 - decay) * x[i];
}
