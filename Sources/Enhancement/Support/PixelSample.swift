internal import Imaging

/// A type that samples are stored in.
protocol PixelSample: Comparable, Sendable {
  /// The value nearest to `value` that the type holds.
  init(nearest value: Float)
  var asFloat: Float { get }
  /// One output row of an order statistic; see `enhance_select_*` in CKernels.
  static func select(_ row: SelectionRow<Self>)
}

extension PixelSample where Self: FixedWidthInteger {
  init(nearest value: Float) {
    // Not-a-number becomes 0, and 2^31 as a float is over the largest Int32.
    self =
      value.isNaN
      ? 0 : Self(clamping: Int64(Swift.max(Swift.min(value, 0x1p40), -0x1p40).rounded()))
  }
  var asFloat: Float { Float(self) }
}

extension UInt8: PixelSample {}
extension Int8: PixelSample {}
extension UInt16: PixelSample {}
extension Int16: PixelSample {}
extension UInt32: PixelSample {}
extension Int32: PixelSample {}

extension Float: PixelSample {
  init(nearest value: Float) { self = value }
  var asFloat: Float { self }
}

extension Double: PixelSample {
  init(nearest value: Float) { self = Double(value) }
  var asFloat: Float { Float(self) }
}

/// Work on samples of whatever type they are.
protocol SampleTransform {
  func callAsFunction<Sample: PixelSample>(_ samples: [Sample]) -> [Sample]
}

extension PixelBuffer {
  /// The samples after `transform`, in the same type.
  func transformed(by transform: some SampleTransform) -> PixelBuffer {
    switch self {
    case .uint8(let samples): .uint8(transform(samples))
    case .int8(let samples): .int8(transform(samples))
    case .uint16(let samples): .uint16(transform(samples))
    case .int16(let samples): .int16(transform(samples))
    case .uint32(let samples): .uint32(transform(samples))
    case .int32(let samples): .int32(transform(samples))
    case .float32(let samples): .float32(transform(samples))
    case .float64(let samples): .float64(transform(samples))
    }
  }

  /// `values` in the type of this buffer: rounded, and held within what the type can store.
  func rounding(_ values: [Float]) -> PixelBuffer {
    switch self {
    case .uint8: .uint8(values.map(UInt8.init(nearest:)))
    case .int8: .int8(values.map(Int8.init(nearest:)))
    case .uint16: .uint16(values.map(UInt16.init(nearest:)))
    case .int16: .int16(values.map(Int16.init(nearest:)))
    case .uint32: .uint32(values.map(UInt32.init(nearest:)))
    case .int32: .int32(values.map(Int32.init(nearest:)))
    case .float32: .float32(values)
    case .float64: .float64(values.map { Double($0) })
    }
  }
}
