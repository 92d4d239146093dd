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
    case 8: return samples(bytes, UInt8.self, count, format, bigEndian)
    case 16: return samples(bytes, UInt16.self, count, format, bigEndian)
    case 32: return samples(bytes, UInt32.self, count, format, bigEndian)
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

  /// Takes one sample out of a cell: shifts it down, masks what is beside it, extends the sign; or, for
  /// numbers, keeps it within the range of its bits.
  private struct Extraction<Cell: FixedWidthInteger & UnsignedInteger, Out: FixedWidthInteger> {
    private let (up, down): (UInt64, UInt64)
    private let (least, most): (Int64, Int64)
    private let (isSigned, isLimited): (Bool, Bool)
    private let widening: Int64

    init(_ format: CellFormat) {
      isSigned = format.isSigned
      isLimited = format.isLimited && format.high == format.stored - 1
      up = UInt64(64 - 1 - format.high)
      down = UInt64(64 - format.stored)
      most = (Int64(1) << Int64(format.stored - (isSigned ? 1 : 0))) - 1
      least = isSigned ? -most - 1 : 0
      widening = Int64(64 - Cell.bitWidth)
    }

    @inline(__always) func callAsFunction(_ cell: Cell) -> Out {
      let pattern = UInt64(truncatingIfNeeded: cell)
      if isLimited {
        let value = Int64(bitPattern: pattern)
        let number = isSigned ? (value &<< widening) &>> widening : value
        return Out(truncatingIfNeeded: min(max(number, least), most))
      }
      guard isSigned else { return Out(truncatingIfNeeded: (pattern &<< up) &>> down) }
      return Out(truncatingIfNeeded: Int64(bitPattern: pattern &<< up) &>> Int64(down))
    }
  }

  /// Samples of cells that hold no more and no less than them are these cells.
  private static func isWhole(_ format: CellFormat, bits: Int) -> Bool {
    format.stored == bits && format.container == bits
  }

  private static func extract<Cell: FixedWidthInteger & UnsignedInteger, Out: FixedWidthInteger>(
    _ cells: [Cell], _ format: CellFormat
  ) -> [Out] {
    let extraction = Extraction<Cell, Out>(format)
    return cells.withUnsafeBufferPointer { source in
      [Out](unsafeUninitializedCapacity: source.count) { out, count in
        // Safe: both buffers have `source.count` elements.
        for index in 0..<source.count { out[index] = extraction(source[index]) }
        count = source.count
      }
    }
  }

  /// Takes the samples out of bytes in one pass, without cells in between.
  private static func samples<Cell: FixedWidthInteger & UnsignedInteger>(
    _ bytes: UnsafeRawBufferPointer, _ type: Cell.Type, _ count: Int, _ format: CellFormat,
    _ bigEndian: Bool
  ) -> PixelBuffer {
    func read<Out: FixedWidthInteger>() -> [Out] {
      let extraction = Extraction<Cell, Out>(format)
      let size = Cell.bitWidth / 8
      return [Out](unsafeUninitializedCapacity: count) { out, done in
        // Safe: the caller has checked that `count` cells are there.
        for index in 0..<count {
          let cell = bytes.loadUnaligned(fromByteOffset: index * size, as: Cell.self)
          out[index] = extraction(bigEndian ? Cell(bigEndian: cell) : Cell(littleEndian: cell))
        }
        done = count
      }
    }
    return switch (format.container, format.isSigned) {
    case (8, false): .uint8(read())
    case (8, true): .int8(read())
    case (16, false): .uint16(read())
    case (16, true): .int16(read())
    case (_, false): .uint32(read())
    case (_, true): .int32(read())
    }
  }

  /// Lends room for `count` cells in the machine's byte order, rounded up to an even number of bytes, and
  /// takes the samples out of what `fill` has written there, in place where they have the cells' width.
  /// - Precondition: cells of 8, 16 or 32 bits.
  static func filled<E: Error>(
    count: Int, _ format: CellFormat, fill: (UnsafeMutableRawBufferPointer) throws(E) -> Void
  ) throws(E) -> PixelBuffer {
    precondition([8, 16, 32].contains(format.allocated), "decoders write whole cells")
    guard format.container == format.allocated else {
      return switch format.allocated {
      case 8: samples(of: try room(count, UInt8.self, fill), format)
      case 16: samples(of: try room(count, UInt16.self, fill), format)
      default: samples(of: try room(count, UInt32.self, fill), format)
      }
    }
    return switch (format.container, format.isSigned) {
    case (8, false): .uint8(try filled(count, UInt8.self, format, fill))
    case (8, true): .int8(try filled(count, UInt8.self, format, fill))
    case (16, false): .uint16(try filled(count, UInt16.self, format, fill))
    case (16, true): .int16(try filled(count, UInt16.self, format, fill))
    case (_, false): .uint32(try filled(count, UInt32.self, format, fill))
    case (_, true): .int32(try filled(count, UInt32.self, format, fill))
    }
  }

  private static func filled<Cell: FixedWidthInteger & UnsignedInteger, Out, E: Error>(
    _ count: Int, _ type: Cell.Type, _ format: CellFormat,
    _ fill: (UnsafeMutableRawBufferPointer) throws(E) -> Void
  ) throws(E) -> [Out] where Out: FixedWidthInteger & Sendable {
    let extraction = Extraction<Cell, Out>(format)
    let changes = !isWhole(format, bits: Cell.bitWidth)
    return try room(count, Out.self) { (raw) throws(E) in
      try fill(raw)
      guard changes else { return }
      let size = Cell.bitWidth / 8
      // Safe: `raw` holds `count` cells, and a sample takes the room of its cell.
      for offset in stride(from: 0, to: count * size, by: size) {
        let sample = extraction(raw.load(fromByteOffset: offset, as: Cell.self))
        raw.storeBytes(of: sample, toByteOffset: offset, as: Out.self)
      }
    }
  }

  /// An array that `fill` writes as bytes, all of them.
  private static func room<Out: FixedWidthInteger, E: Error>(
    _ count: Int, _ type: Out.Type, _ fill: (UnsafeMutableRawBufferPointer) throws(E) -> Void
  ) throws(E) -> [Out] {
    var outcome: Result<Void, E> = .success(())
    // One more, where bytes alone make an odd number; left unset so that pages are taken as they are
    // written. Safe: integers have no invalid bits, and on failure the array is given up.
    let array = [Out](unsafeUninitializedCapacity: count + 1) { buffer, done in
      let bytes = (count * (Out.bitWidth / 8) + 1) / 2 * 2
      let raw = UnsafeMutableRawBufferPointer(
        rebasing: UnsafeMutableRawBufferPointer(buffer)[..<bytes])
      outcome = Result { () throws(E) in try fill(raw) }
      done = count
    }
    try outcome.get()
    return array
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
