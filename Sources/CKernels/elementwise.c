#include "kernel.h"
#include "include/elementwise.h"
#include <math.h>

// e^x = 2^n e^r with n = round(x / ln 2) and |r| <= ln 2 / 2; Taylor's series of e^r to the seventh
// power is exact to one unit in the last place there. Vectorises, which expf does not.
static inline __attribute__((always_inline)) float exponential(float x) {
  x = x > 88.37f ? 88.37f : x;
  x = x < -87.3f ? -87.3f : x;
  // 1.5 * 2^23 rounds to the nearest integer and leaves it in the lowest bits.
  union { float value; uint32_t bits; } shifted = {.value = x * 1.44269504f + 12582912.0f};
  const float n = shifted.value - 12582912.0f;
  const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.0f / 5040;
  p = p * r + 1.0f / 720;
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = p * r * r + r + 1;
  union { uint32_t bits; float value; } scale = {.bits = (shifted.bits + 127) << 23};
  return p * scale.value;
}

static inline __attribute__((always_inline)) float logistic(float x) {
  return 1 / (1 + exponential(-x));
}

// e^x - 1 without cancellation near zero, by its series.
static inline __attribute__((always_inline)) float exponential_less_one(float x) {
  const float series =
      x * (1 + x * (0.5f + x * (1.0f / 6 + x * (1.0f / 24 + x * (1.0f / 120 + x / 720)))));
  const float direct = exponential(x) - 1;
  return fabsf(x) < 0.3f ? series : direct;
}

static inline __attribute__((always_inline)) float hyperbolic_tangent(float x) {
  const float q = exponential_less_one(-2 * fabsf(x));
  return copysignf(-q / (q + 2), x);
}

// Abramowitz and Stegun 7.1.26 (error at most 1.5e-7); Taylor's series near zero keeps the sign and
// the relative error.
static inline __attribute__((always_inline)) float error_function(float x) {
  const float z = fabsf(x), t = 1 / (1 + 0.3275911f * z), s = x * x;
  float p = 1.061405429f;
  p = p * t - 1.453152027f;
  p = p * t + 1.421413741f;
  p = p * t - 0.284496736f;
  p = p * t + 0.254829592f;
  const float far = copysignf(1 - p * t * exponential(-s), x);
  const float near = x * (1.128379167f +
      s * (-0.376126389f + s * (0.112837917f + s * (-0.0268661706f + s * (0.00522397762f - s * 8.54832702e-4f)))));
  return z < 0.5f ? near : far;
}

#define BROADCAST(name, value)                                                               \
  KERNEL void imgdx_broadcast_##name(                                                        \
      float *y, long sy, const float *a, long sa, const float *b, long sb, long count) {     \
    if (sy == 1 && sa == 1 && sb == 1) {                                                     \
      for (long i = 0; i < count; i++) {                                                     \
        const float p = a[i], q = b[i];                                                      \
        y[i] = value;                                                                        \
      }                                                                                      \
    } else if (sy == 1 && sa == 1 && sb == 0) {                                              \
      const float q = *b;                                                                    \
      for (long i = 0; i < count; i++) {                                                     \
        const float p = a[i];                                                                \
        y[i] = value;                                                                        \
      }                                                                                      \
    } else {                                                                                 \
      for (long i = 0; i < count; i++) {                                                     \
        const float p = a[i * sa], q = b[i * sb];                                            \
        y[i * sy] = value;                                                                   \
      }                                                                                      \
    }                                                                                        \
  }

static inline float power(float p, float q) {
  if (q == 2) return p * p;
  if (q == 0.5f) return sqrtf(p);
  return powf(p, q);
}

BROADCAST(add, p + q)
BROADCAST(subtract, p - q)
BROADCAST(multiply, p * q)
BROADCAST(divide, p / q)
BROADCAST(power, power(p, q))
BROADCAST(minimum, p < q ? p : q)
BROADCAST(maximum, p > q ? p : q)
BROADCAST(prelu, p > 0 ? p : p * q)

