/// The boxes of a `.jp2` file that tell of samples (ISO/IEC 15444-1, annex I).
struct JP2Boxes {
  /// The position of the contiguous codestream.
  let codestream: Int
  /// Colours that the components are indices into; nil where there are none, or nothing maps to them.
  private(set) var palette: (columns: Int, precision: Int)?
  /// Of the channel that is stated to hold it.
  private(set) var opacity: Opacity?

  /// Types of a channel definition (I.5.3.6); 0 is colour, 65535 not specified.
  enum Opacity: Int {
    case straight = 1
    case premultiplied
  }

  private static let (header, contiguous) = (0x6A70_3268, 0x6A70_3263)
  private static let (paletteBox, mapping) = (0x7063_6C72, 0x636D_6170)
  private static let definition = 0x6364_6566

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
        let content = box.content..<min(end, bytes.count)
        palette = try? JP2Boxes.palette(in: content, bytes)
        opacity = try? JP2Boxes.opacity(in: content, bytes)
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

  /// Of the first channel definition's channels, each a number, a type and an association.
  private static func opacity<Bytes: RandomAccessCollection<UInt8>>(
    in range: Range<Int>, _ bytes: Bytes
  ) throws(CodecError) -> Opacity? where Bytes.Index == Int {
    var position = range.lowerBound
    while position < range.upperBound {
      let box = try box(at: position, in: bytes)
      if box.type == definition {
        var reader = BigEndianReader(bytes: bytes, position: box.content, format: .jp2)
        for _ in 0..<(try reader.next(2)) {
          _ = try reader.next(2)
          let type = try reader.next(2)
          _ = try reader.next(2)
          if let opacity = Opacity(rawValue: type) { return opacity }
        }
        return nil
      }
      guard let end = box.end else { return nil }
      position = end
    }
    return nil
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
