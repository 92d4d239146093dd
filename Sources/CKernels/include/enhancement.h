// Loops of the Enhancement module. They hold no decisions: shapes and borders are the caller's.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// Selects one order statistic of `inputs` values for each of `width` pixels of a row.
///
/// `rows` points to `inputs` row segments of at least `width` samples; `pairs` holds `pairCount`
/// comparators (a, b) that leave the smaller value at a; the wanted value ends at index `result`.
/// `scratch` has room for `inputs` x 64 samples.
#define ENHANCE_SELECT(name, type)                                                            \
  void name(const type *const *rows, int inputs, const uint16_t *pairs, int pairCount,       \
            int result, type *out, int width, type *scratch);
ENHANCE_SELECT(enhance_select_u8, uint8_t)
ENHANCE_SELECT(enhance_select_i8, int8_t)
ENHANCE_SELECT(enhance_select_u16, uint16_t)
ENHANCE_SELECT(enhance_select_i16, int16_t)
ENHANCE_SELECT(enhance_select_u32, uint32_t)
ENHANCE_SELECT(enhance_select_i32, int32_t)
ENHANCE_SELECT(enhance_select_f32, float)
ENHANCE_SELECT(enhance_select_f64, double)
#undef ENHANCE_SELECT

/// Non-local means of rows `firstRow` to `firstRow + rowCount`, written to `out` [rowCount, width].
///
/// `padded` is the image with `patchRadius + searchRadius` more pixels on each side, `stride` samples
/// from row to row, and 16 more samples after its last row, which are read and mean nothing.
/// A pixel at displacement t weighs exp(-mean((patch - patch(t))^2) x scale).
/// `scratch` has room for `enhance_nlm_scratch(width, rowCount, patchRadius, searchRadius)` floats.
void enhance_nlm(const float *padded, size_t stride, int width, int firstRow, int rowCount,
                 int patchRadius, int searchRadius, float scale, float *out, float *scratch);
size_t enhance_nlm_scratch(int width, int rowCount, int patchRadius, int searchRadius);

/// out[x] = sum of weights[k] x in[x + k x step], for `count` outputs.
void enhance_filter(const float *in, size_t step, const float *weights, int taps, float *out,
                    size_t count);
