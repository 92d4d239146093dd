// Order statistics by a comparator network, 64 pixels at a time, so that each comparator is a few
// vector minima and maxima.
#include "enhancement.h"

#include <string.h>

#define CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#define STRIP 64

#define ENHANCE_SELECT(name, type)                                                            \
  CLONES void name(const type *const *rows, int inputs, const uint16_t *pairs, int pairCount, \
                   int result, type *out, int width, type *scratch) {                         \
    for (int x = 0; x < width; x += STRIP) {                                                  \
      int count = width - x < STRIP ? width - x : STRIP;                                      \
      for (int i = 0; i < inputs; i++) {                                                      \
        type *lane = scratch + (size_t)i * STRIP;                                             \
        memcpy(lane, rows[i] + x, (size_t)count * sizeof(type));                              \
        for (int k = count; k < STRIP; k++) lane[k] = 0;                                      \
      }                                                                                       \
      for (int p = 0; p < pairCount; p++) {                                                   \
        type *restrict low = scratch + (size_t)pairs[2 * p] * STRIP;                          \
        type *restrict high = scratch + (size_t)pairs[2 * p + 1] * STRIP;                     \
        for (int k = 0; k < STRIP; k++) {                                                     \
          type a = low[k], b = high[k];                                                       \
          low[k] = a < b ? a : b;                                                             \
          high[k] = a < b ? b : a;                                                            \
        }                                                                                     \
      }                                                                                       \
      memcpy(out + x, scratch + (size_t)result * STRIP, (size_t)count * sizeof(type));        \
    }                                                                                         \
  }
ENHANCE_SELECT(enhance_select_u8, uint8_t)
ENHANCE_SELECT(enhance_select_i8, int8_t)
ENHANCE_SELECT(enhance_select_u16, uint16_t)
ENHANCE_SELECT(enhance_select_i16, int16_t)
ENHANCE_SELECT(enhance_select_u32, uint32_t)
ENHANCE_SELECT(enhance_select_i32, int32_t)
ENHANCE_SELECT(enhance_select_f32, float)
ENHANCE_SELECT(enhance_select_f64, double)
