// libjpeg-turbo's error manager under setjmp, which Swift cannot call.
#include "CJPEG.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

#include "CoefficientRows.h"

typedef struct {
  struct jpeg_error_mgr manager;  // first: libjpeg hands back a pointer to it
  jmp_buf jump;
  int status;
  int strayBytes;
  int lacksEnd;
  int maximumScans;
  char *message;
} Failure;

_Noreturn static void fail(j_common_ptr codec, int status) {
  Failure *failure = (Failure *)codec->err;
  char text[JMSG_LENGTH_MAX];
  codec->err->format_message(codec, text);
  snprintf(failure->message, CJPEG_MESSAGE_SIZE, "%s", text);
  // Where the data end, the library goes on with an end marker, and complains of what lacks.
  failure->status = status == CJPEG_CORRUPT && failure->lacksEnd ? CJPEG_TRUNCATED : status;
  longjmp(failure->jump, 1);
}

static void on_error(j_common_ptr codec) {
  switch (codec->err->msg_code) {
    case JERR_BAD_PRECISION:
    case JERR_SOF_UNSUPPORTED:
    case JERR_ARITH_NOTIMPL:
    case JERR_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_CCIR601_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
      fail(codec, CJPEG_UNSUPPORTED);
    case JERR_OUT_OF_MEMORY:
      fail(codec, CJPEG_OUT_OF_MEMORY);
    case JERR_INPUT_EMPTY:
    case JERR_INPUT_EOF:
    case JERR_SOF_NO_SOS:
      fail(codec, CJPEG_TRUNCATED);
    default:
      fail(codec, CJPEG_CORRUPT);
  }
}

// libjpeg goes on after data loss and fills with grey: those warnings are errors here.
static void on_message(j_common_ptr codec, int level) {
  if (level >= 0) return;
  switch (codec->err->msg_code) {
    case JWRN_JPEG_EOF:
      ((Failure *)codec->err)->lacksEnd = 1;
      return;
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC:
    case JWRN_NOT_SEQUENTIAL:
      fail(codec, CJPEG_CORRUPT);
    case JWRN_BOGUS_PROGRESSION:
      // Fine detail before the coarse scan, which may still follow; `is_incomplete` tells if not.
      if (((j_decompress_ptr)codec)->Ss > 0 && codec->err->msg_parm.i[1] == 0) return;
      fail(codec, CJPEG_CORRUPT);
    case JWRN_EXTRANEOUS_DATA:
      ((Failure *)codec->err)->strayBytes += codec->err->msg_parm.i[0];
      return;
    default:
      return;
  }
}

static void on_output(j_common_ptr codec) { (void)codec; }

static void on_progress(j_common_ptr codec) {
  Failure *failure = (Failure *)codec->err;
  if (((j_decompress_ptr)codec)->input_scan_number <= failure->maximumScans) return;
  failure->status = CJPEG_TOO_MANY_SCANS;
  longjmp(failure->jump, 1);
}

static struct jpeg_error_mgr *install(Failure *failure, char *message) {
  message[0] = 0;
  failure->message = message;
  jpeg_std_error(&failure->manager);
  failure->manager.error_exit = on_error;
  failure->manager.emit_message = on_message;
  failure->manager.output_message = on_output;
  return &failure->manager;
}

static int is_incomplete(j_decompress_ptr codec) {
  if (!codec->progressive_mode || !codec->coef_bits) return 0;
  for (int c = 0; c < codec->num_components; c++)
    for (int k = 0; k < DCTSIZE2; k++)
      if (codec->coef_bits[c][k] != 0) return 1;
  return 0;
}

static int choose_output(j_decompress_ptr codec) {
  switch (codec->num_components) {
    case 1: codec->out_color_space = JCS_GRAYSCALE; return 1;
    case 3: codec->out_color_space = JCS_RGB; return 3;
    case 4: codec->out_color_space = JCS_CMYK; return 4;
    default: return 0;
  }
}

static int refuse(Failure *failure, const char *text) {
  snprintf(failure->message, CJPEG_MESSAGE_SIZE, "%s", text);
  return CJPEG_UNSUPPORTED;
}

