// Pooling windows over one image in NHWC; the geometry is a convolution's window.
#pragma once
#include <stdint.h>
#include "convolution.h"

/// Output rows [first_row, first_row + rows) of max pooling.
void imgdx_max_pool(
    float *y, const float *x, const imgdx_window *window, long first_row, long rows);
/// The same with the position (iy * width + ix) of each maximum, the first of equals.
void imgdx_max_pool_indexed(
    float *y, int32_t *index, const float *x, const imgdx_window *window, long first_row, long rows);
/// dx[index] += dy for one image.
void imgdx_max_pool_backward(
    float *dx, const float *dy, const int32_t *index, long pixels, long channels);
/// Output rows of average pooling; divides by the whole window when `count_padding`.
void imgdx_average_pool(
    float *y, const float *x, const imgdx_window *window, long first_row, long rows,
    int count_padding, long pad_bottom, long pad_right);
/// Spreads dy over the windows of one image; adds to dx.
void imgdx_average_pool_backward(
    float *dx, const float *dy, const imgdx_window *window, int count_padding, long pad_bottom,
    long pad_right);
/// y[c] = scale * sum over pixels of x[pixel][c]
void imgdx_global_average(float *y, const float *x, long pixels, long channels);
/// y[c] = largest of x[pixel][c]; there is at least one pixel.
void imgdx_global_maximum(float *y, const float *x, long pixels, long channels);
