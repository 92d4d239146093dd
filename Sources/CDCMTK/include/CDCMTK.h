#pragma once
/* DCMTK's image codecs and zlib's inflate behind plain C.

   Callers pass a codestream and the geometry that they have read from its own header; nothing in here looks at a
   DICOM file. No C++ exception leaves these functions and nothing is printed. */
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a codestream holds, as its frame header states it. */
typedef struct {
  uint16_t rows;
  uint16_t columns;
  uint16_t samples;   /* components: 1 or 3 */
  uint16_t precision; /* bits of one sample, 2...16 */
} cdcmtk_geometry;

typedef enum {
  CDCMTK_OK = 0,
  CDCMTK_FAILED = 1,    /* the library refused; the message says why */
  CDCMTK_TRUNCATED = 2, /* the codestream ends before the last sample */
  CDCMTK_TOO_LARGE = 3  /* the result does not fit the given room */
} cdcmtk_status;

/* Decodes one JPEG frame (any Huffman-coded process) without colour conversion, interleaved by pixel: 1 byte a sample
   up to 8 bits, 2 bytes in machine order above. `warnings` counts what the library found wrong yet went on with. */
cdcmtk_status cdcmtk_decode_jpeg(cdcmtk_geometry geometry, const uint8_t *bytes, size_t count, uint8_t *out,
                                 size_t out_count, int *warnings, char *message, size_t message_count);

/* Decodes one JPEG-LS frame, lossless or near-lossless; the same output. */
cdcmtk_status cdcmtk_decode_jpegls(cdcmtk_geometry geometry, const uint8_t *bytes, size_t count, uint8_t *out,
                                   size_t out_count, char *message, size_t message_count);

/* Encodes one frame as lossless JPEG, first-order prediction (process 14, selection value 1). The input is laid out as
   above. On success `*result` is a block of `*result_count` bytes to release with `cdcmtk_free`. */
cdcmtk_status cdcmtk_encode_jpeg_lossless(cdcmtk_geometry geometry, const uint8_t *bytes, size_t count,
                                          uint8_t **result, size_t *result_count, char *message,
                                          size_t message_count);

/* Inflates a raw deflate stream (RFC 1951) into `out`; `*written` says how much there was. */
cdcmtk_status cdcmtk_inflate(const uint8_t *bytes, size_t count, uint8_t *out, size_t out_count, size_t *written);

/* Deflates into a new block to release with `cdcmtk_free`. */
cdcmtk_status cdcmtk_deflate(const uint8_t *bytes, size_t count, uint8_t **result, size_t *result_count);

void cdcmtk_free(uint8_t *block);

/* "3.6.7" */
const char *cdcmtk_version(void);

#ifdef __cplusplus
}
#endif
