private import CDCMTK
internal import Files

/// Why deflated bytes give nothing.
enum InflateError: Error { case truncated, damaged, tooLarge }

/// Inflates a raw deflate stream (RFC 1951). Room grows with the output, never by what is claimed, and
/// is taken only as it is written to.
func inflated(_ bytes: UnsafeRawBufferPointer, maximumBytes: Int) throws(InflateError) -> FileBytes
{
  var room = min(
    maximumBytes, max(1 << 16, bytes.count.multipliedReportingOverflow(by: 4).partialValue))
  while true {
    do throws(InflateError) {
      return try FileBytes(capacity: room) { (out) throws(InflateError) in
        var written = 0
        // Safe: both buffers are lent for the call with their sizes.
        let status = cdcmtk_inflate(
          bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count,
          out.baseAddress?.assumingMemoryBound(to: UInt8.self), room, &written)
        switch status {
        case CDCMTK_OK: return written
        case CDCMTK_TRUNCATED: throw .truncated
        case CDCMTK_TOO_LARGE: throw .tooLarge
        default: throw .damaged
        }
      }
    } catch {
      guard error == .tooLarge && room < maximumBytes else { throw error }
      room = min(maximumBytes, room * 4)
    }
  }
}
