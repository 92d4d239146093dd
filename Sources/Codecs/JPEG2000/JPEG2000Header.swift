/// The SIZ marker segment of a JPEG 2000 codestream (ISO/IEC 15444-1, A.5.1), read before OpenJPEG
/// is, so that sizes are known to be sound before it takes memory for them.
struct JPEG2000Header: Equatable {
  var format: ImageFormat
  var width: Int
  var height: Int
  /// Of the codestream, or the colours of the palette that they stand for.
  var components: Int
  /// Of the first component.
  var precision: Int
  var isSigned: Bool
  var tiles: Int
  /// The reference grid's columns and rows that the picture covers.
  var columns: Range<Int>
  var rows: Range<Int>
  /// True where a component has fewer samples than the grid has points.
  var isSubsampled: Bool
  /// What a channel definition says.
  var opacity: JP2Boxes.Opacity?

  /// Largest number of components that is decoded: colour and alpha.
  static let maximumComponents = 4

  init<Bytes: RandomAccessCollection<UInt8>>(of bytes: Bytes) throws(CodecError)
  where Bytes.Index == Int {
    switch ImageFormat(sniffing: Array(bytes.prefix(64))) {
    case .jpeg2000: try self.init(codestreamAt: 0, in: bytes, format: .jpeg2000)
    case .jp2:
      let boxes = try JP2Boxes(bytes)
      try self.init(codestreamAt: boxes.codestream, in: bytes, format: .jp2)
      opacity = boxes.opacity
      if let palette = boxes.palette {
        guard (1...JPEG2000Header.maximumComponents).contains(palette.columns) else {
          throw .unsupported(.jp2, reason: "its palette has \(palette.columns) columns")
        }
        (components, precision, isSigned) = (palette.columns, palette.precision, false)
      }
    default: throw .notThisFormat(.jpeg2000)
    }
  }

  private init<Bytes: RandomAccessCollection<UInt8>>(
    codestreamAt start: Int, in bytes: Bytes, format: ImageFormat
  ) throws(CodecError) where Bytes.Index == Int {
    var reader = BigEndianReader(bytes: bytes, position: start, format: format)
    guard try reader.next(2) == 0xFF4F, try reader.next(2) == 0xFF51 else {
      throw .corrupt(format, reason: "the codestream does not begin with SOC and SIZ")
    }
    _ = try reader.next(4)
    // Reference grid, image offset, tile size, tile offset; each as x, y.
    var numbers: [Int] = []
    for _ in 0..<8 { numbers.append(try reader.next(4)) }
    let (right, bottom, left, top) = (numbers[0], numbers[1], numbers[2], numbers[3])
    guard right > left, bottom > top, numbers[4] > 0, numbers[5] > 0,
      numbers[6] <= left, numbers[7] <= top
    else { throw .corrupt(format, reason: "the image area or the tile size is empty") }
    components = try reader.next(2)
    guard (1...JPEG2000Header.maximumComponents).contains(components) else {
      throw .unsupported(format, reason: "it has \(components) components")
    }
    let depth = try reader.next(1)
    let (dx, dy) = (try reader.next(1), try reader.next(1))
    guard dx > 0, dy > 0 else { throw .corrupt(format, reason: "a sampling distance is 0") }
    var distances = [dx, dy]
    for _ in 1..<components {
      _ = try reader.next(1)
      distances += [try reader.next(1), try reader.next(1)]
    }
    isSubsampled = distances.contains { $0 != 1 }
    columns = left..<right
    rows = top..<bottom
    self.format = format
    width = (right + dx - 1) / dx - (left + dx - 1) / dx
    height = (bottom + dy - 1) / dy - (top + dy - 1) / dy
    precision = (depth & 0x7F) + 1
    isSigned = depth & 0x80 != 0
    let across = (right - numbers[6] + numbers[4] - 1) / numbers[4]
    let down = (bottom - numbers[7] + numbers[5] - 1) / numbers[5]
    // A.4.2: tiles have numbers of 16 bits.
    guard across <= 65535, down <= 65535, across * down <= 65535 else {
      throw .corrupt(format, reason: "it has \(across) x \(down) tiles")
    }
    tiles = across * down
    guard precision <= 31 else {
      throw .unsupported(format, reason: "it has \(precision) bits a sample")
    }
  }

  /// Every tile has at least one tile-part of 14 bytes: a shorter stream cannot be whole, and the
  /// library would take memory for each tile first.
  func check(against limits: CodecLimits, byteCount: Int) throws(CodecError) {
    try limits.check(format, width: width, height: height)
    guard tiles <= byteCount / 14 else { throw .truncated(format) }
  }
}

/// Reads unsigned big-endian integers; the end of the data is an error.
struct BigEndianReader<Bytes: RandomAccessCollection<UInt8>> where Bytes.Index == Int {
  let bytes: Bytes
  var position: Int
  let format: ImageFormat

  mutating func next(_ count: Int) throws(CodecError) -> Int {
    guard position <= bytes.count - count else { throw .truncated(format) }
    defer { position += count }
    return bytes[position..<(position + count)].reduce(0) { $0 << 8 | Int($1) }
  }
}
