internal import CPNG
internal import Imaging

/// The calls into libpng's shim, bounds checked before each.
enum PNGLibrary {
  static let grey: Int32 = 0
  static let rgb: Int32 = 2
  static let palette: Int32 = 3
  static let greyAlpha: Int32 = 4
  static let rgbAlpha: Int32 = 6

  /// Deflate's best ratio is 1032 to 1: a shorter file cannot hold the rows that its header promises.
  private static let bestRatio = 1040

  struct Stored {
    let header: CPNGHeader
    /// uint8 up to 8 bits (not scaled), uint16 for 16.
    let pixels: PixelBuffer
  }

  /// The factor that makes the largest value of `bits` 255.
  static func scaleTo8(bits: Int) -> UInt8 { UInt8(255 / ((1 << bits) - 1)) }

  static func header(of bytes: [UInt8]) throws(CodecError) -> CPNGHeader {
    guard bytes.starts(with: ImageFormat.png.signature) else { throw .notThisFormat(.png) }
    return try read(bytes, into: nil)
  }

  static func read(_ bytes: [UInt8], limits: CodecLimits) throws(CodecError) -> Stored {
    let header = try header(of: bytes)
    try limits.check(.png, width: Int(header.width), height: Int(header.height))
    let (samples, overflow) = (Int(header.width) * Int(header.height))
      .multipliedReportingOverflow(by: Int(header.samples))
    guard !overflow, samples < Int.max / 2 else { throw .outOfMemory(.png) }
    guard samples / 8 * Int(header.bitDepth) / bestRatio <= bytes.count else {
      throw .truncated(.png)
    }
    if header.bitDepth == 16 {
      var out = [UInt16](repeating: 0, count: samples)
      // Safe: the buffer is as long as the shim is told, and outlives the call.
      let result = out.withUnsafeMutableBytes { buffer in
        Result { () throws(CodecError) in try read(bytes, into: buffer) }
      }
      return Stored(header: try result.get(), pixels: .uint16(out))
    }
    var out = [UInt8](repeating: 0, count: samples)
    // Safe: as above.
    let result = out.withUnsafeMutableBytes { buffer in
      Result { () throws(CodecError) in try read(bytes, into: buffer) }
    }
    return Stored(header: try result.get(), pixels: .uint8(out))
  }

  private static func read(
    _ bytes: [UInt8], into pixels: UnsafeMutableRawBufferPointer?
  ) throws(CodecError) -> CPNGHeader {
    var header = CPNGHeader()
    var message = [CChar](repeating: 0, count: Int(CPNG_MESSAGE_SIZE))
    let status = bytes.withUnsafeBufferPointer { source in
      cpng_read(
        source.baseAddress, source.count,
        pixels?.baseAddress?.assumingMemoryBound(to: UInt8.self), pixels?.count ?? 0, &header,
        &message)
    }
    try check(status, message)
    return header
  }

  private static func check(_ status: Int32, _ message: [CChar]) throws(CodecError) {
    switch Int(status) {
    case CPNG_OK: return
    case CPNG_TRUNCATED: throw .truncated(.png)
    case CPNG_OUT_OF_MEMORY: throw .outOfMemory(.png)
    // Chunks of Apple's own before the header, and no checksum of zlib's.
    case _ where text(of: message).hasPrefix("CgBI"):
      throw .unsupported(.png, reason: "it is in Apple's own form (CgBI)")
    default: throw .corrupt(.png, reason: text(of: message))
    }
  }

  /// - Precondition: `pixels` holds width x height x samples of `bitDepth` bits.
  static func write(
    width: Int, height: Int, bitDepth: Int, colorType: Int32, pixels: UnsafeRawBufferPointer
  ) throws(CodecError) -> [UInt8] {
    guard let columns = UInt32(exactly: width), let rows = UInt32(exactly: height) else {
      throw .cannotEncode(.png, reason: "it is too large")
    }
    var out: UnsafeMutablePointer<UInt8>?
    var count = 0
    var message = [CChar](repeating: 0, count: Int(CPNG_MESSAGE_SIZE))
    let status = cpng_write(
      columns, rows, Int32(bitDepth), colorType,
      pixels.baseAddress?.assumingMemoryBound(to: UInt8.self), compressionLevel, &out,
      &count, &message)
    defer { cpng_free(out) }
    try check(status, message)
    return Array(UnsafeBufferPointer(start: out, count: count))
  }

  /// Of zlib. Beyond it photographs with drawings in them get a few hundredths smaller and take three to
  /// five times as long, which a batch feels: an overlay of 300 x 300 pixels took 31 ms at level 6 and
  /// takes 6.
  private static let compressionLevel: Int32 = 2
}

/// A C message as Swift text in one line, without a closing full stop.
func text(of message: [CChar]) -> String {
  let bytes = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
  let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
  let text = lines.joined(separator: "; ")
  return text.hasSuffix(".") ? String(text.dropLast()) : text
}
