/* JPEG-LS through DCMTK's CharLS.

   DCMTK offers it only as a codec of a data set, so each frame becomes a small data set of one fragment. Every element
   names its VR: DCMTK's data dictionary, a file that may be missing, is never asked. */
#include "Support.h"

#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmjpls/djdecode.h>

using namespace cdcmtk;

namespace {

void register_codec() {
  static std::once_flag once;
  std::call_once(once, [] { DJLSDecoderRegistration::registerCodecs(EJLSUC_never, EJLSPC_colorByPixel, OFTrue); });
}

OFCondition put(DcmItem &item, const DcmTagKey &key, uint16_t value) {
  DcmUnsignedShort *element = new DcmUnsignedShort(DcmTag(key, DcmVR(EVR_US)));
  OFCondition condition = element->putUint16(value, 0);
  if (condition.good()) condition = item.insert(element, OFTrue);
  if (condition.bad()) delete element;
  return condition;
}

OFCondition put_geometry(DcmItem &item, cdcmtk_geometry geometry) {
  const uint16_t allocated = geometry.precision <= 8 ? 8 : 16;
  OFCondition condition = put(item, DCM_SamplesPerPixel, geometry.samples);
  if (condition.good()) condition = put(item, DCM_Rows, geometry.rows);
  if (condition.good()) condition = put(item, DCM_Columns, geometry.columns);
  if (condition.good()) condition = put(item, DCM_BitsAllocated, allocated);
  if (condition.good()) condition = put(item, DCM_BitsStored, geometry.precision);
  if (condition.good()) condition = put(item, DCM_HighBit, geometry.precision - 1);
  if (condition.good()) condition = put(item, DCM_PixelRepresentation, 0);
  if (condition.good() && geometry.samples > 1) condition = put(item, DCM_PlanarConfiguration, 0);
  if (condition.bad()) return condition;
  DcmCodeString *meaning = new DcmCodeString(DcmTag(DCM_PhotometricInterpretation, DcmVR(EVR_CS)));
  condition = meaning->putString(geometry.samples == 3 ? "RGB" : "MONOCHROME2");
  if (condition.good()) condition = item.insert(meaning, OFTrue);
  if (condition.bad()) delete meaning;
  return condition;
}

/* The pixel data of a data set: an empty offset table and one fragment. The result belongs to `item`. */
DcmPixelData *put_fragment(DcmItem &item, const uint8_t *bytes, size_t count) {
  DcmPixelSequence *sequence = new DcmPixelSequence(DcmTag(DCM_PixelData, DcmVR(EVR_OB)));
  DcmPixelItem *table = new DcmPixelItem(DcmTag(DCM_Item, DcmVR(EVR_OB)));
  sequence->insert(table);
  DcmPixelItem *fragment = new DcmPixelItem(DcmTag(DCM_Item, DcmVR(EVR_OB)));
  sequence->insert(fragment);
  DcmPixelData *data = new DcmPixelData(DcmTag(DCM_PixelData, DcmVR(EVR_OB)));
  data->putOriginalRepresentation(EXS_JPEGLSLossless, nullptr, sequence);
  if (fragment->putUint8Array(bytes, static_cast<unsigned long>(count)).bad() || item.insert(data, OFTrue).bad()) {
    delete data;
    return nullptr;
  }
  return data;
}

}  // namespace

cdcmtk_status cdcmtk_decode_jpegls(cdcmtk_geometry geometry, const uint8_t *bytes, size_t count, uint8_t *out,
                                   size_t out_count, char *message, size_t message_count) {
  return guarded(message, message_count, [&]() -> cdcmtk_status {
    if (count > 0x7FFFFFFFu || out_count > 0x7FFFFFFFu) return CDCMTK_TOO_LARGE;
    register_codec();
    DcmDataset item;
    OFCondition condition = put_geometry(item, geometry);
    if (condition.good()) {
      DcmPixelData *data = put_fragment(item, bytes, count);
      Uint32 fragment = 1;
      OFString meaning;
      condition = data == nullptr ? EC_MemoryExhausted
                                  : data->getUncompressedFrame(&item, 0, fragment, out, static_cast<Uint32>(out_count),
                                                               meaning, nullptr);
    }
    if (condition.good()) return CDCMTK_OK;
    say(message, message_count, condition.text());
    return CDCMTK_FAILED;
  });
}
