private import CDCMTK

/// Why deflated bytes give nothing.
enum InflateError: Error { case truncated, damaged, tooLarge }

/// Inflates a raw deflate stream (RFC 1951). Room grows with the output, never by what is claimed.
func inflated(_ bytes: [UInt8], maximumBytes: Int) throws(InflateError) -> [UInt8] {
  var room = min(
    maximumBytes, max(1 << 16, bytes.count.multipliedReportingOverflow(by: 4).partialValue))
  while true {
    var written = 0
    var status = CDCMTK_OK
    let out = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
      status = cdcmtk_inflate(bytes, bytes.count, buffer.baseAddress, room, &written)
      count = written
    }
    switch status {
    case CDCMTK_OK: return out
    case CDCMTK_TRUNCATED: throw .truncated
    case CDCMTK_TOO_LARGE where room < maximumBytes: room = min(maximumBytes, room * 4)
    case CDCMTK_TOO_LARGE: throw .tooLarge
    default: throw .damaged
    }
  }
}
