// Matrix products with one matrix packed beforehand.
#pragma once

/// Floats that `imgdx_pack` writes for a matrix [k, n].
long imgdx_packed_count(long k, long n);
/// B [k, n], element (p, j) at b[p * row_stride + j * column_stride], into panels of 32 columns;
/// the last panel is filled up with zeros. B may be a part of a matrix of `all_rows` rows: then
/// `packed` is where its first element goes, in a column that is a multiple of 32.
void imgdx_pack(
    float *packed, long all_rows, const float *b, long row_stride, long column_stride, long k,
    long n);

/// What happens to a product before it is written: C (+)= leaky(A B + bias + addend).
typedef struct {
  const float *bias;    // [n], or null
  const float *addend;  // rows of `addend_pitch` floats, or null
  long addend_pitch;
  float slope;     // of the leaky ReLU: 1 none, 0 ReLU
  int accumulate;  // whether C's old values are added last
} imgdx_epilogue;

/// Where A's elements stand: `lines` times `rows` rows. Row r of line l is `segments` pieces of
/// `segment` floats that start at floats[l * line_pitch + r * row_pitch + s * segment_pitch].
///
/// A plain matrix is one line with one segment a row. An image in NHWC is an operand without copying
/// when its padding stands around it: output rows are lines, output columns rows, and every kernel
/// row is a segment of kernel width times channels.
typedef struct {
  const float *floats;
  long lines, line_pitch;
  long rows, row_pitch;
  long segments, segment_pitch, segment;
} imgdx_operand;

/// C[lines * rows, n] = A · B, columns [first, first + columns) of it; `first` is a multiple of 32.
/// Each element is summed in the order of k, whatever the rows and the columns are.
void imgdx_product(
    float *c, long c_pitch, const imgdx_operand *a, const float *packed, long n, long first,
    long columns, const imgdx_epilogue *epilogue);
