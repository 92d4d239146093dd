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

// B^T d
INLINE void input_1d(vec o[6], vec a, vec b, vec c, vec d, vec e, vec f) {
  o[0] = 4 * a - 5 * c + e;
  o[1] = (d + e) - 4 * (b + c);
  o[2] = (e - d) + 4 * (b - c);
  o[3] = (e - c) + 2 * (d - b);
  o[4] = (e - c) - 2 * (d - b);
  o[5] = 4 * b - 5 * d + f;
}

// A^T m
INLINE void output_1d(vec o[4], vec a, vec b, vec c, vec d, vec e, vec f) {
  vec p = b + c, m = b - c, q = d + e, n = d - e;
  o[0] = a + p + q;
  o[1] = m + 2 * n;
  o[2] = p + 4 * q;
  o[3] = m + 8 * n + f;
}

// A y
INLINE void output_transposed_1d(vec o[6], vec a, vec b, vec c, vec d) {
  vec even = a + c, odd = b + d, even4 = a + 4 * c, odd8 = 2 * b + 8 * d;
  o[0] = a;
  o[1] = even + odd;
  o[2] = even - odd;
  o[3] = even4 + odd8;
  o[4] = even4 - odd8;
  o[5] = d;
}

KERNEL void imgdx_winograd_input(
    float *restrict v, long v_pitch, const float *restrict image, long height, long width,
    long channels, long pad_top, long pad_left, long tiles_x, long first, long count) {
  const long plane = v_pitch * channels;
  for (long t = 0; t < count; t++) {
    const long y0 = (first + t) / tiles_x * 4 - pad_top, x0 = (first + t) % tiles_x * 4 - pad_left;
    const int inside = y0 >= 0 && x0 >= 0 && y0 + 6 <= height && x0 + 6 <= width;
    for (long c = 0; c < channels; c += lanes) {
      const long n = channels - c;
      vec rows[6][6], column[6];
      for (int i = 0; i < 6; i++) {
        vec d[6];
        for (int j = 0; j < 6; j++) {
          const long y = y0 + i, x = x0 + j;
          if (inside || (y >= 0 && y < height && x >= 0 && x < width))
            d[j] = load(image + (y * width + x) * channels + c, n);
          else d[j] = (vec){0};
        }
        input_1d(rows[i], d[0], d[1], d[2], d[3], d[4], d[5]);
      }
      float *out = v + t * channels + c;
      for (int j = 0; j < 6; j++) {
        input_1d(column, rows[0][j], rows[1][j], rows[2][j], rows[3][j], rows[4][j], rows[5][j]);
        for (int i = 0; i < 6; i++) store(out + (i * 6 + j) * plane, column[i], n);
      }
    }
  }
}

KERNEL void imgdx_winograd_output(
    float *restrict image, const float *restrict m, long m_pitch, long height, long width,
    long channels, long tiles_x, long first, long count, const float *bias,
    const float *restrict addend, float slope, int accumulate) {
  const long plane = m_pitch * channels;
  const vec zero = {0};
  for (long t = 0; t < count; t++) {
    const long y0 = (first + t) / tiles_x * 4, x0 = (first + t) % tiles_x * 4;
    for (long c = 0; c < channels; c += lanes) {
      const long n = channels - c;
      const float *in = m + t * channels + c;
      vec rows[6][4], column[4];
      for (int i = 0; i < 6; i++) {
        vec d[6];
        for (int j = 0; j < 6; j++) d[j] = load(in + (i * 6 + j) * plane, n);
        output_1d(rows[i], d[0], d[1], d[2], d[3], d[4], d[5]);
      }
      const vec b = bias ? load(bias + c, n) : (vec){0};
      for (int j = 0; j < 4 && x0 + j < width; j++) {
        output_1d(column, rows[0][j], rows[1][j], rows[2][j], rows[3][j], rows[4][j], rows[5][j]);
        for (int i = 0; i < 4 && y0 + i < height; i++) {
          const long at = ((y0 + i) * width + x0 + j) * channels + c;
          float *out = image + at;
          vec y = column[i] + b;
          if (addend) y += load(addend + at, n);
          y = __builtin_elementwise_max(y, zero) + slope * __builtin_elementwise_min(y, zero);
          store(out, accumulate ? load(out, n) + y : y, n);
        }
      }
    }
  }
}

KERNEL void imgdx_winograd_output_backward(
    float *restrict dm, long m_pitch, const float *restrict image, long height, long width,
    long channels, long tiles_x, long first, long count) {
  const long plane = m_pitch * ((channels + panel - 1) / panel * panel);
  for (long t = 0; t < count; t++) {
    const long y0 = (first + t) / tiles_x * 4, x0 = (first + t) % tiles_x * 4;
    for (long c = 0; c < channels; c += lanes) {
      const long n = channels - c;
      vec rows[4][6], column[6];
      for (int i = 0; i < 4; i++) {
        vec d[4];
        for (int j = 0; j < 4; j++)
          d[j] = y0 + i < height && x0 + j < width
                     ? load(image + ((y0 + i) * width + x0 + j) * channels + c, n)
                     : (vec){0};
        output_transposed_1d(rows[i], d[0], d[1], d[2], d[3]);
      }
      float *out = dm + c / panel * panel * m_pitch + t * panel + c % panel;
      for (int j = 0; j < 6; j++) {
        output_transposed_1d(column, rows[0][j], rows[1][j], rows[2][j], rows[3][j]);
        for (int i = 0; i < 6; i++) store(out + (i * 6 + j) * plane, column[i], n);
      }
    }
  }
}

// The weight transform G, row by row.
static const float G[6][3] = {
    {1.0f / 4, 0, 0},
    {-1.0f / 6, -1.0f / 6, -1.0f / 6},
    {-1.0f / 6, 1.0f / 6, -1.0f / 6},
    {1.0f / 24, 1.0f / 12, 1.0f / 6},
    {1.0f / 24, -1.0f / 12, 1.0f / 6},
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
