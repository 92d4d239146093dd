// Non-local means: for each displacement the squared differences of whole rows, box sums of them
// along columns and rows, and weights, all as vector loops.
#include "enhancement.h"

#include <string.h>

#define CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))

size_t enhance_nlm_scratch(int width, int patchRadius) {
  size_t padded = (size_t)width + 2 * (size_t)patchRadius;
  return padded * (2 * (size_t)patchRadius + 3) + 2 * (size_t)width;
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

CLONES void enhance_nlm(const float *padded, size_t stride, int width, int firstRow, int rowCount,
                        int patchRadius, int searchRadius, float scale, float *out,
                        float *scratch) {
  int side = 2 * patchRadius + 1;
  int wide = width + 2 * patchRadius;
  int border = patchRadius + searchRadius;
  float *squares = scratch;                       // [side, wide], a ring of rows
  float *columns = squares + (size_t)side * (size_t)wide;  // [wide]
  float *sums = columns + wide;                   // [wide]
  float mean = scale / (float)(side * side);
  for (int row = 0; row < rowCount; row++)
    for (int x = 0; x < width; x++) out[(size_t)row * (size_t)width + (size_t)x] = 0;
  float *total = out + (size_t)rowCount * (size_t)width;
  memset(total, 0, (size_t)rowCount * (size_t)width * sizeof(float));
  for (int down = -searchRadius; down <= searchRadius; down++) {
    for (int right = -searchRadius; right <= searchRadius; right++) {
      for (int y = -patchRadius; y < rowCount + patchRadius; y++) {
        size_t line = (size_t)(firstRow + y + border);
        const float *here = padded + line * stride + (size_t)searchRadius;
        const float *there = padded + (size_t)((ptrdiff_t)line + down) * stride +
                             (size_t)(searchRadius + right);
        float *restrict ring = squares + (size_t)((firstRow + y + patchRadius) % side) * (size_t)wide;
        for (int x = 0; x < wide; x++) {
          float difference = here[x] - there[x];
          ring[x] = difference * difference;
        }
        int row = y - patchRadius;
        if (row < 0) continue;
        // Summed anew for each row, in an order that the cut into blocks does not change.
        for (int x = 0; x < wide; x++) columns[x] = squares[x];
        for (int k = 1; k < side; k++) {
          const float *restrict other = squares + (size_t)k * (size_t)wide;
          for (int x = 0; x < wide; x++) columns[x] += other[x];
        }
        for (int x = 0; x < width; x++) sums[x] = columns[x];
        for (int k = 1; k < side; k++)
          for (int x = 0; x < width; x++) sums[x] += columns[x + k];
        const float *restrict value =
            padded + (size_t)(firstRow + row + border + down) * stride + (size_t)(border + right);
        float *restrict sum = out + (size_t)row * (size_t)width;
        float *restrict weights = total + (size_t)row * (size_t)width;
        for (int x = 0; x < width; x++) {
          float weight = exponential(-sums[x] * mean);
          sum[x] += weight * value[x];
          weights[x] += weight;
        }
      }
    }
  }
  for (size_t i = 0; i < (size_t)rowCount * (size_t)width; i++) out[i] /= total[i];
}
