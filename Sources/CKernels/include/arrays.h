// Element-wise loops over arrays of floats.
#pragma once

/// y += x
void imgdx_add(float *y, const float *x, long count);
/// y = a + b
void imgdx_sum(float *y, const float *a, const float *b, long count);
/// y = a * b, or y += a * b
void imgdx_multiply(float *y, const float *a, const float *b, long count, int accumulate);
/// y = scale * x, or y += scale * x
void imgdx_scale(float *y, const float *x, float scale, long count, int accumulate);
/// y = max(x, 0) + slope * min(x, 0)
void imgdx_leaky_relu(float *y, const float *x, float slope, long count);
/// dx (+)= dy where y > 0, slope * dy elsewhere; y is the forward result.
void imgdx_leaky_relu_backward(
    float *dx, const float *y, const float *dy, float slope, long count, int accumulate);
/// rows [rows, channels]: y += bias, then leaky ReLU with `slope` (1: none, 0: ReLU).
void imgdx_bias_activation(float *y, const float *bias, float slope, long rows, long channels);
/// The same, adding `addend` [rows, channels] before the activation.
void imgdx_bias_add_activation(
    float *y, const float *bias, const float *addend, float slope, long rows, long channels);
/// sums[c] += sum over rows of x[row][c]
void imgdx_column_sums(float *sums, const float *x, long rows, long channels);
/// Copies `width` floats a row between rows of different pitch, or adds them.
void imgdx_copy_rows(
    float *y, long y_pitch, const float *x, long x_pitch, long rows, long width, int accumulate);
/// [channels, pixels] to [pixels, channels].
void imgdx_to_channels_last(float *y, const float *x, long channels, long pixels);
/// [pixels, channels] to [channels, pixels], or adding.
void imgdx_to_channels_first(float *y, const float *x, long channels, long pixels, int accumulate);
/// One AdamW step (Loshchilov and Hutter 2019); `rate1` and `rate2` are 1 - beta^t.
void imgdx_adam(
    float *w, const float *gradient, float *m, float *v, long count, float learning_rate,
    float beta1, float beta2, float rate1, float rate2, float epsilon, float decay);
/// y = decay * y + (1 - decay) * x
void imgdx_average(float *y, const float *x, float decay, long count);
