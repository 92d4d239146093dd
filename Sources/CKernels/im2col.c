#include "kernel.h"
#include "include/convolution.h"

// Kernel columns kx whose input column lies inside the image, for the output column at `left`.
static inline void valid_range(long left, long step, long count, long size, long *from, long *to) {
  long first = left < 0 ? (-left + step - 1) / step : 0;
  long last = left >= size ? 0 : (size - left + step - 1) / step;
  if (last > count) last = count;
  if (first > last) first = last;
  *from = first;
  *to = last;
}

KERNEL void imgdx_im2col(
    float *restrict col, const float *restrict image, const imgdx_window *w, long first_row,
    long rows) {
  const long c = w->group_channels, all = w->channels, taps = w->kernel_width;
  for (long oy = first_row; oy < first_row + rows; oy++)
    for (long ox = 0; ox < w->out_width; ox++) {
      const long left = ox * w->stride_x - w->pad_left;
      long from, to;
      valid_range(left, w->dilation_x, taps, w->width, &from, &to);
      for (long ky = 0; ky < w->kernel_height; ky++, col += taps * c) {
        const long iy = oy * w->stride_y - w->pad_top + ky * w->dilation_y;
        if (iy < 0 || iy >= w->height || from >= to) {
          for (long i = 0; i < taps * c; i++) col[i] = 0;
          continue;
        }
        for (long i = 0; i < from * c; i++) col[i] = 0;
        const float *row = image + iy * w->width * all + w->first_channel;
        if (w->dilation_x == 1 && c == all) {
          const float *source = row + (left + from) * all;
          for (long i = 0; i < (to - from) * c; i++) col[from * c + i] = source[i];
        } else {
          for (long kx = from; kx < to; kx++)
            for (long i = 0; i < c; i++)
              col[kx * c + i] = row[(left + kx * w->dilation_x) * all + i];
        }
        for (long i = to * c; i < taps * c; i++) col[i] = 0;
      }
    }
}

KERNEL void imgdx_col2im(
    float *restrict image, const float *restrict col, const imgdx_window *w, long first_row,
    long rows) {
  const long c = w->group_channels, all = w->channels, taps = w->kernel_width;
  for (long oy = first_row; oy < first_row + rows; oy++)
    for (long ox = 0; ox < w->out_width; ox++) {
      const long left = ox * w->stride_x - w->pad_left;
      long from, to;
      valid_range(left, w->dilation_x, taps, w->width, &from, &to);
      for (long ky = 0; ky < w->kernel_height; ky++, col += taps * c) {
        const long iy = oy * w->stride_y - w->pad_top + ky * w->dilation_y;
        if (iy < 0 || iy >= w->height) continue;
        float *row = image + iy * w->width * all + w->first_channel;
        for (long kx = from; kx < to; kx++)
          for (long i = 0; i < c; i++)
            row[(left + kx * w->dilation_x) * all + i] += col[kx * c + i];
      }
    }
}

void imgdx_pad_rows(
    float *restrict padded, const float *restrict image, const imgdx_window *w, long first_row,
    long rows, long columns) {
  const long c = w->channels, all = columns * c;
  long left = w->pad_left < columns ? w->pad_left : columns;
  long inside = columns - left < w->width ? columns - left : w->width;
  for (long y = first_row - w->pad_top; y < first_row - w->pad_top + rows; y++, padded += all) {
    if (y < 0 || y >= w->height) {
      memset(padded, 0, sizeof(float) * all);
      continue;
    }
    memset(padded, 0, sizeof(float) * left * c);
    memcpy(padded + left * c, image + y * w->width * c, sizeof(float) * inside * c);
    memset(padded + (left + inside) * c, 0, sizeof(float) * (columns - left - inside) * c);
  }
}
