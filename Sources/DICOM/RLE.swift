/// RLE Lossless (PS3.5 annex G): a frame is one PackBits segment for each byte of each sample,
/// most significant byte first.
enum RLE {
  /// Decodes a frame into cells of `bytesOfCell` bytes in the machine's order, interleaved by pixel.
  /// - Parameter room: takes a closure that writes all cells, and lends them memory.
  static func decode<Cells>(
    _ bytes: UnsafeRawBufferPointer, pixels: Int, samples: Int, bytesOfCell: Int,
    into room: ((UnsafeMutableRawBufferPointer) throws(RLEError) -> Void) throws(RLEError) -> Cells
  ) throws(RLEError) -> Cells {
    let step = samples * bytesOfCell
    let segments = try segments(of: bytes, expected: step)
    // Two bytes give at most 128: a shorter segment cannot be whole, and takes no memory.
    guard segments.allSatisfy({ $0.count >= pixels / 64 }) else { throw .truncated }
    let isLittle = UInt16(1).littleEndian == 1
    return try room { (out) throws(RLEError) in
      for (index, segment) in segments.enumerated() {
        let byte = isLittle ? bytesOfCell - 1 - index % bytesOfCell : index % bytesOfCell
        let isWhole = unpack(
          UnsafeRawBufferPointer(rebasing: bytes[segment]), into: out,
          first: index / bytesOfCell * bytesOfCell + byte, step: step, count: pixels)
        guard isWhole else { throw .truncated }
      }
    }
  }

  /// The same into bytes.
  static func bytes(_ bytes: UnsafeRawBufferPointer, pixels: Int, samples: Int, bytesOfCell: Int)
    throws(RLEError) -> [UInt8]
  {
    try decode(bytes, pixels: pixels, samples: samples, bytesOfCell: bytesOfCell) {
      (write) throws(RLEError) in
      var out = [UInt8](repeating: 0, count: pixels * samples * bytesOfCell)
      let outcome = out.withUnsafeMutableBytes { raw in
        Result { () throws(RLEError) in try write(raw) }
      }
      try outcome.get()
      return out
    }
  }

  /// The header: 16 little endian numbers, the count of segments and their offsets.
  private static func segments(of bytes: UnsafeRawBufferPointer, expected: Int) throws(RLEError)
    -> [Range<Int>]
  {
    guard expected < 16 else {
      throw .damaged("it would need \(expected) RLE segments, and there is room for 15")
    }
    guard bytes.count >= 64 else { throw .damaged("it is shorter than its header") }
    let header = (0..<16).map { word in
      (0..<4).reduce(0) { $0 | Int(bytes[word * 4 + $1]) << (8 * $1) }
    }
    guard header[0] == expected else {
      throw .damaged("it has \(header[0]) RLE segments where \(expected) are due")
    }
    var ranges = [Range<Int>]()
    for index in 1...header[0] {
      let start = header[index]
      let end = index < header[0] ? header[index + 1] : bytes.count
      guard start >= 64, start <= end, end <= bytes.count else { throw .truncated }
      ranges.append(start..<end)
    }
    return ranges
  }

  /// PackBits: a byte n of 0...127 copies the next n + 1, one of 129...255 repeats the next
  /// 257 - n times, 128 does nothing.
  /// - Returns: false where the segment ends before `count` bytes.
  private static func unpack(
    _ source: UnsafeRawBufferPointer, into out: UnsafeMutableRawBufferPointer, first: Int,
    step: Int,
    count: Int
  ) -> Bool {
    var position = 0
    var done = 0
    while done < count {
      guard position < source.count else { return false }
      let control = Int(source[position])
      position += 1
      if control == 128 { continue }
      let isRun = control > 128
      let length = min(isRun ? 257 - control : control + 1, count - done)
      guard position + (isRun ? 1 : length) <= source.count else { return false }
      // Safe: `out` holds `count` cells of `step` bytes, and reading was checked above.
      for index in 0..<length {
        out[first + (done + index) * step] = source[position + (isRun ? 0 : index)]
      }
      position += isRun ? 1 : control + 1
      done += length
    }
    return true
  }

  /// Encodes a frame of little endian cells, interleaved by pixel; segments have even lengths.
  static func encode(_ cells: [UInt8], samples: Int, bytesOfCell: Int, columns: Int) -> [UInt8] {
    let step = samples * bytesOfCell
    var header = [step]
    var body = [UInt8]()
    for index in 0..<step {
      header.append(64 + body.count)
      let first = index / bytesOfCell * bytesOfCell + (bytesOfCell - 1 - index % bytesOfCell)
      let plane = stride(from: first, to: cells.count, by: step).map { cells[$0] }
      // Runs do not cross rows (G.3.1).
      for row in stride(from: 0, to: plane.count, by: columns) {
        pack(plane[row..<min(row + columns, plane.count)], into: &body)
      }
      if body.count % 2 == 1 { body.append(0) }
    }
    header += [Int](repeating: 0, count: 16 - header.count)
    return header.flatMap { number in (0..<4).map { UInt8(number >> (8 * $0) & 0xFF) } } + body
  }

  private static func pack(_ row: ArraySlice<UInt8>, into out: inout [UInt8]) {
    var position = row.startIndex
    var literal = row.startIndex
    func flush(upTo end: Int) {
      while literal < end {
        let count = min(end - literal, 128)
        out.append(UInt8(count - 1))
        out += row[literal..<(literal + count)]
        literal += count
      }
    }
    while position < row.endIndex {
      var end = position + 1
      while end < row.endIndex, row[end] == row[position], end - position < 128 { end += 1 }
      if end - position >= 3 {
        flush(upTo: position)
        out.append(UInt8(257 - (end - position)))
        out.append(row[position])
        literal = end
      }
      position = end
    }
    flush(upTo: row.endIndex)
  }
}

/// Why an RLE frame cannot be decoded.
enum RLEError: Error {
  case truncated
  case damaged(String)
}
