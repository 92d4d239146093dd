// Layer normalisation of one contiguous part.
#pragma once

/// y = scale (x - mean) / sqrt(variance + epsilon) + bias over `count` elements; bias may be null.
void imgdx_layer_normalization(
    float *y, const float *x, const float *scale, const float *bias, float epsilon, long count);
