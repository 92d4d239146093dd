// libpng's row interface under setjmp, which Swift cannot call.
#include "CPNG.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  const uint8_t *bytes;
  size_t count, offset;
  int status;
  char *message;
} Source;

typedef struct {
  uint8_t *bytes;
  size_t count, capacity;
  char *message;
} Sink;

static void say(char *message, const char *text) { snprintf(message, CPNG_MESSAGE_SIZE, "%s", text); }

static void on_read_error(png_structp png, png_const_charp text) {
  Source *source = png_get_error_ptr(png);
  if (source->status == CPNG_OK) source->status = CPNG_CORRUPT;
  say(source->message, text);
  png_longjmp(png, 1);
}

static void on_write_error(png_structp png, png_const_charp text) {
  Sink *sink = png_get_error_ptr(png);
  say(sink->message, text);
  png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

static void read_bytes(png_structp png, png_bytep out, size_t count) {
  Source *source = png_get_io_ptr(png);
  if (count > source->count - source->offset) {
    source->status = CPNG_TRUNCATED;
    png_error(png, "the file ends early");
  }
  memcpy(out, source->bytes + source->offset, count);
  source->offset += count;
}

static void fill_header(png_structp png, png_infop info, CPNGHeader *header) {
  png_colorp palette = NULL;
  png_bytep alpha = NULL;
  png_color_16p key = NULL;
  int paletteCount = 0, alphaCount = 0;
  header->width = png_get_image_width(png, info);
  header->height = png_get_image_height(png, info);
  header->bitDepth = png_get_bit_depth(png, info);
  header->colorType = png_get_color_type(png, info);
  header->samples = png_get_channels(png, info);
  header->interlaced = png_get_interlace_type(png, info) != PNG_INTERLACE_NONE;
  if (png_get_PLTE(png, info, &palette, &paletteCount) && paletteCount <= 256) {
    header->paletteCount = paletteCount;
    for (int i = 0; i < paletteCount; i++) {
      header->palette[3 * i] = palette[i].red;
      header->palette[3 * i + 1] = palette[i].green;
      header->palette[3 * i + 2] = palette[i].blue;
    }
  }
  if (!png_get_tRNS(png, info, &alpha, &alphaCount, &key)) return;
  if (header->colorType == PNG_COLOR_TYPE_PALETTE && alpha && alphaCount <= 256) {
    header->alphaCount = alphaCount;
    memcpy(header->alpha, alpha, (size_t)alphaCount);
  } else if (key) {
    int grey = header->colorType == PNG_COLOR_TYPE_GRAY;
    header->hasKey = 1;
    header->key[0] = grey ? key->gray : key->red;
    header->key[1] = key->green;
    header->key[2] = key->blue;
  }
}

static void read_rows(png_structp png, png_infop info, uint8_t *pixels, size_t pixelBytes,
                      const CPNGHeader *header) {
  if (header->bitDepth < 8) png_set_packing(png);
  if (header->bitDepth == 16) png_set_swap(png);
  int passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);
  size_t rowBytes = png_get_rowbytes(png, info);
  if (rowBytes == 0 || pixelBytes / rowBytes != header->height || pixelBytes % rowBytes != 0)
    png_error(png, "the row size is not what the header says");
  for (int pass = 0; pass < passes; pass++)
    for (uint32_t row = 0; row < header->height; row++)
      png_read_row(png, pixels + row * rowBytes, NULL);
  png_read_end(png, NULL);
}

int cpng_read(const uint8_t *bytes, size_t count, uint8_t *pixels, size_t pixelBytes,
              CPNGHeader *header, char message[CPNG_MESSAGE_SIZE]) {
  Source source = {bytes, count, 0, CPNG_OK, message};
  memset(header, 0, sizeof *header);
  say(message, "");
  png_structp png =
      png_create_read_struct(PNG_LIBPNG_VER_STRING, &source, on_read_error, on_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info) {
    png_destroy_read_struct(&png, NULL, NULL);
    return CPNG_OUT_OF_MEMORY;
  }
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_read_struct(&png, &info, NULL);
    return source.status;
  }
  png_set_read_fn(png, &source, read_bytes);
  // The caller checks the size against its own limit; a wrong checksum anywhere spoils the file.
  png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
  png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
  // Only tRNS of the ancillary chunks changes samples; the others are skipped, not judged.
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  png_set_benign_errors(png, 0);
  png_read_info(png, info);
  fill_header(png, info, header);
  if (pixels) read_rows(png, info, pixels, pixelBytes, header);
  png_destroy_read_struct(&png, &info, NULL);
  return CPNG_OK;
}

static void write_bytes(png_structp png, png_bytep bytes, size_t count) {
  Sink *sink = png_get_io_ptr(png);
  if (count > sink->capacity - sink->count) {
    size_t capacity = (sink->count + count) * 2;
    uint8_t *grown = realloc(sink->bytes, capacity);
    if (!grown) png_error(png, "out of memory");
    sink->bytes = grown;
    sink->capacity = capacity;
  }
  memcpy(sink->bytes + sink->count, bytes, count);
  sink->count += count;
}

static void flush_nothing(png_structp png) { (void)png; }

int cpng_write(uint32_t width, uint32_t height, int bitDepth, int colorType, const uint8_t *pixels,
               int level, uint8_t **bytes, size_t *count, char message[CPNG_MESSAGE_SIZE]) {
  Sink sink = {NULL, 0, 0, message};
  say(message, "");
  png_structp png =
      png_create_write_struct(PNG_LIBPNG_VER_STRING, &sink, on_write_error, on_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info) {
    png_destroy_write_struct(&png, NULL);
    return CPNG_OUT_OF_MEMORY;
  }
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_write_struct(&png, &info);
    free(sink.bytes);
    return CPNG_CORRUPT;
  }
  png_set_write_fn(png, &sink, write_bytes, flush_nothing);
  png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
  png_set_compression_level(png, level);
  png_set_IHDR(png, info, width, height, bitDepth, colorType, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  if (bitDepth == 16) png_set_swap(png);
  size_t rowBytes = png_get_rowbytes(png, info);
  for (uint32_t row = 0; row < height; row++) png_write_row(png, pixels + row * rowBytes);
  png_write_end(png, NULL);
  png_destroy_write_struct(&png, &info);
  *bytes = sink.bytes;
  *count = sink.count;
  return CPNG_OK;
}

void cpng_free(uint8_t *bytes) { free(bytes); }
