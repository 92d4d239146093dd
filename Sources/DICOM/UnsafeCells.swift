internal import Imaging

/// Takes samples out of cells of memory: byte order, High Bit, sign.
enum Cells {
  /// Reads `count` cells from `bytes`, which hold them without gaps from bit `skippedBits` of the
  /// first byte on.
  /// - Returns: nil where the bytes do not hold `count` cells.
  static func unpack(
    _ bytes: UnsafeRawBufferPointer, skippedBits: Int = 0, count: Int, _ format: CellFormat,
    bigEndian: Bool
  ) -> PixelBuffer? {
    guard skippedBits + count * format.allocated <= bytes.count * 8 else { return nil }
    switch format.allocated {
    case 8: return samples(of: cells(bytes, UInt8.self, count, bigEndian), format)
    case 16: return samples(of: cells(bytes, UInt16.self, count, bigEndian), format)
    case 32: return samples(of: cells(bytes, UInt32.self, count, bigEndian), format)
    case 1: return samples(of: bits(bytes, skippedBits, count), format)
    default: return samples(of: packed(bytes, skippedBits, count, format.allocated), format)
    }
  }

  /// Reads `count` floating-point samples.
  static func floats(_ bytes: UnsafeRawBufferPointer, count: Int, bits: Int, bigEndian: Bool)
    -> PixelBuffer?
  {
    guard count * bits <= bytes.count * 8 else { return nil }
    if bits == 64 {
      return .float64(cells(bytes, UInt64.self, count, bigEndian).map(Double.init(bitPattern:)))
    }
    return .float32(cells(bytes, UInt32.self, count, bigEndian).map(Float.init(bitPattern:)))
  }

  /// Takes the samples out of whole cells; unsigned ones that fill their cells are these already.
  static func samples<Cell: FixedWidthInteger & UnsignedInteger & Sendable>(
    of cells: [Cell], _ format: CellFormat
  ) -> PixelBuffer {
    if !format.isSigned && format.stored == Cell.bitWidth && format.container == Cell.bitWidth {
      if let cells = cells as? [UInt8] { return .uint8(cells) }
      if let cells = cells as? [UInt16] { return .uint16(cells) }
      if let cells = cells as? [UInt32] { return .uint32(cells) }
    }
    return switch (format.container, format.isSigned) {
    case (8, false): .uint8(extract(cells, format))
    case (8, true): .int8(extract(cells, format))
    case (16, false): .uint16(extract(cells, format))
    case (16, true): .int16(extract(cells, format))
    case (_, false): .uint32(extract(cells, format))
    case (_, true): .int32(extract(cells, format))
    }
  }

  /// Takes the samples out of decoded integers, the bits of which are cells.
  static func samples(of decoded: PixelBuffer, _ format: CellFormat) -> PixelBuffer {
    switch decoded {
    case .uint8(let cells): samples(of: cells, format)
    case .uint16(let cells): samples(of: cells, format)
    case .int8(let values): samples(of: values.map(UInt8.init(bitPattern:)), format)
    case .int16(let values): samples(of: values.map(UInt16.init(bitPattern:)), format)
    default: samples(of: decoded.cells(), format)
    }
  }

  /// Keeps numbers within the range of the sample's bits.
  private static func limit<Cell: FixedWidthInteger & UnsignedInteger, Out: FixedWidthInteger>(
    _ cells: [Cell], _ format: CellFormat
  ) -> [Out] {
    let bits = Int64(format.stored - (format.isSigned ? 1 : 0))
    let largest = (Int64(1) << bits) - 1
    let least = format.isSigned ? -largest - 1 : 0
    let shift = Int64(64 - Cell.bitWidth)
    return cells.map { cell in
      let value = Int64(truncatingIfNeeded: cell)
      let number = format.isSigned ? (value << shift) >> shift : value
      return Out(truncatingIfNeeded: min(max(number, least), largest))
    }
  }

  /// Shifts the sample down, masks what is beside it, extends the sign.
  private static func extract<Cell: FixedWidthInteger & UnsignedInteger, Out: FixedWidthInteger>(
    _ cells: [Cell], _ format: CellFormat
  ) -> [Out] {
    if format.isLimited && format.high == format.stored - 1 { return limit(cells, format) }
    let up = UInt64(64 - 1 - format.high)
    let down = UInt64(64 - format.stored)
    return cells.withUnsafeBufferPointer { source in
      [Out](unsafeUninitializedCapacity: source.count) { out, count in
        // Safe: both buffers have `source.count` elements.
        if format.isSigned {
          for index in 0..<source.count {
            let pattern = Int64(bitPattern: UInt64(truncatingIfNeeded: source[index]) &<< up)
            out[index] = Out(truncatingIfNeeded: pattern &>> Int64(down))
          }
        } else {
          for index in 0..<source.count {
            let pattern = UInt64(truncatingIfNeeded: source[index]) &<< up
            out[index] = Out(truncatingIfNeeded: pattern &>> down)
          }
        }
        count = source.count
      }
    }
  }

  private static func cells<Cell: FixedWidthInteger>(
    _ bytes: UnsafeRawBufferPointer, _ type: Cell.Type, _ count: Int, _ bigEndian: Bool
  ) -> [Cell] {
    [Cell](unsafeUninitializedCapacity: count) { out, done in
      let size = Cell.bitWidth / 8
      for index in 0..<count {
        // Safe: the caller has checked that `count` cells are there.
        let cell = bytes.loadUnaligned(fromByteOffset: index * size, as: Cell.self)
        out[index] = bigEndian ? Cell(bigEndian: cell) : Cell(littleEndian: cell)
      }
      done = count
    }
  }

  /// One bit a cell, the least significant of each byte first.
  private static func bits(_ bytes: UnsafeRawBufferPointer, _ skipped: Int, _ count: Int) -> [UInt8]
  {
    [UInt8](unsafeUninitializedCapacity: count) { out, done in
      for index in 0..<count {
        let bit = skipped + index
        out[index] = bytes[bit >> 3] &>> UInt8(bit & 7) & 1
      }
      done = count
    }
  }

  /// Cells of odd widths (12 bits and the like), packed least significant bit first.
  private static func packed(
    _ bytes: UnsafeRawBufferPointer, _ skipped: Int, _ count: Int, _ width: Int
  )
    -> [UInt32]
  {
    (0..<count).map { index in
      let start = skipped + index * width
      let last = (start + width - 1) >> 3
      var pattern: UInt64 = 0
      for byte in stride(from: last, through: start >> 3, by: -1) {
        pattern = pattern << 8 | UInt64(bytes[byte])
      }
      return UInt32(truncatingIfNeeded: pattern >> UInt64(start & 7) & ((1 << UInt64(width)) - 1))
    }
  }
}

extension PixelBuffer {
  /// The samples' bit patterns as unsigned cells, the sign extended.
  func cells() -> [UInt32] {
    switch self {
    case .uint8(let s): s.map { UInt32($0) }
    case .int8(let s): s.map { UInt32(bitPattern: Int32($0)) }
    case .uint16(let s): s.map { UInt32($0) }
    case .int16(let s): s.map { UInt32(bitPattern: Int32($0)) }
    case .uint32(let s): s
    case .int32(let s): s.map { UInt32(bitPattern: $0) }
    case .float32(let s): s.map(\.bitPattern)
    case .float64(let s): s.map { Float($0).bitPattern }
    }
  }
}
