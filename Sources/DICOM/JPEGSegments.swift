/// The marker segments of a JPEG or JPEG-LS codestream (ISO/IEC 10918-1 B.1), walked by their lengths:
/// what stands inside a segment is never taken for a marker.
///
/// Between segments lie entropy-coded data, in which no marker from 0xC0 on can occur, and restart
/// markers; both are passed over. The walk ends at the end marker, at a length that none can have, or with the bytes.
struct JPEGSegments: Sequence, IteratorProtocol {
  struct Segment {
    let marker: UInt8
    /// What follows the length. Reaches to the end of the bytes where they end early.
    let content: Range<Int>
    /// False where the bytes end before the segment does.
    let isWhole: Bool
  }

  private let bytes: [UInt8]
  // After the start marker.
  private var position = 2

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func next() -> Segment? {
    while position + 4 <= bytes.count {
      guard bytes[position] == 0xFF else {
        position += 1
        continue
      }
      switch bytes[position + 1] {
      case 0xFF: position += 1
      case ..<0xC0, 0xD0...0xD8: position += 2
      case 0xD9: position = bytes.count
      case let marker:
        let length = Int(bytes[position + 2]) << 8 | Int(bytes[position + 3])
        let (start, end) = (position + 4, position + 2 + length)
        position = length < 2 ? bytes.count : end
        guard length >= 2 else { return nil }
        return Segment(
          marker: marker, content: start..<Swift.min(end, bytes.count), isWhole: end <= bytes.count)
      }
    }
    return nil
  }
}
