internal import CTIFF
internal import Imaging

/// The calls into libtiff's shim, bounds checked before each.
enum TIFFLibrary {
  static let whiteIsZero: Int32 = 0
  static let rgb: Int32 = 2
  static let palette: Int32 = 3
  static let inks: Int32 = 5
  /// The InkSet of cyan, magenta, yellow and black.
  static let processInks: Int32 = 1

  private static let floatingPoint: Int32 = 3
  /// Colour and alpha, as for the other formats.
  private static let maximumSamples = 4

  struct Stored {
    let page: CTIFFPage
    /// `[height, width, samples]`.
    let pixels: PixelBuffer
  }

  /// The start of ImageDescription.
  static func description(of page: CTIFFPage) -> String {
    withUnsafeBytes(of: page.description) { field in
      String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
    }
  }

  static func page(of bytes: [UInt8], at offset: UInt64) throws(CodecError) -> CTIFFPage {
    let page = try read(bytes, at: offset, into: nil)
    let isFloat = page.sampleFormat == floatingPoint
    let bits = Int(page.bits)
    guard (1...3).contains(page.sampleFormat), isFloat ? bits == 32 || bits == 64 : bits <= 32,
      bits >= 1
    else {
      let kinds: [Int32: String] = [2: "signed ", 3: "floating-point "]
      let kind = kinds[page.sampleFormat] ?? (page.sampleFormat == 1 ? "" : "complex ")
      throw .unsupported(.tiff, reason: "it has \(kind)samples of \(bits) bits")
    }
    guard (1...maximumSamples).contains(Int(page.samples)) else {
      throw .unsupported(.tiff, reason: "it has \(page.samples) samples a pixel")
    }
    return page
  }

  static func read(_ bytes: [UInt8], at offset: UInt64, limits: CodecLimits) throws(CodecError)
    -> Stored
  {
    let page = try page(of: bytes, at: offset)
    try limits.check(.tiff, width: Int(page.width), height: Int(page.height))
    // At most 2^32 pixels of 4 samples: this cannot overflow.
    let count = Int(page.width) * Int(page.height) * Int(page.samples)
    try checkRatio(page, samples: count, fileSize: bytes.count)
    let isSigned = page.sampleFormat == 2
    let pixels: PixelBuffer =
      switch (Int(page.bits), isSigned) {
      case (64, _): .float64(try samples(bytes, offset, count))
      case (32, _) where page.sampleFormat == floatingPoint:
        .float32(try samples(bytes, offset, count))
      case (...8, false): .uint8(try samples(bytes, offset, count))
      case (...8, true): .int8(try samples(bytes, offset, count))
      case (...16, false): .uint16(try samples(bytes, offset, count))
      case (...16, true): .int16(try samples(bytes, offset, count))
      case (_, false): .uint32(try samples(bytes, offset, count))
      case (_, true): .int32(try samples(bytes, offset, count))
      }
    return Stored(page: page, pixels: pixels)
  }

  /// The best ratio that a compression can reach; a shorter file cannot hold what its header
  /// promises. The others (fax, LZMA, ZSTD, WebP, LERC) have no such bound.
  private static func checkRatio(_ page: CTIFFPage, samples: Int, fileSize: Int)
    throws(CodecError)
  {
    let ratios: [Int32: Int] = [1: 1, 5: 4096, 7: 512, 8: 1040, 32773: 128, 32946: 1040]
    let size = samples / 8 * Int(page.bits)
    // Subsampled colour is stored in half of the bytes; every strip or tile takes at least one.
    if let ratio = ratios[page.compression], size / ratio / 2 > fileSize { throw .truncated(.tiff) }
    guard Int(page.strips) <= fileSize else { throw .truncated(.tiff) }
  }

  private static func samples<Sample: Numeric>(
    _ bytes: [UInt8], _ offset: UInt64, _ count: Int
  ) throws(CodecError) -> [Sample] {
    var outcome: Result<CTIFFPage, CodecError> = .failure(.outOfMemory(.tiff))
    // Left unset so that pages are taken only as rows arrive; on failure the array is empty.
    let samples = [Sample](unsafeUninitializedCapacity: count) { buffer, initialized in
      // Safe: the buffer holds `count` samples, as the shim is told, and outlives the call.
      let room = UnsafeMutableRawBufferPointer(
        UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
      outcome = Result { () throws(CodecError) in try read(bytes, at: offset, into: room) }
      if case .success = outcome { initialized = count }
    }
    _ = try outcome.get()
    return samples
  }

  private static func read(
    _ bytes: [UInt8], at offset: UInt64, into pixels: UnsafeMutableRawBufferPointer?
  ) throws(CodecError) -> CTIFFPage {
    var page = CTIFFPage()
    var message = [CChar](repeating: 0, count: Int(CTIFF_MESSAGE_SIZE))
    let status = bytes.withUnsafeBufferPointer { source in
      ctiff_read(
        source.baseAddress, source.count, offset, pixels?.baseAddress, pixels?.count ?? 0, &page,
        &message)
    }
    switch Int(status) {
    case CTIFF_OK: return page
    case CTIFF_UNSUPPORTED: throw .unsupported(.tiff, reason: text(of: message))
    case CTIFF_OUT_OF_MEMORY: throw .outOfMemory(.tiff)
    default:
      let text = text(of: message)
      // What libtiff counts as when it reads a whole strip.
      guard !text.contains("scanline 4294967295") else {
        throw .corrupt(.tiff, reason: "a strip holds fewer bytes than its rows have")
      }
      throw .corrupt(.tiff, reason: text)
    }
  }
}
