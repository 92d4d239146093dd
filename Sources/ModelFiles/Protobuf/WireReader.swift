// Reading protobuf's wire format in place: no copies, every length checked.

/// Why bytes are not a protobuf message.
enum WireError: Error, Equatable {
  /// A number or field runs past the end of its message.
  case truncated
  /// A varint has more than ten bytes or a tag is zero.
  case malformed
  /// A field has another wire type than its number promises.
  case unexpectedType(field: Int)
  /// Messages nest deeper than any real model.
  case tooDeep
}

/// One message's bytes; the owner of the memory outlives it.
struct WireReader {
  /// A field's value as it stands on the wire.
  enum Value {
    case varint(UInt64)
    case fixed32(UInt32)
    case fixed64(UInt64)
    case bytes(UnsafeRawBufferPointer)
  }

  private let bytes: UnsafeRawBufferPointer
  private var offset = 0
  let depth: Int

  init(_ bytes: UnsafeRawBufferPointer, depth: Int = 0) throws(WireError) {
    guard depth < 16 else { throw .tooDeep }
    self.bytes = bytes
    self.depth = depth
  }

  /// The next field, or nil at the end of the message.
  mutating func next() throws(WireError) -> (field: Int, value: Value)? {
    guard offset < bytes.count else { return nil }
    let tag = try varint()
    guard let field = Int(exactly: tag >> 3), field > 0 else { throw .malformed }
    switch tag & 7 {
    case 0: return (field, .varint(try varint()))
    case 1: return (field, .fixed64(try fixed(UInt64.self)))
    case 2:
      guard let length = Int(exactly: try varint()) else { throw .truncated }
      return (field, .bytes(try slice(length)))
    case 5: return (field, .fixed32(try fixed(UInt32.self)))
    default: throw .malformed
    }
  }

  private mutating func slice(_ length: Int) throws(WireError) -> UnsafeRawBufferPointer {
    guard length >= 0, length <= bytes.count - offset else { throw .truncated }
    defer { offset += length }
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length])
  }

  private mutating func fixed<T: FixedWidthInteger>(_ type: T.Type) throws(WireError) -> T {
    T(littleEndian: try slice(MemoryLayout<T>.size).loadUnaligned(as: T.self))
  }

  private mutating func varint() throws(WireError) -> UInt64 {
    var result: UInt64 = 0
    for shift in stride(from: 0, to: 70, by: 7) {
      guard offset < bytes.count else { throw .truncated }
      let byte = bytes[offset]
      offset += 1
      result |= UInt64(byte & 0x7F) << UInt64(shift)
      if byte & 0x80 == 0 { return result }
    }
    throw .malformed
  }

  /// All varints of a packed field.
  static func packedVarints(_ bytes: UnsafeRawBufferPointer) throws(WireError) -> [Int64] {
    var reader = try WireReader(bytes)
    var values: [Int64] = []
    while reader.offset < bytes.count { values.append(Int64(bitPattern: try reader.varint())) }
    return values
  }
}

extension WireReader.Value {
  func integer(_ field: Int) throws(WireError) -> Int64 {
    guard case .varint(let value) = self else { throw .unexpectedType(field: field) }
    return Int64(bitPattern: value)
  }

  func bytes(_ field: Int) throws(WireError) -> UnsafeRawBufferPointer {
    guard case .bytes(let value) = self else { throw .unexpectedType(field: field) }
    return value
  }

  func string(_ field: Int) throws(WireError) -> String {
    String(decoding: try bytes(field), as: UTF8.self)
  }

  func float(_ field: Int) throws(WireError) -> Float {
    guard case .fixed32(let value) = self else { throw .unexpectedType(field: field) }
    return Float(bitPattern: value)
  }

  /// One number, or all of a packed field.
  func integers(_ field: Int) throws(WireError) -> [Int64] {
    if case .bytes(let packed) = self { return try WireReader.packedVarints(packed) }
    return [try integer(field)]
  }

  func floats(_ field: Int) throws(WireError) -> [Float] {
    guard case .bytes(let packed) = self else { return [try float(field)] }
    guard packed.count % 4 == 0 else { throw .truncated }
    return (0..<packed.count / 4).map {
      Float(
        bitPattern: UInt32(
          littleEndian: packed.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self)))
    }
  }

  func doubles(_ field: Int) throws(WireError) -> [Double] {
    if case .fixed64(let bits) = self { return [Double(bitPattern: bits)] }
    let packed = try bytes(field)
    guard packed.count % 8 == 0 else { throw .truncated }
    return (0..<packed.count / 8).map {
      Double(
        bitPattern: UInt64(
          littleEndian: packed.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self)))
    }
  }
}
