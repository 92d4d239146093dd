internal import Imaging

/// Stored colour to RGB (PS3.3 C.7.6.3.1.2).
enum ColorConversion {
  /// Looks every index up; 8-bit results where the tables have at most 8 bits.
  static func rgb(
    indices: PixelBuffer, red: LookupTable, green: LookupTable, blue: LookupTable
  ) -> (pixels: PixelBuffer, bits: Int) {
    let stated = max(red.bits, green.bits, blue.bits)
    // Tables that state 16 bits and hold nothing above 255 mean 8: they would show black.
    let isDark = [red, green, blue].allSatisfy { $0.entries.allSatisfy { $0 <= 255 } }
    let bits = stated > 8 && isDark ? 8 : stated
    let isSigned = indices.isSigned
    let tables = [red, green, blue]
    let inputs = indices.cells().map { isSigned ? Int(Int32(bitPattern: $0)) : Int($0) }
    if bits <= 8 {
      return (.uint8(inputs.flatMap { input in tables.map { UInt8($0[input] & 0xFF) } }), 8)
    }
    return (.uint16(inputs.flatMap { input in tables.map { $0[input] } }), bits)
  }

  /// Luminance and colour differences of ITU-R BT.601 to RGB.
  /// - Parameter isPartial: Y spans 16...235 and the differences 16...240 (YBR_PARTIAL_422).
  static func rgb(ybr: PixelBuffer, bits: Int, isPartial: Bool) -> PixelBuffer {
    switch ybr {
    case .uint8(let samples): .uint8(convert(samples, bits, isPartial))
    case .uint16(let samples): .uint16(convert(samples, bits, isPartial))
    case .uint32(let samples): .uint32(convert(samples, bits, isPartial))
    default: ybr
    }
  }

  private static func convert<Sample: FixedWidthInteger & UnsignedInteger>(
    _ samples: [Sample], _ bits: Int, _ isPartial: Bool
  ) -> [Sample] {
    let largest = Double((UInt64(1) << UInt64(bits)) - 1)
    let middle = Double(UInt64(1) << UInt64(bits - 1))
    let unit = isPartial ? Double(UInt64(1) << UInt64(max(bits - 8, 0))) : 0
    let black = 16 * unit
    let gain = isPartial ? largest / (219 * unit) : 1
    let chroma = isPartial ? largest / (224 * unit) : 1
    func limited(_ value: Double) -> Sample { Sample(min(max(value.rounded(), 0), largest)) }
    return samples.withUnsafeBufferPointer { source in
      [Sample](unsafeUninitializedCapacity: source.count) { out, count in
        for index in stride(from: 0, to: source.count - 2, by: 3) {
          let y = (Double(source[index]) - black) * gain
          let cb = (Double(source[index + 1]) - middle) * chroma
          let cr = (Double(source[index + 2]) - middle) * chroma
          out[index] = limited(y + 1.402 * cr)
          out[index + 1] = limited(y - 0.344136 * cb - 0.714136 * cr)
          out[index + 2] = limited(y + 1.772 * cb)
        }
        count = source.count / 3 * 3
      }
    }
  }
}
