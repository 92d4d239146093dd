// Non-local means: for each displacement the squared differences of whole rows, box sums of them
// along columns and rows, and weights, all as vector loops. A pixel weighs as much for its partner
// as the partner for the pixel, so each pair of opposite displacements is computed once.
#include "enhancement.h"
#include "kernel.h"

enum { lanes = 16 };
typedef float vec __attribute__((vector_size(4 * lanes)));
typedef int32_t ivec __attribute__((vector_size(4 * lanes)));
#define INLINE static inline __attribute__((always_inline))

INLINE vec load(const float *p) {
  vec v;
  memcpy(&v, p, sizeof v);
  return v;
}

INLINE void store(float *p, vec v) { memcpy(p, &v, sizeof v); }

// 2^x for x <= 0, within 2e-7 relative; as for -126 below it. The whole part goes into the exponent's
// bits; the rest, at most a half, through the polynomial of least relative error.
INLINE vec power_of_two(vec x) {
  x = __builtin_elementwise_max(x, (vec){0} - 126.0f);
  const vec shifted = x + 12582912.0f;  // rounds to the nearest integer, in the lowest bits
  const vec r = x - (shifted - 12582912.0f);
  const vec tail = 0.240221197f + r * (0.0555071332f + r * (0.00967554121f + r * 0.00132764566f));
  const vec value = 1.00000007f + r * (0.693146967f + r * tail);
  return (vec)((ivec)value + ((ivec)shifted << 23));
}

// What all displacements of one call share.
typedef struct {
  const float *padded;
  size_t stride;
  int width, firstRow, rowCount, patchRadius, searchRadius;
  float scale;
  // Floats from row to row, and of a row in the sums: whole vectors. What lies beyond a row's end is
  // computed too, and means nothing.
  int pitch, sumPitch;
  float *sum, *total;  // [rowCount, sumPitch]
  float *scratch;
} Block;

static int whole(int count) { return (count + lanes - 1) / lanes * lanes; }

static int pitch_of(int width, int patchRadius, int searchRadius) {
  return whole(width + searchRadius + 2 * patchRadius) + 2 * lanes;
}

size_t enhance_nlm_scratch(int width, int rowCount, int patchRadius, int searchRadius) {
  const size_t pitch = (size_t)pitch_of(width, patchRadius, searchRadius);
  return 2 * (size_t)rowCount * (size_t)whole(width) + pitch * (4 * (size_t)patchRadius + 5);
}

// One of the displacements that are worked on together.
typedef struct {
  int right;
  // Weights are needed where either pixel of the pair lies in the picture: from this column on.
  int left;
  int count;
  ptrdiff_t partner;
  float *squares;  // [side, pitch], a ring of rows
  float *weights;  // [pitch]
} Displacement;

INLINE void square(const Block *block, const Displacement *d, int y, int side) {
  const int radius = side / 2, border = radius + block->searchRadius;
  const int line = block->firstRow + y + border;
  const float *here = block->padded + (size_t)line * block->stride + (border + d->left - radius);
  float *ring = d->squares + (size_t)(line % side) * (size_t)block->pitch;
  const int wide = d->count + 2 * radius;
  for (int x = 0; x < wide; x += lanes) {
    const vec difference = load(here + x) - load(here + d->partner + x);
    store(ring + x, difference * difference);
  }
}

// Summed anew for each row, in an order that the cut into blocks does not change.
INLINE void weigh(const Block *block, const Displacement *d, float *restrict columns, int side) {
  const size_t pitch = (size_t)block->pitch;
  const int wide = d->count + 2 * (side / 2);
  for (int x = 0; x < wide; x += lanes) {
    vec sum = load(d->squares + x);
    for (int k = 1; k < side; k++) sum += load(d->squares + (size_t)k * pitch + x);
    store(columns + x, sum);
  }
  // exp(-x) as a power of two.
  const float mean = -1.44269504f * block->scale / (float)(side * side);
  for (int x = 0; x < d->count; x += lanes) {
    vec sum = load(columns + x);
    for (int k = 1; k < side; k++) sum += load(columns + x + k);
    store(d->weights + x, power_of_two(sum * mean));
  }
}

