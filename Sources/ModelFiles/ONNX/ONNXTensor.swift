// TensorProto: weights and constants.
import Tensors

/// A tensor as the file holds it; `raw` points into the mapped file.
struct ONNXTensor {
  enum ElementType: Int64 { case float = 1, int32 = 6, int64 = 7, float16 = 10, double = 11 }

  var name = ""
  var shape: [Int64] = []
  var type: Int64 = 1
  var floats: [Float] = []
  var integers: [Int64] = []
  var raw: UnsafeRawBufferPointer?
  /// True when the values stand in another file.
  var isExternal = false
  /// Values to write, little-endian.
  var encodedRaw: [UInt8] = []

  init(name: String, _ tensor: Tensor) {
    self.name = name
    shape = tensor.shape.map(Int64.init)
    encodedRaw = tensor.withUnsafeFloats { Array(UnsafeRawBufferPointer($0)) }
  }

  init(name: String, integers: [Int64]) {
    self.name = name
    shape = [Int64(integers.count)]
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

  /// Sizes as Int, their product checked against overflow and the bytes that are there.
  private func checkedShape(elementCount: Int) -> [Int]? {
    var product = 1
    var sizes: [Int] = []
    for size in shape {
      guard let size = Int(exactly: size), size >= 0 else { return nil }
      let (next, overflow) = product.multipliedReportingOverflow(by: size)
      guard !overflow else { return nil }
      product = next
      sizes.append(size)
    }
    return product == elementCount ? sizes : nil
  }

  /// The values as floats, or nil when type, shape and data do not fit together.
  func tensor() -> Tensor? {
    guard !isExternal else { return nil }
    if let raw, type == ElementType.float.rawValue {
      guard raw.count % 4 == 0, let sizes = checkedShape(elementCount: raw.count / 4) else {
        return nil
      }
      var tensor = Tensor(shape: sizes)
      tensor.withUnsafeMutableFloats { UnsafeMutableRawBufferPointer($0).copyMemory(from: raw) }
      return tensor
    }
    let values = floatValues()
    guard let values, let sizes = checkedShape(elementCount: values.count) else { return nil }
    return Tensor(shape: sizes, values)
  }

  private func floatValues() -> [Float]? {
    switch ElementType(rawValue: type) {
    case .float: return floats
    case .int64, .int32: return integerValues()?.map { Float($0) }
    case .double:
      guard let raw, raw.count % 8 == 0 else { return nil }
      return (0..<raw.count / 8).map {
        Float(raw.loadUnaligned(fromByteOffset: $0 * 8, as: Double.self))
      }
    case .float16:
      guard let raw, raw.count % 2 == 0 else { return nil }
      return (0..<raw.count / 2).map {
        halfToFloat(raw.loadUnaligned(fromByteOffset: $0 * 2, as: UInt16.self))
      }
    case nil: return nil
    }
  }

  /// The values of an integer tensor.
  func integerValues() -> [Int64]? {
    guard !isExternal else { return nil }
    guard let raw else { return integers }
    switch ElementType(rawValue: type) {
    case .int64 where raw.count % 8 == 0:
      return (0..<raw.count / 8).map { raw.loadUnaligned(fromByteOffset: $0 * 8, as: Int64.self) }
    case .int32 where raw.count % 4 == 0:
      return (0..<raw.count / 4).map {
        Int64(raw.loadUnaligned(fromByteOffset: $0 * 4, as: Int32.self))
      }
    default: return nil
    }
  }
}

/// IEEE 754 binary16 to binary32.
private func halfToFloat(_ bits: UInt16) -> Float {
  let sign: Float = bits >> 15 == 1 ? -1 : 1
  let (exponent, fraction) = (Int(bits >> 10) & 31, Float(bits & 1023))
  switch exponent {
  case 0: return sign * fraction * 0x1p-24
  case 31: return fraction == 0 ? sign * .infinity : .nan
  default:
    return sign * (1 + fraction / 1024)
      * Float(sign: .plus, exponent: exponent - 15, significand: 1)
  }
}
