/* JPEG of every Huffman process through the three IJG builds that DCMTK carries (8, 12 and 16 bits). */
#include "Support.h"

#include <cstdlib>
#include <dcmtk/dcmjpeg/djcparam.h>
#include <dcmtk/dcmjpeg/djdijg12.h>
#include <dcmtk/dcmjpeg/djdijg16.h>
#include <dcmtk/dcmjpeg/djdijg8.h>
#include <dcmtk/dcmjpeg/djeijg16.h>
#include <dcmtk/dcmjpeg/djeijg8.h>
#include <dcmtk/dcmjpeg/djencabs.h>

using namespace cdcmtk;

namespace {

DJCodecParameter parameters() {
  return DJCodecParameter(ECC_lossyYCbCr, EDC_never, EUC_never, EPC_default);
}

/* Adds to a DCMTK decoder that warnings are counted, not logged. */
template <typename Decoder>
class Counting : public Decoder {
 public:
  Counting(const DJCodecParameter &parameter) : Decoder(parameter, OFFalse) {}
  virtual void emitMessage(int level) const {
    if (level < 0) ++warnings;
  }
  mutable int warnings = 0;
};

template <typename Decoder>
cdcmtk_status decode(const uint8_t *bytes, size_t count, uint8_t *out, size_t out_count, int *warnings, char *message,
                     size_t message_count) {
  const DJCodecParameter parameter = parameters();
  Counting<Decoder> decoder(parameter);
  OFCondition condition = decoder.init();
  if (condition.good()) {
    condition = decoder.decode(const_cast<Uint8 *>(bytes), static_cast<Uint32>(count), out,
                               static_cast<Uint32>(out_count), OFFalse);
    if (condition == EJ_Suspension) {
      /* Input has run out. If only the end marker is missing, the picture is whole and this completes it; otherwise
         the library fills the rest and warns. */
      static Uint8 end[2] = {0xFF, 0xD9};
      const int before = decoder.warnings;
      condition = decoder.decode(end, 2, out, static_cast<Uint32>(out_count), OFFalse);
      if (condition == EJ_Suspension || decoder.warnings > before) return CDCMTK_TRUNCATED;
    }
  }
  *warnings = decoder.warnings;
  if (condition.good()) return CDCMTK_OK;
  say(message, message_count, condition.text());
  return CDCMTK_FAILED;
}

}  // namespace

cdcmtk_status cdcmtk_decode_jpeg(cdcmtk_geometry geometry, const uint8_t *bytes, size_t count, uint8_t *out,
                                 size_t out_count, int *warnings, char *message, size_t message_count) {
  *warnings = 0;
  return guarded(message, message_count, [&]() -> cdcmtk_status {
    if (count > 0xFFFFFFFFu || out_count > 0xFFFFFFFFu) return CDCMTK_TOO_LARGE;
    if (geometry.precision <= 8)
      return decode<DJDecompressIJG8Bit>(bytes, count, out, out_count, warnings, message, message_count);
    if (geometry.precision <= 12)
      return decode<DJDecompressIJG12Bit>(bytes, count, out, out_count, warnings, message, message_count);
    return decode<DJDecompressIJG16Bit>(bytes, count, out, out_count, warnings, message, message_count);
  });
}

cdcmtk_status cdcmtk_encode_jpeg_lossless(cdcmtk_geometry geometry, const uint8_t *bytes, size_t count,
                                          uint8_t **result, size_t *result_count, char *message,
                                          size_t message_count) {
  *result = nullptr;
  *result_count = 0;
  return guarded(message, message_count, [&]() -> cdcmtk_status {
    const size_t width = geometry.precision <= 8 ? 1 : 2;
    if (count != width * geometry.rows * geometry.columns * geometry.samples || count > 0x7FFFFFFFu)
      return CDCMTK_TOO_LARGE;
    const DJCodecParameter parameter(ECC_lossyYCbCr, EDC_never, EUC_never, EPC_default, OFFalse, OFFalse, OFFalse,
                                     OFTrue);
    const EP_Interpretation meaning = geometry.samples == 3 ? EPI_RGB : EPI_Monochrome2;
    Uint8 *stream = nullptr;
    Uint32 length = 0;
    OFCondition condition = EC_IllegalCall;
    if (width == 1) {
      DJCompressIJG8Bit encoder(parameter, EJM_lossless, 1, 0);
      condition = encoder.encode(geometry.columns, geometry.rows, meaning, geometry.samples,
                                 const_cast<Uint8 *>(bytes), stream, length);
    } else {
      DJCompressIJG16Bit encoder(parameter, EJM_lossless, 1, 0);
      condition = encoder.encode(geometry.columns, geometry.rows, meaning, geometry.samples,
                                 reinterpret_cast<Uint16 *>(const_cast<uint8_t *>(bytes)), stream, length);
    }
    cdcmtk_status status = CDCMTK_FAILED;
    if (condition.bad()) {
      say(message, message_count, condition.text());
    } else if ((*result = static_cast<uint8_t *>(std::malloc(length))) != nullptr) {
      std::memcpy(*result, stream, length);
      *result_count = length;
      status = CDCMTK_OK;
    }
    delete[] stream;
    return status;
  });
}