// Adds the weighted values of `n` partners to a row of the sums.
INLINE void average(
    const Block *block, int row, const float *const *weights, const float *const *values, int n) {
  float *restrict sum = block->sum + (size_t)row * (size_t)block->sumPitch;
  float *restrict total = block->total + (size_t)row * (size_t)block->sumPitch;
  for (int x = 0; x < block->sumPitch; x += lanes) {
    vec s = load(sum + x), t = load(total + x);
    for (int i = 0; i < n; i++) {
      const vec w = load(weights[i] + x);
      s += w * load(values[i] + x);
      t += w;
    }
    store(sum + x, s);
    store(total + x, t);
  }
}

// The pixels at (x, y) and (x + right, y + down) average each other, for `n` steps to the right from
// the given one. `side` and `n` are constants where this is inlined, so that its loops unroll.
INLINE void pairs(const Block *block, int down, int right, int side, int n) {
  const int radius = side / 2, border = radius + block->searchRadius;
  const size_t pitch = (size_t)block->pitch;
  float *columns = block->scratch;
  Displacement steps[2];
  for (int i = 0; i < n; i++) {
    const int r = right + i, reach = r < 0 ? -r : r;
    float *own = block->scratch + pitch * (1 + (size_t)(i * (side + 1)));
    steps[i] = (Displacement){
        r, r < 0 ? 0 : -r, block->width + reach, (ptrdiff_t)down * (ptrdiff_t)block->stride + r, own,
        own + pitch * (size_t)side};
  }
  for (int y = -down - radius; y < block->rowCount + radius; y++) {
    const int row = y - radius;
    for (int i = 0; i < n; i++) {
      square(block, &steps[i], y, side);
      if (row >= -down) weigh(block, &steps[i], columns, side);
    }
    if (row < -down) continue;
    const float *value =
        block->padded + (size_t)(block->firstRow + row + border) * block->stride + (size_t)border;
    const float *weights[2], *values[2];
    if (row >= 0) {
      for (int i = 0; i < n; i++) {
        weights[i] = steps[i].weights - steps[i].left;
        values[i] = value + steps[i].partner;
      }
      average(block, row, weights, values, n);
    }
    if (row + down < block->rowCount) {
      for (int i = 0; i < n; i++) {
        weights[i] = steps[i].weights - steps[i].left - steps[i].right;
        values[i] = value - steps[i].right;
      }
      average(block, row + down, weights, values, n);
    }
  }
}

INLINE void displaced(const Block *block, int side) {
  for (int down = 0; down <= block->searchRadius; down++) {
    int right = down == 0 ? 1 : -block->searchRadius;
    // In twos, so that the sums are read and written half as often.
    for (; right < block->searchRadius; right += 2) pairs(block, down, right, side, 2);
    if (right == block->searchRadius) pairs(block, down, right, side, 1);
  }
}

KERNEL void enhance_nlm(
    const float *padded, size_t stride, int width, int firstRow, int rowCount, int patchRadius,
    int searchRadius, float scale, float *out, float *scratch) {
  const int border = patchRadius + searchRadius, sumPitch = whole(width);
  const size_t sums = (size_t)rowCount * (size_t)sumPitch;
  const Block block = {
      padded, stride, width, firstRow, rowCount, patchRadius, searchRadius, scale,
      pitch_of(width, patchRadius, searchRadius), sumPitch, scratch, scratch + sums,
      scratch + 2 * sums};
  // Each pixel weighs 1 for itself.
  for (int row = 0; row < rowCount; row++) {
    const float *value = padded + (size_t)(firstRow + row + border) * stride + (size_t)border;
    for (int x = 0; x < sumPitch; x++) {
      block.sum[(size_t)row * (size_t)sumPitch + (size_t)x] = value[x];
      block.total[(size_t)row * (size_t)sumPitch + (size_t)x] = 1;
    }
  }
  switch (patchRadius) {
    case 1: displaced(&block, 3); break;
    case 2: displaced(&block, 5); break;
    case 3: displaced(&block, 7); break;
    default: displaced(&block, 2 * patchRadius + 1);
  }
  for (int row = 0; row < rowCount; row++)
    for (int x = 0; x < width; x++) {
      const size_t at = (size_t)row * (size_t)sumPitch + (size_t)x;
      out[(size_t)row * (size_t)width + (size_t)x] = block.sum[at] / block.total[at];
    }
}
