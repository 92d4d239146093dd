/// Where the pages of a TIFF file lie (TIFF 6.0 section 2; BigTIFF): the chain of its directories,
/// walked before libtiff is given one of them.
struct TIFFDirectories {
  /// Offsets of the directories of whole pictures, in the order of the chain.
  let pages: [UInt64]

  /// Pictures at reduced resolution and masks belong to another page. The older tag has a number for
  /// each kind, the newer one a bit.
  private static let (oldSubfileType, subfileType) = (255, 254)
  private static let (oldReduced, reducedOrMask) = (2, 0b101)

  init(of bytes: [UInt8], limits: CodecLimits) throws(CodecError) {
    guard ImageFormat(sniffing: bytes) == .tiff else { throw .notThisFormat(.tiff) }
    let reader = TIFFReader(bytes: bytes)
    var pages: [UInt64] = []
    var visited = Set<Int>()
    var offset = try reader.integer(at: reader.isBig ? 8 : 4, bytes: reader.isBig ? 8 : 4)
    while offset != 0 {
      guard visited.insert(offset).inserted else {
        throw .corrupt(.tiff, reason: "its directories form a loop")
      }
      guard visited.count <= limits.maximumFrames else {
        throw .tooManyFrames(.tiff, maximumFrames: limits.maximumFrames)
      }
      let (isPage, next) = try TIFFDirectories.directory(at: offset, reader)
      if isPage { pages.append(UInt64(offset)) }
      offset = next
    }
    guard !pages.isEmpty else {
      guard !visited.isEmpty else { throw .corrupt(.tiff, reason: "it has no page") }
      throw .unsupported(
        .tiff, reason: "its pages are previews or masks of a picture that lies elsewhere")
    }
    self.pages = pages
  }

  private static func directory(at offset: Int, _ reader: TIFFReader) throws(CodecError)
    -> (isPage: Bool, next: Int)
  {
    let countSize = reader.isBig ? 8 : 2
    let entrySize = reader.isBig ? 20 : 12
    let count = try reader.integer(at: offset, bytes: countSize)
    let first = offset + countSize
    guard count <= (reader.bytes.count - first) / entrySize else { throw .truncated(.tiff) }
    var isPage = true
    for entry in 0..<count {
      let start = first + entry * entrySize
      let tag = try reader.integer(at: start, bytes: 2)
      guard tag == subfileType || tag == oldSubfileType else { continue }
      let isShort = try reader.integer(at: start + 2, bytes: 2) == 3
      let value = try reader.integer(
        at: start + entrySize - (reader.isBig ? 8 : 4), bytes: isShort ? 2 : 4)
      let isWhole = tag == subfileType ? value & reducedOrMask == 0 : value != oldReduced
      isPage = isPage && isWhole
    }
    let next = try reader.integer(at: first + count * entrySize, bytes: reader.isBig ? 8 : 4)
    return (isPage, next)
  }
}

/// Reads unsigned integers in the file's byte order; the end of the data is an error.
private struct TIFFReader {
  let bytes: [UInt8]
  var isLittle: Bool { bytes[0] == 0x49 }
  /// BigTIFF: offsets and counts of 64 bits.
  var isBig: Bool { bytes[isLittle ? 2 : 3] == 43 }

  func integer(at offset: Int, bytes count: Int) throws(CodecError) -> Int {
    guard offset >= 0, offset <= bytes.count - count else { throw .truncated(.tiff) }
    var value: UInt64 = 0
    for index in 0..<count {
      value = value << 8 | UInt64(bytes[offset + (isLittle ? count - 1 - index : index)])
    }
    guard let result = Int(exactly: value) else { throw .truncated(.tiff) }
    return result
  }
}
