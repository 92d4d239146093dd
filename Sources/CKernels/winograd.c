// Winograd F(4x4, 3x3): 36 multiplications where the plain sum needs 144 (Lavin and Gray 2016,
// arXiv:1509.09308). Tiles are 6x6 inputs or 4x4 outputs; channels run along the vectors.
#include "kernel.h"
#include "include/convolution.h"

enum { lanes = 16 };
typedef float vec __attribute__((vector_size(4 * lanes)));
#define INLINE static inline __attribute__((always_inline))

INLINE vec load(const float *p, long n) {
  vec v = {0};
  if (n >= lanes) memcpy(&v, p, sizeof v);
  else for (long i = 0; i < n; i++) v[i] = p[i];
  return v;
}

INLINE void store(float *p, vec v, long n) {
  if (n >= lanes) memcpy(p, &v, sizeof v);
  else for (long i = 0; i < n; i++) p[i] = v[i];
}

// The polynomials are evaluated at 0, +-a, +-b and infinity. With these a and b the largest error of a
// convolution is a quarter of that with the usual 1 and 2, for as many operations: the powers that the
// sums are weighted with differ less.
#define A 0.625f
#define B 1.5f
static const float a1 = A, a2 = A * A, a3 = A * A * A, b1 = B, b2 = B * B, b3 = B * B * B;

// B^T d
INLINE void input_1d(vec o[6], vec a, vec b, vec c, vec d, vec e, vec f) {
  const vec even_a = e - b2 * c, odd_a = a1 * (d - b2 * b);
  const vec even_b = e - a2 * c, odd_b = b1 * (d - a2 * b);
  o[0] = a2 * b2 * a - (a2 + b2) * c + e;
  o[1] = even_a + odd_a;
  o[2] = even_a - odd_a;
  o[3] = even_b + odd_b;
  o[4] = even_b - odd_b;
  o[5] = a2 * b2 * b - (a2 + b2) * d + f;
}

// A^T m
INLINE void output_1d(vec o[4], vec a, vec b, vec c, vec d, vec e, vec f) {
  const vec p = b + c, m = b - c, q = d + e, n = d - e;
  o[0] = a + p + q;
  o[1] = a1 * m + b1 * n;
  o[2] = a2 * p + b2 * q;
  o[3] = a3 * m + b3 * n + f;
}

// A y
INLINE void output_transposed_1d(vec o[6], vec a, vec b, vec c, vec d) {
  const vec even_a = a + a2 * c, odd_a = a1 * b + a3 * d;
  const vec even_b = a + b2 * c, odd_b = b1 * b + b3 * d;
  o[0] = a;
  o[1] = even_a + odd_a;
  o[2] = even_a - odd_a;
  o[3] = even_b + odd_b;
  o[4] = even_b - odd_b;
  o[5] = d;
}

#define UNROLLED _Pragma("clang loop unroll(full)")
// Keeps the compiler from carrying each of 36 addresses through the loop in memory.
#define HERE(pointer) __asm__("" : "+r"(pointer))

// One 6x6 tile of `n` channels. Pixels lie `pixel` floats apart, rows `row`, the 36 results `plane`.
INLINE void input_tile(
    float *restrict out, long plane, const float *restrict in, long row, long pixel, long n) {
  vec rows[6][6], column[6];
  UNROLLED for (int i = 0; i < 6; i++) {
    vec d[6];
    UNROLLED for (int j = 0; j < 6; j++) d[j] = load(in + j * pixel, n);
    input_1d(rows[i], d[0], d[1], d[2], d[3], d[4], d[5]);
    in += row;
    HERE(in);
  }
  UNROLLED for (int j = 0; j < 6; j++) {
    input_1d(column, rows[0][j], rows[1][j], rows[2][j], rows[3][j], rows[4][j], rows[5][j]);
    float *tap = out + j * plane;
    UNROLLED for (int i = 0; i < 6; i++) {
      store(tap, column[i], n);
      tap += 6 * plane;
      HERE(tap);
    }
  }
}

