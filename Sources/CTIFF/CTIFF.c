// Opens TIFF files in memory and assembles strips and tiles into one picture.
#include "CTIFF.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tiffio.h>

typedef struct {
  const uint8_t *bytes;
  size_t count;
  size_t position;
  char *message;
  int isDecoding;  // pixels are being decoded: some warnings mean damage now
  int isDamaged;
} Source;

// Memory that a header may ask for before its picture's size is known.
#define HEADER_MEMORY ((size_t)64 << 20)

static int on_error(TIFF *tiff, void *user, const char *module, const char *format, va_list list) {
  Source *source = user;
  (void)tiff;
  (void)module;
  if (source->message[0] == 0) vsnprintf(source->message, CTIFF_MESSAGE_SIZE, format, list);
  return 1;
}

// The fax and JPEG decoders go on after damage and only warn: the picture has invented parts then.
static int on_warning(TIFF *tiff, void *user, const char *module, const char *format,
                      va_list list) {
  Source *source = user;
  int isDamage = source->isDecoding && module &&
                 (strncmp(module, "Fax", 3) == 0 || strcmp(module, "JPEGLib") == 0);
  if (isDamage) {
    source->isDamaged = 1;
    on_error(tiff, user, module, format, list);
  }
  return 1;
}

static tmsize_t read_bytes(thandle_t user, void *out, tmsize_t wanted) {
  Source *source = user;
  size_t ready = source->position < source->count ? source->count - source->position : 0;
  size_t taken = (size_t)wanted < ready ? (size_t)wanted : ready;
  memcpy(out, source->bytes + source->position, taken);
  source->position += taken;
  return (tmsize_t)taken;
}

static tmsize_t write_nothing(thandle_t user, void *bytes, tmsize_t count) {
  (void)user, (void)bytes, (void)count;
  return 0;
}

static toff_t seek(thandle_t user, toff_t offset, int whence) {
  Source *source = user;
  toff_t base = whence == SEEK_CUR ? source->position : whence == SEEK_END ? source->count : 0;
  source->position = (size_t)(base + offset);
  return source->position;
}

static int close_nothing(thandle_t user) { return (void)user, 0; }

static toff_t size_of(thandle_t user) { return ((Source *)user)->count; }

static TIFF *open_source(Source *source, size_t memory) {
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
  if (!options) return NULL;
  TIFFOpenOptionsSetMaxSingleMemAlloc(options, (tmsize_t)memory);
  TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, source);
  TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, source);
  // "h": only the file's header, "m": no mapping.
  TIFF *tiff = TIFFClientOpenExt("TIFF", "rhm", source, read_bytes, write_nothing, seek,
                                 close_nothing, size_of, NULL, NULL, options);
  TIFFOpenOptionsFree(options);
  return tiff;
}

static int refuse(Source *source, const char *format, int value) {
  snprintf(source->message, CTIFF_MESSAGE_SIZE, format, value);
  return CTIFF_UNSUPPORTED;
}

// Names of compressions that libtiff may not have been built with.
static const char *compression_name(int compression) {
  static const struct {
    int number;
    const char *name;
  } names[] = {{6, "JPEG of TIFF 6.0"}, {9, "JBIG"}, {10, "JBIG"}, {22610, "JPEG XR"},
               {33003, "JPEG 2000"}, {33005, "JPEG 2000"}, {34661, "JBIG"}, {34676, "SGI LogLuv"},
               {34677, "SGI LogLuv"}, {34712, "JPEG 2000"}, {34713, "Nikon NEF"}, {34887, "LERC"},
               {34892, "JPEG of DNG"}, {34925, "LZMA"}, {34933, "PNG"}, {34934, "JPEG XR"},
               {50000, "Zstandard"}, {50001, "WebP"}, {50002, "JPEG XL"}, {52546, "JPEG XL"}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (names[i].number == compression) return names[i].name;
  return "unknown";
}

static int refuse_compression(Source *source, int compression) {
  snprintf(source->message, CTIFF_MESSAGE_SIZE, "its compression is %s (%d)",
           compression_name(compression), compression);
  return CTIFF_UNSUPPORTED;
}

static int corrupt(Source *source, const char *text) {
  if (source->message[0] == 0) snprintf(source->message, CTIFF_MESSAGE_SIZE, "%s", text);
  return CTIFF_CORRUPT;
}

// Colour whose conversion is libtiff's: subsampled or OJPEG YCbCr, and CIE L*a*b*.
static int is_converted(TIFF *tiff) {
  uint16_t photometric = 0, compression = 0, planar = PLANARCONFIG_CONTIG;
  TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &photometric);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &compression);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &planar);
  if (photometric == PHOTOMETRIC_CIELAB) return 1;
  return photometric == PHOTOMETRIC_YCBCR &&
         !(compression == COMPRESSION_JPEG && planar == PLANARCONFIG_CONTIG);
}

