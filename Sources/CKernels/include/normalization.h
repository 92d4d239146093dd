// Batch normalisation over [rows, channels] in NHWC, where rows = N * H * W.
#pragma once

/// sums[c] += sum of x, squares[c] += sum of (x - shift[c])^2 over the rows.
void imgdx_moments(
    double *sums, double *squares, const float *x, long rows, long channels);
/// y = x * scale[c] + offset[c], plus addend (laid out as x) when not null, then leaky ReLU with
/// `slope` (1: none).
void imgdx_affine(
    float *y, const float *x, const float *scale, const float *offset, const float *addend,
    float slope, long rows, long channels);
/// With g = dy * activation'(y): sum_g[c] += g, sum_gx[c] += g * (x - mean[c]).
void imgdx_normalization_sums(
    double *sum_g, double *sum_gx, const float *x, const float *y, const float *dy,
    const float *mean, float slope, long rows, long channels);
/// dx (+)= a[c] * g + b[c] * x + d[c], with g as above.
void imgdx_normalization_backward(
    float *dx, const float *x, const float *y, const float *dy, const float *a, const float *b,
    const float *d, float slope, long rows, long channels, int accumulate);
