/// Puts PNG files together chunk by chunk, wrong ones too. Rows are stored, not compressed.
struct PNGBuilder {
  var width = 1
  var height = 1
  var bitDepth = 8
  var colorType = 0
  /// Each row packed as the format asks, without its filter byte.
  var rows: [[UInt8]] = []
  /// Chunks between the header and the data: PLTE, tRNS, ...
  var chunks: [(type: String, content: [UInt8])] = []

  func bytes() -> [UInt8] {
    var header = bigEndian(width) + bigEndian(height)
    header += [UInt8(bitDepth), UInt8(colorType), 0, 0, 0]
    var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    file += chunk("IHDR", header)
    for (type, content) in chunks { file += chunk(type, content) }
    file += chunk("IDAT", zlib(rows.flatMap { [0] + $0 }))
    return file + chunk("IEND", [])
  }

  private func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + content
    return bigEndian(content.count) + body + bigEndian(Int(checksum(body)))
  }

  /// One stored deflate block (RFC 1950, RFC 1951).
  private func zlib(_ data: [UInt8]) -> [UInt8] {
    let count = data.count
    let complement = ~UInt16(count)
    var (a, b) = (1, 0)
    for byte in data {
      a = (a + Int(byte)) % 65521
      b = (b + a) % 65521
    }
    let lengths = [
      UInt8(count & 255), UInt8(count >> 8), UInt8(complement & 255), UInt8(complement >> 8),
    ]
    return [0x78, 0x01, 1] + lengths + data + bigEndian(b << 16 | a)
  }

  private func checksum(_ bytes: [UInt8]) -> UInt32 {
    var value: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      value ^= UInt32(byte)
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }
    return ~value
  }

  private func bigEndian(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }
}