static void fill_alpha(TIFF *tiff, CTIFFPage *page) {
  uint16_t count = 0, *kinds = NULL;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_EXTRASAMPLES, &count, &kinds);
  if (count == 0 || !kinds) return;
  uint16_t kind = kinds[count - 1];
  page->alpha = kind == EXTRASAMPLE_ASSOCALPHA ? 1 : kind == EXTRASAMPLE_UNASSALPHA ? 2 : 3;
}

static int fill_palette(TIFF *tiff, Source *source, CTIFFPage *page) {
  uint16_t *colors[3] = {NULL, NULL, NULL};
  if (page->bits > 8) return refuse(source, "its palette is for %d bits", page->bits);
  if (!TIFFGetField(tiff, TIFFTAG_COLORMAP, &colors[0], &colors[1], &colors[2]) || !colors[2])
    return corrupt(source, "it has no palette");
  int entries = 1 << page->bits, isWide = 0;
  for (int i = 0; i < entries; i++)
    for (int c = 0; c < 3; c++) isWide |= colors[c][i] > 255;
  // Entries have 16 bits; some writers fill only the lower eight.
  for (int i = 0; i < entries; i++)
    for (int c = 0; c < 3; c++)
      page->palette[3 * i + c] = (uint8_t)(isWide ? colors[c][i] >> 8 : colors[c][i]);
  return CTIFF_OK;
}

static int fill_page(TIFF *tiff, Source *source, CTIFFPage *page) {
  uint16_t bits = 1, samples = 1, format = 1, photometric = 0, compression = 1, orientation = 1,
           unit = 0, inkSet = INKSET_CMYK;
  char *description = NULL;
  if (!TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &page->width) ||
      !TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &page->height))
    return corrupt(source, "it states no size");
  TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &bits);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &samples);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &format);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &compression);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &orientation);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_RESOLUTIONUNIT, &unit);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_INKSET, &inkSet);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_IMAGEDEPTH, &page->depth);
  TIFFGetField(tiff, TIFFTAG_XRESOLUTION, &page->xResolution);
  TIFFGetField(tiff, TIFFTAG_YRESOLUTION, &page->yResolution);
  if (!TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &photometric))
    photometric = samples >= 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK;
  if (TIFFGetField(tiff, TIFFTAG_IMAGEDESCRIPTION, &description) && description)
    snprintf(page->description, sizeof page->description, "%s", description);
  page->bits = bits;
  page->samples = samples;
  page->sampleFormat = format == SAMPLEFORMAT_VOID ? SAMPLEFORMAT_UINT : format;
  page->photometric = photometric == PHOTOMETRIC_MASK ? PHOTOMETRIC_MINISBLACK : photometric;
  page->compression = compression;
  page->isTiled = TIFFIsTiled(tiff);
  page->orientation = orientation;
  page->resolutionUnit = unit;
  page->inkSet = inkSet;
  page->strips = page->isTiled ? TIFFNumberOfTiles(tiff) : TIFFNumberOfStrips(tiff);
  if (!TIFFIsCODECConfigured(compression))
    return refuse_compression(source, compression);
  if (is_converted(tiff) || photometric == PHOTOMETRIC_YCBCR) {
    if (bits != 8 || samples != 3) return refuse(source, "YCbCr or L*a*b* of %d bits", bits);
    page->photometric = PHOTOMETRIC_RGB;
    return CTIFF_OK;
  }
  fill_alpha(tiff, page);
  if (photometric == PHOTOMETRIC_PALETTE) return fill_palette(tiff, source, page);
  return photometric <= PHOTOMETRIC_SEPARATED
             ? CTIFF_OK
             : refuse(source, "its photometric interpretation (%d)", photometric);
}

