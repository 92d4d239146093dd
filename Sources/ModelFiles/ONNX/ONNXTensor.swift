// TensorProto: weights and constants.
import Networks
import Tensors

/// A tensor as the file holds it; `raw` points into the mapped file.
struct ONNXTensor {
  enum ElementType: Int64 {
    case float = 1, uint8, int8, uint16, int16, int32, int64, string, bool, float16, double
    case uint32, uint64, complex64, complex128, bfloat16

    var isInteger: Bool {
      switch self {
      case .uint8, .int8, .uint16, .int16, .int32, .int64, .bool, .uint32, .uint64: true
      default: false
      }
    }

    /// Bytes of one element; nil for types that no network here uses.
    var size: Int? {
      switch self {
      case .uint8, .int8, .bool: 1
      case .uint16, .int16, .float16, .bfloat16: 2
      case .float, .int32, .uint32: 4
      case .int64, .double, .uint64: 8
      case .string, .complex64, .complex128: nil
      }
    }
  }

  var name = ""
  var shape: [Int64] = []
  var type: Int64 = 1
  var floats: [Float] = []
  var integers: [Int64] = []
  var doubles: [Double] = []
  var raw: UnsafeRawBufferPointer?
  /// True when the values stand in another file, which `external` names.
  var isExternal = false
  var external: [String: String] = [:]
  /// Values to write, little-endian.
  var encodedRaw: [UInt8] = []

  init(name: String, _ tensor: Tensor) {
    self.name = name
    shape = tensor.shape.map(Int64.init)
    encodedRaw = tensor.withUnsafeFloats { Array(UnsafeRawBufferPointer($0)) }
  }

  /// Rounded to half precision; nil where a value is too large for that.
  init?(name: String, half tensor: Tensor) {
    self.name = name
    shape = tensor.shape.map(Int64.init)
    type = ElementType.float16.rawValue
    encodedRaw.reserveCapacity(2 * tensor.count)
    for value in tensor.values {
      let half = floatToHalf(value)
      guard halfToFloat(half).isFinite else { return nil }
      encodedRaw += [UInt8(truncatingIfNeeded: half), UInt8(truncatingIfNeeded: half >> 8)]
    }
  }

  init(name: String, integers: [Int64], shape: [Int]? = nil) {
    self.name = name
    self.shape = shape?.map(Int64.init) ?? [Int64(integers.count)]
    type = ElementType.int64.rawValue
    encodedRaw = integers.withUnsafeBytes { Array($0) }
  }

  init(_ reader: WireReader) throws(WireError) {
    var reader = reader
    while let (field, value) = try reader.next() {
      switch field {
      case 1: shape += try value.integers(field)
      case 2: type = try value.integer(field)
      case 4: floats += try value.floats(field)
      case 5, 7: integers += try value.integers(field)
      case 8: name = try value.string(field)
      case 9: raw = try value.bytes(field)
      case 10: doubles += try value.doubles(field)
      case 11: integers += try value.integers(field)
      case 13:
        let entry = try ONNXModel.entry(
          try WireReader(try value.bytes(field), depth: reader.depth + 1))
        external[entry.key] = entry.value
      case 14: isExternal = try value.integer(field) == 1
      default: break
      }
    }
  }

  func write(to writer: inout WireWriter) {
    writer.integers(1, shape)
    writer.integer(2, type)
    writer.string(8, name)
    writer.raw(9, encodedRaw)
  }

  /// Bytes that the values take in a file; nil where the sizes are impossible or the type unknown.
  var byteCount: Int? {
    guard let size = ElementType(rawValue: type)?.size, let shape = checkedShape() else {
      return nil
    }
    let (bytes, overflow) = shape.reduce(1, *).multipliedReportingOverflow(by: size)
    return overflow ? nil : bytes
  }

  /// Sizes as Int, their product checked against overflow.
  private func checkedShape() -> [Int]? {
    var product = 1
    var sizes: [Int] = []
    for size in shape {
      guard let size = Int(exactly: size), size >= 0 else { return nil }
      let (next, overflow) = product.multipliedReportingOverflow(by: size)
      guard !overflow else { return nil }
      product = next
      sizes.append(size)
    }
    return sizes
  }

  /// Whether the values are integers or truth values.
  var isInteger: Bool { ElementType(rawValue: type)?.isInteger ?? false }

  /// The values as floats, or nil when type, shape and data do not fit together.
  func tensor() -> Tensor? {
    guard let sizes = checkedShape() else { return nil }
    let count = sizes.reduce(1, *)
    if let raw, type == ElementType.float.rawValue {
      guard raw.count % 4 == 0, raw.count / 4 == count else { return nil }
      return Tensor(shape: sizes, copying: raw)
    }
    if let raw, type == ElementType.float16.rawValue {
      guard raw.count % 2 == 0, raw.count / 2 == count else { return nil }
      var tensor = Tensor(shape: sizes)
      tensor.withUnsafeMutableFloats { floats in
        for index in 0..<count {
          let bits = raw.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
          floats[index] = halfToFloat(UInt16(littleEndian: bits))
        }
      }
      return tensor
    }
    guard let values = numbers(), values.count == count else { return nil }
    return Tensor(shape: sizes, values.map { Float($0) })
  }

  /// The values as a constant that decides shapes.
  func constant() -> ConstantTensor? {
    guard let sizes = checkedShape(), let values = numbers(), values.count == sizes.reduce(1, *)
    else { return nil }
    return ConstantTensor(shape: sizes, values, isInteger: isInteger)
  }

  private func numbers() -> [Double]? {
    guard let type = ElementType(rawValue: type) else { return nil }
    guard let raw else {
      switch type {
      case .float: return floats.map { Double($0) }
      case .double: return doubles
      case .float16: return integers.map { Double(halfToFloat(UInt16(truncatingIfNeeded: $0))) }
      case .bfloat16: return integers.map { Double(brainToFloat(UInt16(truncatingIfNeeded: $0))) }
      default: return type.isInteger ? integers.map { Double($0) } : nil
      }
    }
    switch type {
    case .float: return raw.elements(UInt32.self)?.map { Double(Float(bitPattern: $0)) }
    case .double: return raw.elements(UInt64.self)?.map { Double(bitPattern: $0) }
    case .float16: return raw.elements(UInt16.self)?.map { Double(halfToFloat($0)) }
    case .bfloat16: return raw.elements(UInt16.self)?.map { Double(brainToFloat($0)) }
    case .uint8, .bool: return raw.elements(UInt8.self)?.map { Double($0) }
    case .int8: return raw.elements(Int8.self)?.map { Double($0) }
    case .uint16: return raw.elements(UInt16.self)?.map { Double($0) }
    case .int16: return raw.elements(Int16.self)?.map { Double($0) }
    case .uint32: return raw.elements(UInt32.self)?.map { Double($0) }
    case .int32: return raw.elements(Int32.self)?.map { Double($0) }
    case .uint64: return raw.elements(UInt64.self)?.map { Double($0) }
    case .int64: return raw.elements(Int64.self)?.map { Double($0) }
    case .string, .complex64, .complex128: return nil
    }
  }
}

extension UnsafeRawBufferPointer {
  /// Little-endian numbers; nil where the last is cut off.
  fileprivate func elements<T: FixedWidthInteger>(_ type: T.Type) -> [T]? {
    let size = MemoryLayout<T>.size
    guard count % size == 0 else { return nil }
    return (0..<count / size).map {
      T(littleEndian: loadUnaligned(fromByteOffset: $0 * size, as: T.self))
    }
  }
}

/// The upper half of a binary32.
private func brainToFloat(_ bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }
