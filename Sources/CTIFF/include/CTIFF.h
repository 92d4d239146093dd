// libtiff behind one call: its variadic accessors and message handlers stay inside this shim.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// Bytes of a message buffer, the closing zero included.
#define CTIFF_MESSAGE_SIZE 256

/// How a call ended.
enum {
  CTIFF_OK = 0,
  CTIFF_CORRUPT = 1,
  CTIFF_UNSUPPORTED = 2,
  CTIFF_OUT_OF_MEMORY = 3
};

/// What one directory says of its picture.
typedef struct {
  uint32_t width, height;
  int bits;          // of one sample: 1...32, or 64
  int samples;       // of one pixel
  int sampleFormat;  // 1 unsigned, 2 signed, 3 floating point
  int photometric;   // 0 white is zero, 1 black is zero, 2 RGB, 3 palette, 5 inks
  int alpha;         // of the last sample: 0 none, 1 premultiplied, 2 not, 3 unknown meaning
  int inkSet;        // of inks: 1 cyan, magenta, yellow and black
  uint32_t depth;    // slices in this one directory (ImageDepth); 1 where it says nothing
  int compression;
  int isTiled;
  int orientation;  // 1...8
  int resolutionUnit;
  float xResolution, yResolution;
  uint32_t strips;         // or tiles
  uint8_t palette[256 * 3];
  char description[256];  // the start of ImageDescription
} CTIFFPage;

/// Reads the directory at `offset`, and, unless `pixels` is null, its picture: samples as stored,
/// interleaved, in 1, 2, 4 or 8 bytes each (the least that holds `bits`), in the machine's order.
/// Colour that libtiff converts (YCbCr, CIE L*a*b*) is told and given as 8-bit RGB.
/// `pixelBytes` must be width x height x samples x bytes of a sample. Data that is missing or does
/// not decode is an error.
int ctiff_read(const uint8_t *bytes, size_t count, uint64_t offset, void *pixels,
               size_t pixelBytes, CTIFFPage *page, char message[CTIFF_MESSAGE_SIZE]);
