// Data movement of the im2col convolution and the transforms of Winograd's, in NHWC.
#pragma once

/// Geometry of one convolution over one image, in NHWC. Sizes in pixels.
typedef struct {
  long height, width, channels;        // input
  long out_height, out_width;          // output
  long kernel_height, kernel_width;
  long stride_y, stride_x;
  long pad_top, pad_left;
  long dilation_y, dilation_x;
  long group_channels, first_channel;  // the slice of channels that one group reads
} imgdx_window;

/// Columns of output rows [first_row, first_row + rows): col [rows * out_width, kh * kw * group_channels].
void imgdx_im2col(
    float *col, const float *image, const imgdx_window *window, long first_row, long rows);
/// Input rows [first_row, first_row + rows) of the padded image, columns [0, columns) of it: zeros
/// where they lie outside. Both count from the padding's start.
void imgdx_pad_rows(
    float *padded, const float *image, const imgdx_window *window, long first_row, long rows,
    long columns);
/// Adds columns back to where im2col took them from.
void imgdx_col2im(
    float *image, const float *col, const imgdx_window *window, long first_row, long rows);

/// Winograd F(4x4, 3x3), Lavin and Gray 2016. Transforms `count` weights of each of 9 taps,
/// `pitch` apart, to as many of each of 36, `u_pitch` apart. A negative pitch from the last tap on flips
/// the kernel.
void imgdx_winograd_weights(
    float *u, long u_pitch, const float *weights, long pitch, long count);
/// Gradient of `count` transformed weights of each of 36 taps, `du_pitch` apart, back to as many of
/// each of 9, `dw_pitch` apart.
void imgdx_winograd_weights_backward(
    float *dw, long dw_pitch, const float *du, long du_pitch, long count, int accumulate);
/// Input tiles [first, first + count) of one image to v [36, v_pitch, channels]; stride 1, `pad` at top and left.
void imgdx_winograd_input(
    float *v, long v_pitch, const float *image, long height, long width, long channels,
    long pad_top, long pad_left, long tiles_x, long first, long count);
/// m [36, m_pitch, channels] to output tiles; adds bias and addend (laid out as the image) when not
/// null, then leaky ReLU with `slope`.
void imgdx_winograd_output(
    float *image, const float *m, long m_pitch, long height, long width, long channels,
    long tiles_x, long first, long count, const float *bias, const float *addend,
    float slope, int accumulate);
/// Gradient of output tiles to dm, 36 matrices [m_pitch, channels] as `imgdx_pack` lays them out.
void imgdx_winograd_output_backward(
    float *dm, long m_pitch, const float *image, long height, long width, long channels,
    long tiles_x, long first, long count);

/// Depthwise convolution of output rows [first_row, first_row + rows) of one image: weights
/// [kh, kw, channels]; adds bias when not null, then leaky ReLU with `slope`.
void imgdx_depthwise(
    float *y, const float *image, const float *weights, const float *bias, float slope,
    const imgdx_window *window, long first_row, long rows);
/// Its gradients for one image, both added: dx where not null, dw [kh, kw, channels] where not null.
void imgdx_depthwise_backward(
    float *dx, float *dw, const float *image, const float *weights, const float *dy,
    const imgdx_window *window);
