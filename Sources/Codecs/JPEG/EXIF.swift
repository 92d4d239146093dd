/// Finds the orientation in a JPEG's EXIF segment (CIPA DC-008): APP1, then a small TIFF directory; and
/// the number of pictures in one like it.
///
/// A broken EXIF segment says nothing about the pixels: the picture counts as upright then.
enum EXIF {
  static func orientation(inJPEG bytes: [UInt8]) -> Orientation {
    segment(0xE1, "Exif\0\0", in: bytes).flatMap { integer(tag: 0x0112, in: $0) }
      .flatMap(Orientation.init(rawValue:)) ?? .upright
  }

  /// Pictures of which the JPEG's is the first, by its Multi-Picture segment (CIPA DC-007).
  static func pictures(inJPEG bytes: [UInt8]) -> Int {
    segment(0xE2, "MPF\0", in: bytes).flatMap { integer(tag: 0xB001, in: $0) } ?? 1
  }

  /// What follows the signature in the first such segment before the picture's data.
  private static func segment(_ wanted: UInt8, _ signature: String, in bytes: [UInt8]) -> [UInt8]? {
    var position = 2
    while position + 4 <= bytes.count, bytes[position] == 0xFF {
      let marker = bytes[position + 1]
      if marker == 0xFF {
        position += 1
        continue
      }
      // Start of scan or end of image: no more header segments.
      guard marker != 0xDA, marker != 0xD9 else { break }
      let length = Int(bytes[position + 2]) << 8 | Int(bytes[position + 3])
      let end = position + 2 + length
      guard length >= 2, end <= bytes.count else { break }
      let segment = bytes[(position + 4)..<end]
      if marker == wanted, segment.starts(with: signature.utf8) {
        return Array(segment.dropFirst(signature.utf8.count))
      }
      position = end
    }
    return nil
  }

  /// The first value of a tag in a TIFF's first directory: SHORT, or LONG as some write it.
  private static func integer(tag wanted: Int, in tiff: [UInt8]) -> Int? {
    let isLittle = tiff.starts(with: [0x49, 0x49, 0x2A, 0])
    guard isLittle || tiff.starts(with: [0x4D, 0x4D, 0, 0x2A]) else { return nil }
    func integer(at offset: Int, bytes count: Int) -> Int? {
      guard offset >= 0, offset <= tiff.count - count else { return nil }
      let part = tiff[offset..<(offset + count)]
      return (isLittle ? Array(part.reversed()) : Array(part)).reduce(0) { $0 << 8 | Int($1) }
    }
    guard let directory = integer(at: 4, bytes: 4), let count = integer(at: directory, bytes: 2)
    else { return nil }
    for entry in 0..<count {
      let offset = directory + 2 + 12 * entry
      guard let tag = integer(at: offset, bytes: 2) else { return nil }
      guard tag == wanted else { continue }
      // The value field begins with the value, whichever the byte order.
      guard let type = integer(at: offset + 2, bytes: 2), type == 3 || type == 4 else { return nil }
      return integer(at: offset + 8, bytes: type == 3 ? 2 : 4)
    }
    return nil
  }
}
