// Functions of one or two values, element by element, with their slopes.
#pragma once

/// y[i * sy] = f(a[i * sa], b[i * sb]); a step of 0 repeats one value.
#define IMGDX_BROADCAST(name)                                                                \
  void imgdx_broadcast_##name(                                                               \
      float *y, long sy, const float *a, long sa, const float *b, long sb, long count);
IMGDX_BROADCAST(add)
IMGDX_BROADCAST(subtract)
IMGDX_BROADCAST(multiply)
IMGDX_BROADCAST(divide)
IMGDX_BROADCAST(power)
IMGDX_BROADCAST(minimum)
IMGDX_BROADCAST(maximum)
IMGDX_BROADCAST(prelu)

/// y = f(x), and dx (+)= f'(x) dy; y is the forward result, alpha and beta are f's own numbers.
#define IMGDX_ELEMENTWISE(name)                                                              \
  void imgdx_##name(float *y, const float *x, float alpha, float beta, long count);          \
  void imgdx_##name##_backward(                                                              \
      float *dx, const float *x, const float *y, const float *dy, float alpha, float beta,   \
      long count, int accumulate);
IMGDX_ELEMENTWISE(sigmoid)
IMGDX_ELEMENTWISE(tanh)
IMGDX_ELEMENTWISE(erf)
IMGDX_ELEMENTWISE(sqrt)
IMGDX_ELEMENTWISE(exp)
IMGDX_ELEMENTWISE(log)
IMGDX_ELEMENTWISE(abs)
IMGDX_ELEMENTWISE(negate)
IMGDX_ELEMENTWISE(reciprocal)
IMGDX_ELEMENTWISE(softplus)
IMGDX_ELEMENTWISE(softsign)
IMGDX_ELEMENTWISE(mish)
IMGDX_ELEMENTWISE(hard_swish)
IMGDX_ELEMENTWISE(swish)
IMGDX_ELEMENTWISE(elu)
IMGDX_ELEMENTWISE(celu)
IMGDX_ELEMENTWISE(selu)
IMGDX_ELEMENTWISE(hard_sigmoid)
IMGDX_ELEMENTWISE(threshold)
IMGDX_ELEMENTWISE(gelu)
IMGDX_ELEMENTWISE(gelu_tanh)
IMGDX_ELEMENTWISE(clip)