KERNEL void imgdx_winograd_input(
    float *restrict v, long v_pitch, const float *restrict image, long height, long width,
    long channels, long pad_top, long pad_left, long tiles_x, long first, long count) {
  const long plane = v_pitch * channels;
  for (long t = 0; t < count; t++) {
    const long y0 = (first + t) / tiles_x * 4 - pad_top, x0 = (first + t) % tiles_x * 4 - pad_left;
    const int inside = y0 >= 0 && x0 >= 0 && y0 + 6 <= height && x0 + 6 <= width;
    const long top = y0 < 0 ? -y0 : 0, bottom = y0 + 6 < height ? 6 : height - y0;
    const long left = x0 < 0 ? -x0 : 0, right = x0 + 6 < width ? 6 : width - x0;
    for (long c = 0; c < channels; c += lanes) {
      const long n = channels - c;
      const float *in = image + (y0 * width + x0) * channels + c;
      float *out = v + t * channels + c;
      if (inside && n >= lanes) {
        input_tile(out, plane, in, width * channels, channels, lanes);
        continue;
      }
      vec tile[36] = {0};
      for (long i = top; i < bottom; i++)
        for (long j = left; j < right; j++)
          tile[i * 6 + j] = load(in + (i * width + j) * channels, n);
      input_tile(out, plane, (const float *)tile, 6 * lanes, lanes, n);
    }
  }
}

// What a convolution adds to its sums, and where they go.
struct ending {
  const float *bias, *addend;
  float slope;
  int accumulate;
};

// One 4x4 tile of `n` channels, of which the image holds `height` rows of `width` pixels.
INLINE void output_tile(
    float *restrict out, const float *restrict in, long plane, long row, long pixel, long n,
    long height, long width, struct ending end) {
  const vec zero = {0}, b = end.bias ? load(end.bias, n) : zero;
  vec rows[6][4], column[4];
  UNROLLED for (int i = 0; i < 6; i++) {
    vec d[6];
    UNROLLED for (int j = 0; j < 6; j++) d[j] = load(in + j * plane, n);
    output_1d(rows[i], d[0], d[1], d[2], d[3], d[4], d[5]);
    in += 6 * plane;
    HERE(in);
  }
  UNROLLED for (int j = 0; j < 4; j++) {
    if (j >= width) break;
    output_1d(column, rows[0][j], rows[1][j], rows[2][j], rows[3][j], rows[4][j], rows[5][j]);
    long at = j * pixel;
    UNROLLED for (int i = 0; i < 4; i++) {
      if (i >= height) break;
      HERE(at);
      vec y = column[i] + b;
      if (end.addend) y += load(end.addend + at, n);
      y = __builtin_elementwise_max(y, zero) + end.slope * __builtin_elementwise_min(y, zero);
      store(out + at, end.accumulate ? load(out + at, n) + y : y, n);
      at += row;
    }
  }
}

KERNEL void imgdx_winograd_output(
    float *restrict image, const float *restrict m, long m_pitch, long height, long width,
    long channels, long tiles_x, long first, long count, const float *bias,
    const float *restrict addend, float slope, int accumulate) {
  const long plane = m_pitch * channels;
  for (long t = 0; t < count; t++) {
    const long y0 = (first + t) / tiles_x * 4, x0 = (first + t) % tiles_x * 4;
    const int inside = y0 + 4 <= height && x0 + 4 <= width;
    for (long c = 0; c < channels; c += lanes) {
      const long n = channels - c, at = (y0 * width + x0) * channels + c;
      const float *in = m + t * channels + c;
      const struct ending end = {
          bias ? bias + c : 0, addend ? addend + at : 0, slope, accumulate};
      const long row = width * channels;
      if (inside && n >= lanes)
        output_tile(image + at, in, plane, row, channels, lanes, 4, 4, end);
      else output_tile(image + at, in, plane, row, channels, n, height - y0, width - x0, end);
    }
  }
}

