/// What a compressed frame is, told by its own bytes rather than by the transfer syntax.
enum Codestream {
  enum Kind { case jpegFamily, jpeg2000 }

  /// Nil for bytes that start like none of them.
  static func kind(of bytes: [UInt8]) -> Kind? {
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return .jpegFamily }
    if bytes.starts(with: [0xFF, 0x4F, 0xFF, 0x51]) { return .jpeg2000 }
    if bytes.starts(with: [0, 0, 0, 0x0C, 0x6A, 0x50, 0x20, 0x20]) { return .jpeg2000 }
    return nil
  }
}

/// The frame header of a JPEG or JPEG-LS codestream (ISO/IEC 10918-1 annex B, 14495-1 annex C),
/// read before a library is given the bytes.
struct JPEGHeader {
  let isJPEGLS: Bool
  /// The n of the SOFn marker.
  let process: Int
  let precision: Int
  let rows: Int
  let columns: Int
  let components: Int
  /// Component identifiers are the letters R, G, B.
  let isNamedRGB: Bool
  let hasJFIF: Bool
  /// The transform byte of an Adobe segment: 0 none, 1 YCbCr.
  let adobeTransform: Int?
  let scans: Int

  /// Nil where there is no frame header.
  init?(_ bytes: [UInt8]) {
    guard bytes.count > 4, bytes[0] == 0xFF, bytes[1] == 0xD8 else { return nil }
    var jfif = false
    var adobe: Int?
    for part in JPEGSegments(bytes) {
      let segment = Array(bytes[part.content])
      switch part.marker {
      case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF, 0xF7:
        guard segment.count >= 6 else { return nil }
        let scans = JPEGSegments(bytes).reduce(0) { $0 + ($1.marker == 0xDA ? 1 : 0) }
        self.init(part.marker, segment, jfif: jfif, adobe: adobe, scans: scans)
        return
      case 0xDA: return nil
      case 0xE0: jfif = jfif || segment.starts(with: Array("JFIF\0".utf8))
      case 0xEE:
        if segment.starts(with: Array("Adobe".utf8)), segment.count >= 12 {
          adobe = Int(segment[11])
        }
      default: break
      }
    }
    return nil
  }

  private init(_ marker: UInt8, _ segment: [UInt8], jfif: Bool, adobe: Int?, scans: Int) {
    isJPEGLS = marker == 0xF7
    process = Int(marker & 0x0F)
    precision = Int(segment[0])
    rows = Int(segment[1]) << 8 | Int(segment[2])
    columns = Int(segment[3]) << 8 | Int(segment[4])
    components = Int(segment[5])
    let identifiers = stride(from: 6, to: min(segment.count, 6 + 3 * components), by: 3)
      .map { segment[$0] }
    isNamedRGB = identifiers == Array("RGB".utf8)
    hasJFIF = jfif
    adobeTransform = adobe
    self.scans = scans
  }

  /// Bytes below which the data cannot be whole, whatever they show: a bit for each sample of
  /// lossless JPEG, for each row of JPEG-LS, and for each 8 x 8 block at half resolution otherwise.
  var leastBytes: Int {
    if isJPEGLS { return rows / 8 }
    return process == 3 ? rows * columns * components / 8 : rows * columns / 2048
  }

  var isArithmetic: Bool { !isJPEGLS && (9...15).contains(process) }
  var isHierarchical: Bool { !isJPEGLS && (5...7).contains(process) }
  var isLossless: Bool { isJPEGLS || process == 3 }
}
