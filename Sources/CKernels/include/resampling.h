// Weighted mixing of pixels in NHWC, for resizing feature maps.
#pragma once

/// One output row: y[x] = wy0 * (wx0 * top[x0] + wx1 * top[x1]) + wy1 * (the same of bottom).
void imgdx_mix_row(
    float *y, const float *top, const float *bottom, float wy0, float wy1, const int *x0,
    const int *x1, const float *wx0, const float *wx1, long width, long channels);
/// Its transpose: adds one row of dy into both source rows.
void imgdx_mix_row_backward(
    const float *dy, float *top, float *bottom, float wy0, float wy1, const int *x0,
    const int *x1, const float *wx0, const float *wx1, long width, long channels);
