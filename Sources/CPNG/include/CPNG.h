// libpng behind two calls: its setjmp error handling starts and ends inside this shim.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// Bytes of a message buffer, the closing zero included.
#define CPNG_MESSAGE_SIZE 128

/// How a call ended.
enum { CPNG_OK = 0, CPNG_CORRUPT = 1, CPNG_TRUNCATED = 2, CPNG_OUT_OF_MEMORY = 3 };

/// What stands in the header chunks before the first IDAT.
typedef struct {
  uint32_t width, height;
  int bitDepth;      // 1, 2, 4, 8 or 16
  int colorType;     // 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha
  int samples;       // stored samples of one pixel: 1...4
  int interlaced;
  int paletteCount;  // entries of `palette`
  uint8_t palette[256 * 3];
  int alphaCount;    // entries of `alpha`, the palette's tRNS
  uint8_t alpha[256];
  int hasKey;        // tRNS of grey and RGB images: the stored value that is transparent
  uint16_t key[3];
} CPNGHeader;

/// Reads the header only, when `pixels` is null; else all rows as well, samples as stored: one byte a
/// sample up to 8 bits (packed ones unpacked, not scaled), two in the machine's order for 16.
/// `pixelBytes` must be width x height x samples x bytes of a sample.
int cpng_read(const uint8_t *bytes, size_t count, uint8_t *pixels, size_t pixelBytes,
              CPNGHeader *header, char message[CPNG_MESSAGE_SIZE]);

/// Writes a PNG of 8- or 16-bit samples (16-bit ones in the machine's order) into memory that the
/// caller frees with `cpng_free`.
int cpng_write(uint32_t width, uint32_t height, int bitDepth, int colorType, const uint8_t *pixels,
               int level, uint8_t **bytes, size_t *count, char message[CPNG_MESSAGE_SIZE]);

void cpng_free(uint8_t *bytes);
