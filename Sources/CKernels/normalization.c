#include "kernel.h"
#include "include/normalization.h"

// Rows are summed in floats a block at a time, then in doubles: exact enough and fast.
enum { block = 64, lanes = 64 };

KERNEL void imgdx_moments(
    double *restrict sums, double *restrict squares, const float *restrict x, long rows,
    long channels) {
  for (long c0 = 0; c0 < channels; c0 += lanes) {
    const long n = channels - c0 < lanes ? channels - c0 : lanes;
    for (long r0 = 0; r0 < rows; r0 += block) {
      const long r1 = r0 + block < rows ? r0 + block : rows;
      float s[lanes] = {0}, q[lanes] = {0};
      for (long r = r0; r < r1; r++) {
        const float *p = x + r * channels + c0;
        for (long c = 0; c < n; c++) {
          s[c] += p[c];
          q[c] += p[c] * p[c];
        }
      }
      for (long c = 0; c < n; c++) {
        sums[c0 + c] += s[c];
        squares[c0 + c] += q[c];
      }
    }
  }
}

KERNEL void imgdx_affine(
    float *restrict y, const float *restrict x, const float *restrict scale,
    const float *restrict offset, const float *restrict addend, float slope, long rows,
    long channels) {
  for (long r = 0; r < rows; r++, y += channels, x += channels) {
    if (addend) {
      for (long c = 0; c < channels; c++) {
        float v = x[c] * scale[c] + offset[c] + addend[c];
        y[c] = v > 0 ? v : slope * v;
      }
      addend += channels;
    } else
      for (long c = 0; c < channels; c++) {
        float v = x[c] * scale[c] + offset[c];
        y[c] = v > 0 ? v : slope * v;
      }
  }
}

KERNEL void imgdx_normalization_sums(
    double *restrict sum_g, double *restrict sum_gx, const float *restrict x,
    const float *restrict y, const float *restrict dy, const float *restrict mean, float slope,
    long rows, long channels) {
  for (long c0 = 0; c0 < channels; c0 += lanes) {
    const long n = channels - c0 < lanes ? channels - c0 : lanes;
    for (long r0 = 0; r0 < rows; r0 += block) {
      const long r1 = r0 + block < rows ? r0 + block : rows;
      float s[lanes] = {0}, q[lanes] = {0};
      for (long r = r0; r < r1; r++) {
        const long at = r * channels + c0;
        for (long c = 0; c < n; c++) {
          float g = y[at + c] > 0 ? dy[at + c] : slope * dy[at + c];
          s[c] += g;
          q[c] += g * (x[at + c] - mean[c0 + c]);
        }
      }
      for (long c = 0; c < n; c++) {
        sum_g[c0 + c] += s[c];
        sum_gx[c0 + c] += q[c];
      }
    }
  }
}

KERNEL void imgdx_normalization_backward(
    float *restrict dx, const float *restrict x, const float *restrict y,
    const float *restrict dy, const float *restrict a, const float *restrict b,
    const float *restrict d, float slope, long rows, long channels, int accumulate) {
  for (long r = 0; r < rows; r++, x += channels, y += channels, dy += channels, dx += channels) {
    if (accumulate)
      for (long c = 0; c < channels; c++) {
        float g = y[c] > 0 ? dy[c] : slope * dy[c];
        dx[c] += a[c] * g + b[c] * x[c] + d[c];
      }
    else
      for (long c = 0; c < channels; c++) {
        float g = y[c] > 0 ? dy[c] : slope * dy[c];
        dx[c] = a[c] * g + b[c] * x[c] + d[c];
      }
  }
}
