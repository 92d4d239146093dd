/// The samples of one frame at the precision the file stored them, interleaved by pixel:
/// `[height, width, channels]`.
package enum PixelBuffer: Sendable, Equatable {
  case uint8([UInt8])
  case int8([Int8])
  case uint16([UInt16])
  case int16([Int16])
  case uint32([UInt32])
  case int32([Int32])
  case float32([Float])
  case float64([Double])

  package var count: Int {
    switch self {
    case .uint8(let s): s.count
    case .int8(let s): s.count
    case .uint16(let s): s.count
    case .int16(let s): s.count
    case .uint32(let s): s.count
    case .int32(let s): s.count
    case .float32(let s): s.count
    case .float64(let s): s.count
    }
  }

  /// Bits that one sample takes in memory: 8, 16, 32 or 64.
  package var bitsAllocated: Int {
    switch self {
    case .uint8, .int8: 8
    case .uint16, .int16: 16
    case .uint32, .int32, .float32: 32
    case .float64: 64
    }
  }

  package var isSigned: Bool {
    switch self {
    case .uint8, .uint16, .uint32: false
    default: true
    }
  }

  package var isFloatingPoint: Bool {
    switch self {
    case .float32, .float64: true
    default: false
    }
  }

  /// Every sample as `Float`, in the same order. 32-bit integers beyond 2^24 and doubles are rounded.
  package func floats() -> [Float] {
    // Not `map(Float.init)`: for 32-bit integers that names the initialiser from a bit pattern.
    switch self {
    case .uint8(let s): s.map { Float($0) }
    case .int8(let s): s.map { Float($0) }
    case .uint16(let s): s.map { Float($0) }
    case .int16(let s): s.map { Float($0) }
    case .uint32(let s): s.map { Float($0) }
    case .int32(let s): s.map { Float($0) }
    case .float32(let s): s
    case .float64(let s): s.map { Float($0) }
    }
  }
}
