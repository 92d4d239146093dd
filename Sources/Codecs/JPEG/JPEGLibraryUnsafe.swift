internal import CJPEG

/// The calls into libjpeg-turbo's shim, bounds checked before each.
enum JPEGLibrary {
  static func header(of bytes: [UInt8]) throws(CodecError) -> CJPEGHeader {
    guard bytes.starts(with: ImageFormat.jpeg.signature) else { throw .notThisFormat(.jpeg) }
    return try read(bytes, into: nil, limits: .standard)
  }

  /// Samples `[height, width, components]`; CMYK as Adobe stores it.
  static func read(
    _ bytes: [UInt8], limits: CodecLimits
  ) throws(CodecError) -> (header: CJPEGHeader, samples: [UInt8]) {
    let header = try header(of: bytes)
    try limits.check(.jpeg, width: Int(header.width), height: Int(header.height))
    let (count, overflow) = (Int(header.width) * Int(header.height))
      .multipliedReportingOverflow(by: Int(header.components))
    guard !overflow else { throw .outOfMemory(.jpeg) }
    var outcome: Result<CJPEGHeader, CodecError> = .failure(.outOfMemory(.jpeg))
    // Left unset so that pages are taken only as rows arrive; on failure the array is empty.
    let samples = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      // Safe: the buffer holds `count` bytes, as the shim is told, and outlives the call.
      let room = UnsafeMutableBufferPointer(rebasing: buffer[..<count])
      outcome = Result { () throws(CodecError) in try read(bytes, into: room, limits: limits) }
      if case .success = outcome { initialized = count }
    }
    return (try outcome.get(), samples)
  }

  private static func read(
    _ bytes: [UInt8], into pixels: UnsafeMutableBufferPointer<UInt8>?, limits: CodecLimits
  ) throws(CodecError) -> CJPEGHeader {
    var header = CJPEGHeader()
    var message = [CChar](repeating: 0, count: Int(CJPEG_MESSAGE_SIZE))
    let status = bytes.withUnsafeBufferPointer { source in
      cjpeg_read(
        source.baseAddress, source.count, pixels?.baseAddress, pixels?.count ?? 0,
        Int32(clamping: limits.maximumScans), &header, &message)
    }
    switch Int(status) {
    case CJPEG_OK: return header
    case CJPEG_TRUNCATED: throw .truncated(.jpeg)
    case CJPEG_UNSUPPORTED: throw .unsupported(.jpeg, reason: reason(for: text(of: message)))
    case CJPEG_OUT_OF_MEMORY: throw .outOfMemory(.jpeg)
    case CJPEG_TOO_MANY_SCANS:
      throw .corrupt(.jpeg, reason: "it has more than \(limits.maximumScans) scans")
    default:
      let text = text(of: message)
      // The library knows no marker of JPEG-LS.
      if text.hasSuffix("0xf7") { throw .unsupported(.jpeg, reason: "it is JPEG-LS") }
      throw .corrupt(.jpeg, reason: text)
    }
  }

  /// The library names a process by its marker only.
  private static func reason(for message: String) -> String {
    message.hasSuffix("0xc3") ? "it is coded losslessly (SOF3)" : message
  }

  static func write(
    _ samples: [UInt8], width: Int, height: Int, channels: Int, quality: Int
  ) throws(CodecError) -> [UInt8] {
    guard width <= 65500, height <= 65500 else {
      throw .cannotEncode(.jpeg, reason: "a side is longer than 65500 pixels")
    }
    var out: UnsafeMutablePointer<UInt8>?
    var count = 0
    var message = [CChar](repeating: 0, count: Int(CJPEG_MESSAGE_SIZE))
    let status = samples.withUnsafeBufferPointer { source in
      cjpeg_write(
        UInt32(width), UInt32(height), Int32(channels), Int32(quality), source.baseAddress, &out,
        &count, &message)
    }
    defer { cjpeg_free(out) }
    guard Int(status) == CJPEG_OK else {
      throw .cannotEncode(.jpeg, reason: text(of: message))
    }
    return Array(UnsafeBufferPointer(start: out, count: count))
  }
}
