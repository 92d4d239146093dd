/// Finds the orientation in a JPEG's EXIF segment (CIPA DC-008): APP1, then a small TIFF directory.
///
/// A broken EXIF segment says nothing about the pixels: the picture counts as upright then.
enum EXIF {
  static func orientation(inJPEG bytes: [UInt8]) -> Orientation {
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
      if marker == 0xE1, segment.starts(with: Array("Exif\0\0".utf8)) {
        return orientation(inTIFF: Array(segment.dropFirst(6)))
      }
      position = end
    }
    return .upright
  }

  private static func orientation(inTIFF tiff: [UInt8]) -> Orientation {
    let isLittle = tiff.starts(with: [0x49, 0x49, 0x2A, 0])
    guard isLittle || tiff.starts(with: [0x4D, 0x4D, 0, 0x2A]) else { return .upright }
    func integer(at offset: Int, bytes count: Int) -> Int? {
      guard offset >= 0, offset <= tiff.count - count else { return nil }
      let part = tiff[offset..<(offset + count)]
      return (isLittle ? Array(part.reversed()) : Array(part)).reduce(0) { $0 << 8 | Int($1) }
    }
    guard let directory = integer(at: 4, bytes: 4), let count = integer(at: directory, bytes: 2)
    else { return .upright }
    for entry in 0..<count {
      let offset = directory + 2 + 12 * entry
      guard let tag = integer(at: offset, bytes: 2) else { break }
      guard tag == 0x0112 else { continue }
      // One SHORT, or LONG as some write it, at the start of the value field.
      guard let type = integer(at: offset + 2, bytes: 2), type == 3 || type == 4,
        let value = integer(at: offset + 8, bytes: type == 3 ? 2 : 4)
      else { break }
      return Orientation(rawValue: value) ?? .upright
    }
    return .upright
  }
}
