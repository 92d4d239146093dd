// libjpeg-turbo behind two calls: its setjmp error handling starts and ends inside this shim.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// Bytes of a message buffer, the closing zero included.
#define CJPEG_MESSAGE_SIZE 256

/// How a call ended.
enum {
  CJPEG_OK = 0,
  CJPEG_CORRUPT = 1,
  CJPEG_TRUNCATED = 2,
  CJPEG_UNSUPPORTED = 3,
  CJPEG_TOO_MANY_SCANS = 4,
  CJPEG_OUT_OF_MEMORY = 5
};

typedef struct {
  uint32_t width, height;
  int components;    // of the output: 1 grey, 3 RGB, 4 CMYK as stored (Adobe: 255 is no ink)
  int isProgressive;
  int hasAdobeMarker;
  int lacksEnd;      // the data end behind the last sample, before the end marker
  int strayBytes;    // bytes between segments that belong to none
  int isIncomplete;  // a progressive image whose last refinements are absent
} CJPEGHeader;

/// Reads the header only, when `pixels` is null; else all rows as well. `pixelBytes` must be
/// width x height x components. Data that is missing or does not decode is an error.
int cjpeg_read(const uint8_t *bytes, size_t count, uint8_t *pixels, size_t pixelBytes,
               int maximumScans, CJPEGHeader *header, char message[CJPEG_MESSAGE_SIZE]);

/// Writes a baseline JPEG of 1 or 3 components, chroma not subsampled, into memory that the caller
/// frees with `cjpeg_free`.
int cjpeg_write(uint32_t width, uint32_t height, int components, int quality,
                const uint8_t *pixels, uint8_t **bytes, size_t *count,
                char message[CJPEG_MESSAGE_SIZE]);

void cjpeg_free(uint8_t *bytes);
