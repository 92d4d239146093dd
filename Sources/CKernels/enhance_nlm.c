// Non-local means: for each displacement the squared differences of whole rows, box sums of them
// along columns and rows, and weights, all as vector loops. A pixel weighs as much for its partner
// as the partner for the pixel, so each pair of opposite displacements is computed once.
#include "enhancement.h"

#include <string.h>

#define CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))

size_t enhance_nlm_scratch(int width, int patchRadius, int searchRadius) {
  size_t wide = (size_t)width + (size_t)searchRadius + 2 * (size_t)patchRadius;
  return wide * (2 * (size_t)patchRadius + 3);
}

// exp(x) for x <= 0, within 1e-6 relative: 2^n times a polynomial of the rest; as for -87 below it.
static inline float exponential(float x) {
  x = x < -87.0f ? -87.0f : x;
  float scaled = x * 1.44269504f;
  float shifted = scaled + 12582912.0f;  // rounds to the nearest integer
  float whole = shifted - 12582912.0f;
  float rest = (scaled - whole) * 0.693147181f;
  float value =
      1.0f +
      rest * (1.0f +
              rest * (0.5f + rest * (0.166666667f +
                                     rest * (0.0416666667f +
                                             rest * (0.00833333333f + rest * 0.00138888889f)))));
  union {
    int32_t bits;
    float number;
  } power = {.bits = ((int32_t)whole + 127) * (1 << 23)};
  return value * power.number;
}

// What all displacements of one call share.
typedef struct {
  const float *padded;
  size_t stride;
  int width, firstRow, rowCount, patchRadius, searchRadius;
  float scale;
  float *sum, *total;  // [rowCount, width]
  float *scratch;
} Block;

// Adds weighted values to a row of the sums.
static inline __attribute__((always_inline)) void average(const Block *block, int row,
                                                          const float *weight,
                                                          const float *value) {
  float *sum = block->sum + (size_t)row * (size_t)block->width;
  float *total = block->total + (size_t)row * (size_t)block->width;
  const int width = block->width;
  // Weights, values and sums never overlap; once inlined, the compiler cannot see it.
#pragma clang loop vectorize(assume_safety)
  for (int x = 0; x < width; x++) {
    sum[x] += weight[x] * value[x];
    total[x] += weight[x];
  }
}

// The pixels at (x, y) and (x + right, y + down) average each other. `side` is a constant where this
// is inlined, so that its loops unroll.
static inline __attribute__((always_inline)) void pairs(const Block *block, int down, int right,
                                                        int side) {
  const int radius = side / 2, reach = right < 0 ? -right : right;
  const int border = radius + block->searchRadius, width = block->width;
  // Weights are needed where either pixel of the pair lies in the picture: from column `left` on.
  const int left = right < 0 ? 0 : -right, count = width + reach, wide = count + 2 * radius;
  float *squares = block->scratch;  // [side, wide], a ring of rows
  float *restrict columns = squares + (size_t)side * (size_t)wide;
  float *restrict weights = columns + wide;
  const float mean = block->scale / (float)(side * side);
  const ptrdiff_t partner = (ptrdiff_t)down * (ptrdiff_t)block->stride + right;
  for (int y = -down - radius; y < block->rowCount + radius; y++) {
    const float *here = block->padded + (size_t)(block->firstRow + y + border) * block->stride +
                        (size_t)(border + left - radius);
    const float *there = here + partner;
    int slot = (block->firstRow + y + border) % side;
    float *ring = squares + (size_t)slot * (size_t)wide;
#pragma clang loop vectorize(assume_safety)
    for (int x = 0; x < wide; x++) {
      float difference = here[x] - there[x];
      ring[x] = difference * difference;
    }
    const int row = y - radius;
    if (row < -down) continue;
    // Summed anew for each row, in an order that the cut into blocks does not change.
    for (int x = 0; x < wide; x++) {
      float sum = squares[x];
      for (int k = 1; k < side; k++) sum += squares[(size_t)k * (size_t)wide + (size_t)x];
      columns[x] = sum;
    }
    for (int x = 0; x < count; x++) {
      float sum = columns[x];
      for (int k = 1; k < side; k++) sum += columns[x + k];
      weights[x] = exponential(-sum * mean);
    }
    const float *value = block->padded + (size_t)(block->firstRow + row + border) * block->stride +
                         (size_t)border;
    if (row >= 0) average(block, row, weights - left, value + partner);
    if (row + down < block->rowCount)
      average(block, row + down, weights - left - right, value - right);
  }
}

CLONES void enhance_nlm(const float *padded, size_t stride, int width, int firstRow, int rowCount,
                        int patchRadius, int searchRadius, float scale, float *out,
                        float *scratch) {
  const size_t pixels = (size_t)rowCount * (size_t)width;
  const int border = patchRadius + searchRadius;
  Block block = {padded, stride, width, firstRow, rowCount, patchRadius, searchRadius, scale,
                 out, out + pixels, scratch};
  // Each pixel weighs 1 for itself.
  for (int row = 0; row < rowCount; row++)
    memcpy(out + (size_t)row * (size_t)width,
           padded + (size_t)(firstRow + row + border) * stride + (size_t)border,
           (size_t)width * sizeof(float));
  for (size_t i = 0; i < pixels; i++) block.total[i] = 1;
  for (int down = 0; down <= searchRadius; down++) {
    for (int right = down == 0 ? 1 : -searchRadius; right <= searchRadius; right++) {
      switch (patchRadius) {
        case 1: pairs(&block, down, right, 3); break;
        case 2: pairs(&block, down, right, 5); break;
        case 3: pairs(&block, down, right, 7); break;
        default: pairs(&block, down, right, 2 * patchRadius + 1);
      }
    }
  }
  for (size_t i = 0; i < pixels; i++) out[i] /= block.total[i];
}
