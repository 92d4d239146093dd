/* Logging, messages, memory and zlib. */
#include "Support.h"

#include <cstdlib>
#include <dcmtk/oflog/oflog.h>
#include <zlib.h>

namespace cdcmtk {

void silence() {
  static std::once_flag once;
  std::call_once(once, [] { OFLog::configure(OFLogger::OFF_LOG_LEVEL); });
}

void say(char *room, size_t room_count, const char *text) {
  if (room == nullptr || room_count == 0) return;
  size_t count = std::strlen(text);
  if (count >= room_count) count = room_count - 1;
  std::memcpy(room, text, count);
  room[count] = 0;
}

}  // namespace cdcmtk

void cdcmtk_free(uint8_t *block) { std::free(block); }

const char *cdcmtk_version(void) { return OFFIS_DCMTK_VERSION_STRING; }

/* zlib counts in 32 bits, so both ends are fed in pieces. */
static const size_t piece = 1u << 30;

cdcmtk_status cdcmtk_inflate(const uint8_t *bytes, size_t count, uint8_t *out, size_t out_count, size_t *written) {
  *written = 0;
  z_stream stream;
  std::memset(&stream, 0, sizeof stream);
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return CDCMTK_FAILED;
  size_t fed = 0;
  int code = Z_OK;
  cdcmtk_status status = CDCMTK_OK;
  while (code != Z_STREAM_END) {
    if (stream.avail_in == 0 && fed < count) {
      stream.next_in = const_cast<Bytef *>(bytes + fed);
      stream.avail_in = static_cast<uInt>(count - fed < piece ? count - fed : piece);
      fed += stream.avail_in;
    }
    const size_t room = out_count - *written < piece ? out_count - *written : piece;
    stream.next_out = out + *written;
    stream.avail_out = static_cast<uInt>(room);
    code = inflate(&stream, Z_NO_FLUSH);
    *written += room - stream.avail_out;
    if (code == Z_STREAM_END) break;
    if (code == Z_BUF_ERROR || (code == Z_OK && *written == out_count)) {
      /* No progress: either the input has ended or the room is full. */
      if (*written == out_count) status = CDCMTK_TOO_LARGE;
      else if (fed == count && stream.avail_in == 0) status = CDCMTK_TRUNCATED;
      else continue;
      break;
    }
    if (code != Z_OK) {
      status = CDCMTK_FAILED;
      break;
    }
  }
  inflateEnd(&stream);
  return status;
}

cdcmtk_status cdcmtk_deflate(const uint8_t *bytes, size_t count, uint8_t **result, size_t *result_count) {
  *result = nullptr;
  *result_count = 0;
  if (count > piece) return CDCMTK_TOO_LARGE;
  z_stream stream;
  std::memset(&stream, 0, sizeof stream);
  if (deflateInit2(&stream, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) return CDCMTK_FAILED;
  const uLong bound = deflateBound(&stream, static_cast<uLong>(count));
  uint8_t *block = static_cast<uint8_t *>(std::malloc(bound));
  cdcmtk_status status = CDCMTK_FAILED;
  if (block != nullptr) {
    stream.next_in = const_cast<Bytef *>(bytes);
    stream.avail_in = static_cast<uInt>(count);
    stream.next_out = block;
    stream.avail_out = static_cast<uInt>(bound);
    if (deflate(&stream, Z_FINISH) == Z_STREAM_END) {
      *result = block;
      *result_count = stream.total_out;
      status = CDCMTK_OK;
    } else {
      std::free(block);
    }
  }
  deflateEnd(&stream);
  return status;
}