static int read_all(j_decompress_ptr codec, Failure *failure, uint8_t *pixels, size_t pixelBytes,
                    CJPEGHeader *header) {
  jpeg_read_header(codec, TRUE);
  header->width = codec->image_width;
  header->height = codec->image_height;
  header->isProgressive = codec->progressive_mode;
  header->hasAdobeMarker = codec->saw_Adobe_marker;
  header->components = choose_output(codec);
  if (codec->data_precision != 8) return refuse(failure, "only 8 bits a sample can be decoded");
  if (header->components == 0) return refuse(failure, "it has neither 1, 3 nor 4 components");
  if (!pixels) return CJPEG_OK;
  size_t rowBytes = (size_t)header->width * (size_t)header->components;
  if (pixelBytes / rowBytes != header->height || pixelBytes % rowBytes != 0)
    return refuse(failure, "the row size is not what the header says");
  jpeg_start_decompress(codec);
  while (codec->output_scanline < codec->output_height) {
    JSAMPROW row = pixels + (size_t)codec->output_scanline * rowBytes;
    jpeg_read_scanlines(codec, &row, 1);
  }
  for (int c = 0; c < codec->num_components; c++)
    if (!codec->comp_info[c].quant_table) {
      refuse(failure, "a colour component has no data");
      return CJPEG_CORRUPT;
    }
  header->isIncomplete = is_incomplete(codec);
  jpeg_finish_decompress(codec);
  header->strayBytes = failure->strayBytes;
  header->lacksEnd = failure->lacksEnd;
  // Scans may lie behind the end; arithmetic codes never run out of data.
  if (failure->lacksEnd && (header->isIncomplete || codec->arith_code)) return CJPEG_TRUNCATED;
  return CJPEG_OK;
}

int cjpeg_read(const uint8_t *bytes, size_t count, uint8_t *pixels, size_t pixelBytes,
               int maximumScans, CJPEGHeader *header, char message[CJPEG_MESSAGE_SIZE]) {
  struct jpeg_decompress_struct codec;
  struct jpeg_progress_mgr progress = {0};
  CoefficientRows coefficients;
  Failure failure = {0};
  memset(header, 0, sizeof *header);
  memset(&codec, 0, sizeof codec);
  codec.err = install(&failure, message);
  failure.maximumScans = maximumScans;
  if (setjmp(failure.jump)) {
    jpeg_destroy_decompress(&codec);
    return failure.status;
  }
  jpeg_create_decompress(&codec);
  coefficient_rows_watch(&coefficients, &codec);
  progress.progress_monitor = on_progress;
  codec.progress = &progress;
  jpeg_mem_src(&codec, bytes, count);
  int status = read_all(&codec, &failure, pixels, pixelBytes, header);
  jpeg_destroy_decompress(&codec);
  return status;
}

int cjpeg_write(uint32_t width, uint32_t height, int components, int quality,
                const uint8_t *pixels, uint8_t **bytes, size_t *count,
                char message[CJPEG_MESSAGE_SIZE]) {
  struct jpeg_compress_struct codec;
  Failure failure = {0};
  // libjpeg changes these between setjmp and longjmp.
  unsigned char *volatile *held = calloc(1, sizeof *held);
  unsigned long size = 0;
  if (!held) return CJPEG_OUT_OF_MEMORY;
  memset(&codec, 0, sizeof codec);
  codec.err = install(&failure, message);
  if (setjmp(failure.jump)) {
    jpeg_destroy_compress(&codec);
    free(*held);
    free((void *)held);
    return failure.status;
  }
  jpeg_create_compress(&codec);
  jpeg_mem_dest(&codec, (unsigned char **)held, &size);
  codec.image_width = width;
  codec.image_height = height;
  codec.input_components = components;
  codec.in_color_space = components == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&codec);
  jpeg_set_quality(&codec, quality, TRUE);
  codec.optimize_coding = TRUE;
  codec.dct_method = JDCT_ISLOW;
  for (int c = 0; c < components; c++)
    codec.comp_info[c].h_samp_factor = codec.comp_info[c].v_samp_factor = 1;
  jpeg_start_compress(&codec, TRUE);
  size_t rowBytes = (size_t)width * (size_t)components;
  while (codec.next_scanline < height) {
    JSAMPROW row = (JSAMPROW)(pixels + (size_t)codec.next_scanline * rowBytes);
    jpeg_write_scanlines(&codec, &row, 1);
  }
  jpeg_finish_compress(&codec);
  jpeg_destroy_compress(&codec);
  *bytes = *held;
  *count = size;
  free((void *)held);
  return CJPEG_OK;
}

void cjpeg_free(uint8_t *bytes) { free(bytes); }