// Samples of `bits` bits to machine integers, `stride` samples apart. libtiff has put samples of
// whole bytes into the machine's order; others are packed from each byte's most significant bit.
static void unpack(const uint8_t *row, uint8_t *out, size_t count, size_t stride, int bits,
                   int isSigned) {
  size_t size = bits <= 8 ? 1 : bits <= 16 ? 2 : bits <= 32 ? 4 : 8;
  if ((size_t)bits == 8 * size && stride == 1) {
    memcpy(out, row, count * size);
    return;
  }
  if ((size_t)bits == 8 * size) {
    for (size_t i = 0; i < count; i++) memcpy(out + i * stride * size, row + i * size, size);
    return;
  }
  for (size_t i = 0; i < count; i++) {
    uint32_t value = 0;
    if (bits == 24) {
      memcpy(&value, row + 3 * i, 3);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
      value >>= 8;
#endif
    } else {
      size_t first = i * (size_t)bits;
      uint64_t window = 0;
      for (size_t b = first / 8; b <= (first + (size_t)bits - 1) / 8; b++)
        window = window << 8 | row[b];
      size_t unused = 7 - (first + (size_t)bits - 1) % 8;
      value = (uint32_t)(window >> unused & (((uint64_t)1 << bits) - 1));
    }
    if (isSigned && value >> (bits - 1)) value |= ~(uint32_t)0 << (bits - 1);
    uint8_t *target = out + i * stride * size;
    if (size == 1) *target = (uint8_t)value;
    else if (size == 2) memcpy(target, &(uint16_t){(uint16_t)value}, 2);
    else memcpy(target, &value, 4);
  }
}

typedef struct {
  TIFF *tiff;
  Source *source;
  const CTIFFPage *page;
  uint8_t *pixels;
  size_t sampleBytes;
  uint32_t blockWidth, blockHeight;  // of a strip or tile
  size_t rowBytes;                   // of one row of a block
  uint16_t planes;                   // 1, or one for each sample
} Reader;

static int read_block(Reader *reader, uint32_t index, uint32_t x, uint32_t y, uint16_t plane,
                      uint8_t *buffer) {
  const CTIFFPage *page = reader->page;
  uint32_t columns = page->width - x < reader->blockWidth ? page->width - x : reader->blockWidth;
  uint32_t rows = page->height - y < reader->blockHeight ? page->height - y : reader->blockHeight;
  // The last strip ends with the picture; tiles are always whole.
  size_t due = reader->rowBytes * (page->isTiled ? reader->blockHeight : rows);
  tmsize_t got = page->isTiled
                     ? TIFFReadEncodedTile(reader->tiff, index, buffer, (tmsize_t)due)
                     : TIFFReadEncodedStrip(reader->tiff, index, buffer, (tmsize_t)due);
  if (got < 0 || (size_t)got != due || reader->source->isDamaged)
    return corrupt(reader->source, "a strip or tile is not whole");
  size_t inRow = reader->planes > 1 ? 1 : (size_t)page->samples;
  size_t stride = reader->planes > 1 ? (size_t)page->samples : 1;
  for (uint32_t row = 0; row < rows; row++) {
    size_t first = ((size_t)(y + row) * page->width + x) * (size_t)page->samples + plane;
    unpack(buffer + row * reader->rowBytes, reader->pixels + first * reader->sampleBytes,
           columns * inRow, stride, page->bits, page->sampleFormat == SAMPLEFORMAT_INT);
  }
  return CTIFF_OK;
}

static int read_blocks(Reader *reader) {
  const CTIFFPage *page = reader->page;
  size_t size = reader->rowBytes * reader->blockHeight;
  uint8_t *buffer = malloc(size ? size : 1);
  if (!buffer) return CTIFF_OUT_OF_MEMORY;
  int status = CTIFF_OK;
  uint32_t index = 0;
  for (uint16_t plane = 0; plane < reader->planes && status == CTIFF_OK; plane++)
    for (uint64_t y = 0; y < page->height && status == CTIFF_OK; y += reader->blockHeight)
      for (uint64_t x = 0; x < page->width && status == CTIFF_OK; x += reader->blockWidth)
        status = read_block(reader, index++, (uint32_t)x, (uint32_t)y, plane, buffer);
  free(buffer);
  return status;
}

