// Depthwise convolution: every channel with its own small kernel; channels run along the vectors.
#include "kernel.h"
#include "include/convolution.h"

KERNEL void imgdx_depthwise(
    float *restrict y, const float *restrict image, const float *restrict weights,
    const float *restrict bias, float slope, const imgdx_window *w, long first_row, long rows) {
  const long c = w->channels;
  for (long oy = first_row; oy < first_row + rows; oy++)
    for (long ox = 0; ox < w->out_width; ox++, y += c) {
      const long top = oy * w->stride_y - w->pad_top, left = ox * w->stride_x - w->pad_left;
      enum { strip = 128 };
      for (long from = 0; from < c; from += strip) {
        const long n = c - from < strip ? c - from : strip;
        float sum[strip];
        for (long i = 0; i < n; i++) sum[i] = bias ? bias[from + i] : 0;
        for (long ky = 0; ky < w->kernel_height; ky++) {
          const long iy = top + ky * w->dilation_y;
          if (iy < 0 || iy >= w->height) continue;
          for (long kx = 0; kx < w->kernel_width; kx++) {
            const long ix = left + kx * w->dilation_x;
            if (ix < 0 || ix >= w->width) continue;
            const float *x = image + (iy * w->width + ix) * c + from;
            const float *k = weights + (ky * w->kernel_width + kx) * c + from;
            for (long i = 0; i < n; i++) sum[i] += x[i] * k[i];
          }
        }
        for (long i = 0; i < n; i++) y[from + i] = sum[i] > 0 ? sum[i] : slope * sum[i];
      }
    }
}

KERNEL void imgdx_depthwise_backward(
    float *restrict dx, float *restrict dw, const float *restrict image,
    const float *restrict weights, const float *restrict dy, const imgdx_window *w) {
  const long c = w->channels;
  for (long oy = 0; oy < w->out_height; oy++)
    for (long ox = 0; ox < w->out_width; ox++, dy += c)
      for (long ky = 0; ky < w->kernel_height; ky++) {
        const long iy = oy * w->stride_y - w->pad_top + ky * w->dilation_y;
        if (iy < 0 || iy >= w->height) continue;
        for (long kx = 0; kx < w->kernel_width; kx++) {
          const long ix = ox * w->stride_x - w->pad_left + kx * w->dilation_x;
          if (ix < 0 || ix >= w->width) continue;
          const long at = (iy * w->width + ix) * c, tap = (ky * w->kernel_width + kx) * c;
          if (dx)
            for (long i = 0; i < c; i++) dx[at + i] += weights[tap + i] * dy[i];
          if (dw)
            for (long i = 0; i < c; i++) dw[tap + i] += image[at + i] * dy[i];
        }
      }
}