// One 4x4 tile of gradients of `n` channels, of which the image holds `height` rows of `width` pixels.
INLINE void output_backward_tile(
    float *restrict out, long plane, const float *restrict in, long row, long pixel, long n,
    long height, long width) {
  vec rows[4][6], column[6];
  UNROLLED for (int i = 0; i < 4; i++) {
    vec d[4];
    UNROLLED for (int j = 0; j < 4; j++)
      d[j] = i < height && j < width ? load(in + j * pixel, n) : (vec){0};
    output_transposed_1d(rows[i], d[0], d[1], d[2], d[3]);
    in += row;
    HERE(in);
  }
  UNROLLED for (int j = 0; j < 6; j++) {
    output_transposed_1d(column, rows[0][j], rows[1][j], rows[2][j], rows[3][j]);
    float *tap = out + j * plane;
    UNROLLED for (int i = 0; i < 6; i++) {
      store(tap, column[i], n);
      tap += 6 * plane;
      HERE(tap);
    }
  }
}

KERNEL void imgdx_winograd_output_backward(
    float *restrict dm, long m_pitch, const float *restrict image, long height, long width,
    long channels, long tiles_x, long first, long count) {
  const long plane = m_pitch * ((channels + panel - 1) / panel * panel), row = width * channels;
  for (long t = 0; t < count; t++) {
    const long y0 = (first + t) / tiles_x * 4, x0 = (first + t) % tiles_x * 4;
    const int inside = y0 + 4 <= height && x0 + 4 <= width;
    for (long c = 0; c < channels; c += lanes) {
      const long n = channels - c;
      const float *in = image + (y0 * width + x0) * channels + c;
      float *out = dm + c / panel * panel * m_pitch + t * panel + c % panel;
      if (inside && n >= lanes) output_backward_tile(out, plane, in, row, channels, lanes, 4, 4);
      else output_backward_tile(out, plane, in, row, channels, n, height - y0, width - x0);
    }
  }
}

// The weight transform G, row by row: powers of the point by the product of its differences to the others.
#define AT_A (1 / (2 * A * A * (A * A - B * B)))
#define AT_B (1 / (2 * B * B * (B * B - A * A)))
static const float G[6][3] = {
    {1 / (A * A * B * B), 0, 0},
    {AT_A, AT_A * A, AT_A * A * A},
    {AT_A, -AT_A * A, AT_A * A * A},
    {AT_B, AT_B * B, AT_B * B * B},
    {AT_B, -AT_B * B, AT_B * B * B},
    {0, 0, 1},
};

KERNEL void imgdx_winograd_weights(
    float *restrict u, long u_pitch, const float *restrict weights, long pitch, long count) {
  for (long at = 0; at < count; at += lanes) {
    const long n = count - at;
    vec rows[6][3];
    for (int j = 0; j < 3; j++) {
      const vec a = load(weights + (0 + j) * pitch + at, n);
      const vec b = load(weights + (3 + j) * pitch + at, n);
      const vec c = load(weights + (6 + j) * pitch + at, n);
      for (int i = 0; i < 6; i++) rows[i][j] = G[i][0] * a + G[i][1] * b + G[i][2] * c;
    }
    for (int i = 0; i < 6; i++)
      for (int j = 0; j < 6; j++)
        store(
            u + (i * 6 + j) * u_pitch + at,
            G[j][0] * rows[i][0] + G[j][1] * rows[i][1] + G[j][2] * rows[i][2], n);
  }
}

KERNEL void imgdx_winograd_weights_backward(
    float *restrict dw, long dw_pitch, const float *restrict du, long du_pitch, long count,
    int accumulate) {
  for (long at = 0; at < count; at += lanes) {
    const long n = count - at;
    vec rows[3][6] = {0};
    for (int i = 0; i < 6; i++)
      for (int j = 0; j < 6; j++) {
        const vec d = load(du + (i * 6 + j) * du_pitch + at, n);
        for (int k = 0; k < 3; k++) rows[k][j] += G[i][k] * d;
      }
    for (int k = 0; k < 3; k++)
      for (int l = 0; l < 3; l++) {
        float *target = dw + (k * 3 + l) * dw_pitch + at;
        vec sum = accumulate ? load(target, n) : (vec){0};
        for (int j = 0; j < 6; j++) sum += G[j][l] * rows[k][j];
        store(target, sum, n);
      }
  }
}