// Blocks may be larger than the picture, but not by much more than a tile's rounding.
static int read_stored(TIFF *tiff, Source *source, const CTIFFPage *page, void *pixels,
                       size_t pixelBytes) {
  Reader reader = {tiff, source, page, pixels, 0, 0, 0, 0, 1};
  uint16_t planar = PLANARCONFIG_CONTIG;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &planar);
  if (planar == PLANARCONFIG_SEPARATE) reader.planes = (uint16_t)page->samples;
  reader.sampleBytes = page->bits <= 8 ? 1 : page->bits <= 16 ? 2 : page->bits <= 32 ? 4 : 8;
  if (page->isTiled) {
    if (!TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &reader.blockWidth) ||
        !TIFFGetField(tiff, TIFFTAG_TILELENGTH, &reader.blockHeight))
      return corrupt(source, "it states no tile size");
    reader.rowBytes = (size_t)TIFFTileRowSize64(tiff);
  } else {
    reader.blockWidth = page->width;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &reader.blockHeight);
    if (reader.blockHeight > page->height) reader.blockHeight = page->height;
    reader.rowBytes = (size_t)TIFFScanlineSize64(tiff);
  }
  if (reader.blockWidth == 0 || reader.blockHeight == 0)
    return corrupt(source, "its strips or tiles are empty");
  size_t inRow = reader.planes > 1 ? 1 : (size_t)page->samples;
  uint64_t rowBits = (uint64_t)reader.blockWidth * inRow * (uint64_t)page->bits;
  if (reader.rowBytes != (rowBits + 7) / 8)
    return corrupt(source, "the row size is not what the header says");
  if (reader.rowBytes > (4 * pixelBytes + HEADER_MEMORY) / reader.blockHeight)
    return corrupt(source, "its tiles are larger than its picture");
  return read_blocks(&reader);
}

// libtiff's own conversion, which keeps the stored order of rows when asked for the stored
// orientation.
static int read_converted(TIFF *tiff, Source *source, const CTIFFPage *page, uint8_t *pixels) {
  size_t count = (size_t)page->width * page->height;
  uint32_t *raster = calloc(count, sizeof *raster);
  if (!raster) return CTIFF_OUT_OF_MEMORY;
  int isRead = TIFFReadRGBAImageOriented(tiff, page->width, page->height, raster,
                                         page->orientation, 1);
  for (size_t i = 0; i < count; i++) {
    pixels[3 * i] = TIFFGetR(raster[i]);
    pixels[3 * i + 1] = TIFFGetG(raster[i]);
    pixels[3 * i + 2] = TIFFGetB(raster[i]);
  }
  free(raster);
  return isRead && !source->isDamaged ? CTIFF_OK : corrupt(source, "it cannot be decoded");
}

static int read_pixels(TIFF *tiff, Source *source, const CTIFFPage *page, void *pixels,
                       size_t pixelBytes) {
  uint16_t photometric = 0;
  TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &photometric);
  source->isDecoding = 1;
  if (is_converted(tiff)) return read_converted(tiff, source, page, pixels);
  if (photometric == PHOTOMETRIC_YCBCR)
    TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
  return read_stored(tiff, source, page, pixels, pixelBytes);
}

int ctiff_read(const uint8_t *bytes, size_t count, uint64_t offset, void *pixels,
               size_t pixelBytes, CTIFFPage *page, char message[CTIFF_MESSAGE_SIZE]) {
  Source source = {bytes, count, 0, message, 0, 0};
  memset(page, 0, sizeof *page);
  message[0] = 0;
  TIFF *tiff = open_source(&source, HEADER_MEMORY + 4 * pixelBytes);
  if (!tiff) return message[0] ? CTIFF_CORRUPT : CTIFF_OUT_OF_MEMORY;
  int status = TIFFSetSubDirectory(tiff, offset) ? fill_page(tiff, &source, page)
                                                 : corrupt(&source, "a directory is damaged");
  if (status == CTIFF_OK && pixels) status = read_pixels(tiff, &source, page, pixels, pixelBytes);
  TIFFClose(tiff);
  return status;
}
