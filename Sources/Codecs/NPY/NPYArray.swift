package import Imaging

/// NumPy's `.npy` file (NumPy Enhancement Proposal 1): one array in C order.
package struct NPYArray: Sendable, Equatable {
  /// Lengths of the axes, slowest first.
  package let shape: [Int]
  package let values: PixelBuffer

  /// - Precondition: `values.count` is the product of `shape`.
  package init(shape: [Int], values: PixelBuffer) {
    precondition(values.count == shape.reduce(1, *), "the value count must match the shape")
    self.shape = shape
    self.values = values
  }

  /// The file's bytes: format 1.0, little-endian values, data at a multiple of 64 bytes.
  package func encoded() -> [UInt8] {
    NPYArray.header(shape: shape, values: values) + values.littleEndianBytes()
  }

  /// The bytes before the values, for arrays that are written piece by piece.
  /// - Parameter values: any part of them; only their type counts.
  package static func header(shape: [Int], values: PixelBuffer) -> [UInt8] {
    let axes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var dictionary =
      "{'descr': '\(descriptor(of: values))', 'fortran_order': False, 'shape': (\(axes)), }"
    let unpadded = 10 + dictionary.utf8.count + 1
    dictionary += String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"
    let length = dictionary.utf8.count
    precondition(length <= 0xFFFF, "an array's shape must fit into a short header")
    return ImageFormat.npy.signature + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)]
      + Array(dictionary.utf8)
  }

  private static func descriptor(of values: PixelBuffer) -> String {
    switch values {
    case .uint8: "|u1"
    case .int8: "|i1"
    case .uint16: "<u2"
    case .int16: "<i2"
    case .uint32: "<u4"
    case .int32: "<i4"
    case .float32: "<f4"
    case .float64: "<f8"
    }
  }
}

extension PixelBuffer {
  /// The samples' bytes, least significant first, as `.npy` files and hashes of pixels take them.
  package func littleEndianBytes() -> [UInt8] {
    switch self {
    case .uint8(let samples): samples
    case .int8(let samples): samples.map { UInt8(bitPattern: $0) }
    case .uint16(let samples): bytes(of: samples)
    case .int16(let samples): bytes(of: samples)
    case .uint32(let samples): bytes(of: samples)
    case .int32(let samples): bytes(of: samples)
    case .float32(let samples): bytes(of: samples.map(\.bitPattern))
    case .float64(let samples): bytes(of: samples.map(\.bitPattern))
    }
  }

  /// Lends the samples' bytes, least significant first; a copy only where the machine has another
  /// order.
  package func withLittleEndianBytes<R>(
    _ body: (UnsafeRawBufferPointer) throws -> R
  ) rethrows -> R {
    #if _endian(little)
      // Safe: arrays of numbers have no padding, and the memory is only read.
      switch self {
      case .uint8(let samples): try samples.withUnsafeBytes(body)
      case .int8(let samples): try samples.withUnsafeBytes(body)
      case .uint16(let samples): try samples.withUnsafeBytes(body)
      case .int16(let samples): try samples.withUnsafeBytes(body)
      case .uint32(let samples): try samples.withUnsafeBytes(body)
      case .int32(let samples): try samples.withUnsafeBytes(body)
      case .float32(let samples): try samples.withUnsafeBytes(body)
      case .float64(let samples): try samples.withUnsafeBytes(body)
      }
    #else
      try littleEndianBytes().withUnsafeBytes(body)
    #endif
  }

  private func bytes<Sample: FixedWidthInteger>(of samples: [Sample]) -> [UInt8] {
    #if _endian(little)
      // Safe: integers have no padding; the bytes are copied.
      samples.withUnsafeBytes { Array($0) }
    #else
      samples.map(\.littleEndian).withUnsafeBytes { Array($0) }
    #endif
  }
}
