#include "kernel.h"
#include "include/pooling.h"
#include <math.h>

KERNEL void imgdx_max_pool(
    float *restrict y, const float *restrict x, const imgdx_window *w, long first_row, long rows) {
  const long c = w->channels;
  for (long oy = first_row; oy < first_row + rows; oy++)
    for (long ox = 0; ox < w->out_width; ox++, y += c) {
      for (long i = 0; i < c; i++) y[i] = -INFINITY;
      for (long ky = 0; ky < w->kernel_height; ky++) {
        const long iy = oy * w->stride_y - w->pad_top + ky * w->dilation_y;
        if (iy < 0 || iy >= w->height) continue;
        for (long kx = 0; kx < w->kernel_width; kx++) {
          const long ix = ox * w->stride_x - w->pad_left + kx * w->dilation_x;
          if (ix < 0 || ix >= w->width) continue;
          const float *p = x + (iy * w->width + ix) * c;
          for (long i = 0; i < c; i++) y[i] = p[i] > y[i] ? p[i] : y[i];
        }
      }
    }
}

KERNEL void imgdx_max_pool_indexed(
    float *restrict y, int32_t *restrict index, const float *restrict x, const imgdx_window *w,
    long first_row, long rows) {
  const long c = w->channels;
  for (long oy = first_row; oy < first_row + rows; oy++)
    for (long ox = 0; ox < w->out_width; ox++, y += c, index += c) {
      for (long i = 0; i < c; i++) {
        y[i] = -INFINITY;
        index[i] = 0;
      }
      for (long ky = 0; ky < w->kernel_height; ky++) {
        const long iy = oy * w->stride_y - w->pad_top + ky * w->dilation_y;
        if (iy < 0 || iy >= w->height) continue;
        for (long kx = 0; kx < w->kernel_width; kx++) {
          const long ix = ox * w->stride_x - w->pad_left + kx * w->dilation_x;
          if (ix < 0 || ix >= w->width) continue;
          const int32_t at = (int32_t)(iy * w->width + ix);
          const float *p = x + (long)at * c;
          for (long i = 0; i < c; i++) {
            const int larger = p[i] > y[i];
            y[i] = larger ? p[i] : y[i];
            index[i] = larger ? at : index[i];
          }
        }
      }
    }
}

void imgdx_max_pool_backward(
    float *restrict dx, const float *restrict dy, const int32_t *restrict index, long pixels,
    long channels) {
  for (long p = 0; p < pixels; p++, dy += channels, index += channels)
    for (long i = 0; i < channels; i++) dx[(long)index[i] * channels + i] += dy[i];
}

// Taps of a window from `start` that lie in low..<high.
static inline long taps(long start, long count, long dilation, long low, long high) {
  const long first = start < low ? (low - start + dilation - 1) / dilation : 0;
  const long last = high > start ? (high - start + dilation - 1) / dilation : 0;
  const long end = last < count ? last : count;
  return end > first ? end - first : 0;
}

static inline float window_share(
    const imgdx_window *w, long oy, long ox, int count_padding, long pad_bottom, long pad_right) {
  const long y = oy * w->stride_y - w->pad_top, x = ox * w->stride_x - w->pad_left;
  const long area = count_padding
      ? taps(y, w->kernel_height, w->dilation_y, -w->pad_top, w->height + pad_bottom)
          * taps(x, w->kernel_width, w->dilation_x, -w->pad_left, w->width + pad_right)
      : taps(y, w->kernel_height, w->dilation_y, 0, w->height)
          * taps(x, w->kernel_width, w->dilation_x, 0, w->width);
  return area > 0 ? 1.0f / (float)area : 0;
}

KERNEL void imgdx_average_pool(
    float *restrict y, const float *restrict x, const imgdx_window *w, long first_row, long rows,
    int count_padding, long pad_bottom, long pad_right) {
  const long c = w->channels;
  for (long oy = first_row; oy < first_row + rows; oy++)
    for (long ox = 0; ox < w->out_width; ox++, y += c) {
      for (long i = 0; i < c; i++) y[i] = 0;
      for (long ky = 0; ky < w->kernel_height; ky++) {
        const long iy = oy * w->stride_y - w->pad_top + ky * w->dilation_y;
        if (iy < 0 || iy >= w->height) continue;
        for (long kx = 0; kx < w->kernel_width; kx++) {
          const long ix = ox * w->stride_x - w->pad_left + kx * w->dilation_x;
          if (ix < 0 || ix >= w->width) continue;
          const float *p = x + (iy * w->width + ix) * c;
          for (long i = 0; i < c; i++) y[i] += p[i];
        }
      }
      const float share = window_share(w, oy, ox, count_padding, pad_bottom, pad_right);
      for (long i = 0; i < c; i++) y[i] *= share;
    }
}

KERNEL void imgdx_average_pool_backward(
    float *restrict dx, const float *restrict dy, const imgdx_window *w, int count_padding,
    long pad_bottom, long pad_right) {
  const long c = w->channels;
  for (long oy = 0; oy < w->out_height; oy++)
    for (long ox = 0; ox < w->out_width; ox++, dy += c) {
      const float share = window_share(w, oy, ox, count_padding, pad_bottom, pad_right);
      for (long ky = 0; ky < w->kernel_height; ky++) {
        const long iy = oy * w->stride_y - w->pad_top + ky * w->dilation_y;
        if (iy < 0 || iy >= w->height) continue;
        for (long kx = 0; kx < w->kernel_width; kx++) {
          const long ix = ox * w->stride_x - w->pad_left + kx * w->dilation_x;
          if (ix < 0 || ix >= w->width) continue;
          float *p = dx + (iy * w->width + ix) * c;
          for (long i = 0; i < c; i++) p[i] += share * dy[i];
        }
      }
    }
}

KERNEL void imgdx_global_average(
    float *restrict y, const float *restrict x, long pixels, long channels) {
  for (long i = 0; i < channels; i++) y[i] = 0;
  for (long p = 0; p < pixels; p++, x += channels)
    for (long i = 0; i < channels; i++) y[i] += x[i];
  const float share = 1.0f / (float)pixels;
  for (long i = 0; i < channels; i++) y[i] *= share;
}

KERNEL void imgdx_global_maximum(
    float *restrict y, const float *restrict x, long pixels, long channels) {
  for (long i = 0; i < channels; i++) y[i] = x[i];
  for (long p = 1; p < pixels; p++) {
    x += channels;
    for (long i = 0; i < channels; i++) y[i] = x[i] >= y[i] ? x[i] : y[i];
  }
}
