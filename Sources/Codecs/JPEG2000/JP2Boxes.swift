/// The boxes of a `.jp2` file that tell of samples (ISO/IEC 15444-1, annex I).
struct JP2Boxes {
  /// The position of the contiguous codestream.
  let codestream: Int
  /// Colours that the components are indices into; nil where there are none, or nothing maps to them.
  private(set) var palette: (columns: Int, precision: Int)?

  private static let (header, contiguous) = (0x6A70_3268, 0x6A70_3263)
  private static let (paletteBox, mapping) = (0x7063_6C72, 0x636D_6170)

  init<Bytes: RandomAccessCollection<UInt8>>(_ bytes: Bytes) throws(CodecError)
  where Bytes.Index == Int {
    var position = 0
    while true {
      let box = try JP2Boxes.box(at: position, in: bytes)
      if box.type == JP2Boxes.contiguous {
        codestream = box.content
        return
      }
      guard let end = box.end else { throw .truncated(.jp2) }
      if box.type == JP2Boxes.header {
        palette = try? JP2Boxes.palette(in: box.content..<min(end, bytes.count), bytes)
      }
      position = end
    }
  }

  private static func palette<Bytes: RandomAccessCollection<UInt8>>(
    in range: Range<Int>, _ bytes: Bytes
  ) throws(CodecError) -> (columns: Int, precision: Int)? where Bytes.Index == Int {
    var palette: (columns: Int, precision: Int)?
    var isMapped = false
    var position = range.lowerBound
    while position < range.upperBound {
      let box = try box(at: position, in: bytes)
      if box.type == paletteBox {
        var reader = BigEndianReader(bytes: bytes, position: box.content + 2, format: .jp2)
        palette = (try reader.next(1), (try reader.next(1) & 0x7F) + 1)
      }
      isMapped = isMapped || box.type == mapping
      guard let end = box.end else { break }
      position = end
    }
    return isMapped ? palette : nil
  }

  /// - Returns: the end is nil for a box that reaches to the end of the file, or is shorter than its header.
  private static func box<Bytes: RandomAccessCollection<UInt8>>(
    at position: Int, in bytes: Bytes
  ) throws(CodecError) -> (type: Int, content: Int, end: Int?) where Bytes.Index == Int {
    var reader = BigEndianReader(bytes: bytes, position: position, format: .jp2)
    var length = try reader.next(4)
    let type = try reader.next(4)
    if length == 1 {
      guard try reader.next(4) == 0 else { throw .truncated(.jp2) }
      length = try reader.next(4)
    }
    let content = reader.position
    return (type, content, length >= content - position ? position + length : nil)
  }
}