#define ELEMENTWISE(name, value, slope)                                                      \
  KERNEL void imgdx_##name(float *y, const float *x, float alpha, float beta, long count) {  \
    (void)alpha, (void)beta;                                                                 \
    for (long i = 0; i < count; i++) {                                                       \
      const float v = x[i];                                                                  \
      y[i] = value;                                                                          \
    }                                                                                        \
  }                                                                                          \
  KERNEL void imgdx_##name##_backward(                                                       \
      float *restrict dx, const float *restrict x, const float *restrict y,                  \
      const float *restrict dy, float alpha, float beta, long count, int accumulate) {       \
    (void)alpha, (void)beta;                                                                 \
    for (long i = 0; i < count; i++) {                                                       \
      const float v = x[i], w = y[i];                                                        \
      (void)v, (void)w;                                                                      \
      const float g = dy[i] * (slope);                                                       \
      dx[i] = accumulate ? dx[i] + g : g;                                                    \
    }                                                                                        \
  }

static inline __attribute__((always_inline)) float soft_plus(float v) {
  return (v > 0 ? v : 0) + log1pf(exponential(-fabsf(v)));
}

static inline __attribute__((always_inline)) float clamp01(float v) {
  return v < 0 ? 0 : v > 1 ? 1 : v;
}

// The normal distribution's density, and what the tanh form of GELU approximates its integral by.
static inline __attribute__((always_inline)) float density(float v) {
  return 0.398942280f * exponential(-0.5f * v * v);
}
static inline __attribute__((always_inline)) float gelu_bend(float v) {
  return hyperbolic_tangent(0.797884561f * (v + 0.044715f * v * v * v));
}

ELEMENTWISE(sigmoid, logistic(v), w * (1 - w))
ELEMENTWISE(tanh, hyperbolic_tangent(v), 1 - w * w)
ELEMENTWISE(erf, error_function(v), 1.128379167f * exponential(-v * v))
ELEMENTWISE(sqrt, sqrtf(v), 0.5f / w)
ELEMENTWISE(exp, expf(v), w)
ELEMENTWISE(log, logf(v), 1 / v)
ELEMENTWISE(abs, fabsf(v), v > 0 ? 1.0f : v < 0 ? -1.0f : 0.0f)
ELEMENTWISE(negate, -v, -1.0f)
ELEMENTWISE(reciprocal, 1 / v, -w * w)
ELEMENTWISE(softplus, soft_plus(v), logistic(v))
ELEMENTWISE(softsign, v / (1 + fabsf(v)), 1 / ((1 + fabsf(v)) * (1 + fabsf(v))))
ELEMENTWISE(mish, v * hyperbolic_tangent(soft_plus(v)),
    hyperbolic_tangent(soft_plus(v))
        + v * logistic(v) * (1 - hyperbolic_tangent(soft_plus(v)) * hyperbolic_tangent(soft_plus(v))))
ELEMENTWISE(hard_swish, v * clamp01(v * (1.0f / 6) + 0.5f),
    v <= -3 ? 0.0f : v >= 3 ? 1.0f : v * (1.0f / 3) + 0.5f)
ELEMENTWISE(swish, v * logistic(v), logistic(v) * (1 + v * (1 - logistic(v))))
ELEMENTWISE(elu, v > 0 ? v : alpha * exponential_less_one(v), v > 0 ? 1.0f : w + alpha)
ELEMENTWISE(celu, v > 0 ? v : alpha * exponential_less_one(v / alpha),
    v > 0 ? 1.0f : exponential(v / alpha))
ELEMENTWISE(selu, beta * (v > 0 ? v : alpha * exponential_less_one(v)),
    v > 0 ? beta : w + alpha * beta)
ELEMENTWISE(hard_sigmoid, clamp01(alpha * v + beta),
    alpha * v + beta > 0 && alpha * v + beta < 1 ? alpha : 0.0f)
ELEMENTWISE(threshold, v > alpha ? v : 0.0f, v > alpha ? 1.0f : 0.0f)
ELEMENTWISE(gelu, 0.5f * v * (1 + error_function(v * 0.707106781f)),
    0.5f * (1 + error_function(v * 0.707106781f)) + v * density(v))
ELEMENTWISE(gelu_tanh, 0.5f * v * (1 + gelu_bend(v)),
    0.5f * (1 + gelu_bend(v))
        + 0.5f * v * (1 - gelu_bend(v) * gelu_bend(v)) * 0.797884561f * (1 + 0.134145f * v * v))
// The upper bound wins where it is below the lower one.
ELEMENTWISE(clip, v > beta || alpha > beta ? beta : v < alpha ? alpha : v,
    v >= alpha && v <= beta ? 1.0f : 0.0f)
