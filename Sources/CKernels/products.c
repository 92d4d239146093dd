// Matrix products for weights that are used again and again. A tile of C stays in registers while k
// runs; B stands in panels of 32 columns, so that a tile reads it in one stream.
#include "kernel.h"
#include "include/products.h"

enum { lanes = 16 };
typedef float vec __attribute__((vector_size(4 * lanes)));
typedef float unaligned_vec __attribute__((vector_size(4 * lanes), aligned(4)));
#define INLINE static inline __attribute__((always_inline))

long imgdx_packed_count(long k, long n) { return k * ((n + panel - 1) / panel * panel); }

KERNEL void imgdx_pack(
    float *restrict matrix, long all_rows, const float *restrict b, long row_stride,
    long column_stride, long k, long n) {
  for (long j = 0; j < n; j += panel) {
    const long width = n - j < panel ? n - j : panel;
    float *restrict packed = matrix + j * all_rows;
    for (long p = 0; p < k; p++, packed += panel) {
      const float *row = b + p * row_stride + j * column_stride;
      if (column_stride == 1)
        for (long i = 0; i < width; i++) packed[i] = row[i];
      else
        for (long i = 0; i < width; i++) packed[i] = row[i * column_stride];
      for (long i = width; i < panel; i++) packed[i] = 0;
    }
  }
}

INLINE vec load(const float *p, long n) {
  if (n >= lanes) return *(const unaligned_vec *)p;
  vec v = {0};
  for (long i = 0; i < n; i++) v[i] = p[i];
  return v;
}

INLINE void store(float *p, vec v, long n) {
  if (n >= lanes) *(unaligned_vec *)p = v;
  else
    for (long i = 0; i < n; i++) p[i] = v[i];
}

// In a loop: unrolled for every tile it was nine tenths of 430 KB of code, far more than the first-level
// cache holds between two tiles.
INLINE void finish(
    const int rows, const int vectors, float *restrict c, long c_pitch, vec sum[12][2], long column,
    long width, const imgdx_epilogue *e, long row) {
  const vec zero = {0};
  for (int v = 0; v < vectors; v++) {
    const long left = width - v * lanes;
    if (left <= 0) break;
    const vec bias = e->bias ? load(e->bias + column + v * lanes, left) : zero;
#pragma clang loop unroll(disable)
    for (int r = 0; r < rows; r++) {
      float *out = c + r * c_pitch + v * lanes;
      vec s = sum[r][v] + bias;
      if (e->addend)
        s += load(e->addend + (row + r) * e->addend_pitch + column + v * lanes, left);
      if (e->slope != 1)
        s = __builtin_elementwise_max(s, zero) + e->slope * __builtin_elementwise_min(s, zero);
      if (e->accumulate) s += load(out, left);
      store(out, s, left);
    }
  }
}

// `rows` x `vectors` accumulators; both are constants where this is inlined.
INLINE void tile(
    const int rows, const int vectors, float *restrict c, long c_pitch, const float *restrict a,
    const imgdx_operand *o, const float *restrict b, long column, long width,
    const imgdx_epilogue *e, long row, const int is_plain) {
  const long pitch = o->row_pitch, segment = o->segment;
  vec sum[12][2];
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) sum[r][v] = (vec){0};
  for (long s = 0; s < o->segments; s++, a += o->segment_pitch)
    for (long p = 0; p < segment; p++, b += panel) {
      vec y[2];
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) y[v] = *(const unaligned_vec *)(b + v * lanes);
#pragma clang loop unroll(full)
      for (int r = 0; r < rows; r++) {
        const float x = a[r * pitch + p];
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) sum[r][v] += x * y[v];
      }
    }
  if (is_plain && width >= vectors * lanes) {
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++)
        *(unaligned_vec *)(c + r * c_pitch + v * lanes) = sum[r][v];
    return;
  }
  vec done[12][2];
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) done[r][v] = sum[r][v];
  finish(rows, vectors, c, c_pitch, done, column, width, e, row);
}

#define TILE(R)                                                                              \
  case R:                                                                                    \
    tile(                                                                                    \
        R, vectors, c + row * c_pitch + j, c_pitch, line + i * o->row_pitch, o, b, j, width, \
        e, row, is_plain);                                                                   \
    break

#define PARAMETERS                                                                          \
  float *c, long c_pitch, const imgdx_operand *o, const float *packed, long n, long first, \
      long columns, const imgdx_epilogue *e

// A line's rows are shared out evenly over the fewest tiles of at most `most` rows.
INLINE void product(const int most, const int vectors, PARAMETERS) {
  const long end = first + columns < n ? first + columns : n, m = o->rows;
  const long tiles = (m + most - 1) / most, k = o->segments * o->segment;
  const int is_plain = !e->bias && !e->addend && e->slope == 1 && !e->accumulate;
  for (long j = first; j < end; j += vectors * lanes) {
    const float *b = packed + j / panel * panel * k + j % panel;
    const long width = end - j < vectors * lanes ? end - j : vectors * lanes;
    const float *line = o->floats;
    for (long l = 0; l < o->lines; l++, line += o->line_pitch)
      for (long t = 0; t < tiles; t++) {
        const long i = t * m / tiles, row = l * m + i;
        switch ((t + 1) * m / tiles - i) {
          TILE(1); TILE(2); TILE(3); TILE(4); TILE(5); TILE(6);
          TILE(7); TILE(8); TILE(9); TILE(10); TILE(11); TILE(12);
        }
      }
  }
}

#define ARGUMENTS c, c_pitch, o, packed, n, first, columns, e

// Tiles as large as the registers: 12 x 32 of 32 with 16 lanes, 6 x 16 of 16 with 8 lanes.
static void product_baseline(PARAMETERS) { product(3, 1, ARGUMENTS); }
#if defined(__x86_64__)
__attribute__((target("arch=x86-64-v3"))) static void product_v3(PARAMETERS) {
  product(6, 1, ARGUMENTS);
}
__attribute__((target("arch=x86-64-v4"))) static void product_v4(PARAMETERS) {
  // The columns that a mask has are few: half a tile holds them.
  if (columns <= lanes) product(12, 1, ARGUMENTS);
  else product(12, 2, ARGUMENTS);
}
#endif

void imgdx_product(PARAMETERS) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl"))
    return product_v4(ARGUMENTS);
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return product_v3(ARGUMENTS);
#endif
  product_baseline(ARGUMENTS);
}
