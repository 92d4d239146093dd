// IEEE 754 binary16, in which weights take half the room.

/// binary16 to binary32, exactly.
func halfToFloat(_ bits: UInt16) -> Float {
  let magnitude = UInt32(bits & 0x7fff) << 13
  let sign = UInt32(bits >> 15) << 31
  // Exponent 31 holds infinity and NaN; all others are moved by a multiplication, which also takes
  // care of the subnormal ones.
  let value =
    bits & 0x7c00 == 0x7c00
    ? Float(bitPattern: magnitude | 0x7f80_0000) : Float(bitPattern: magnitude) * 0x1p112
  return Float(bitPattern: value.bitPattern | sign)
}

/// binary32 to the nearest binary16, to the even one of two that are as near; infinity beyond 65519.
func floatToHalf(_ value: Float) -> UInt16 {
  let sign = UInt16(value.bitPattern >> 16) & 0x8000
  let magnitude = value.magnitude
  guard !magnitude.isNaN else { return sign | 0x7e00 }
  guard magnitude < 65520 else { return sign | 0x7c00 }
  guard magnitude >= 0x1p-14 else {
    // Subnormal: a multiple of 2^-24.
    return sign | UInt16((magnitude * 0x1p24).rounded(.toNearestOrEven))
  }
  // The rounding may carry into the exponent, as it should.
  let bits = magnitude.bitPattern - (112 << 23)
  return sign | UInt16((bits + 0xfff + (bits >> 13 & 1)) >> 13)
}
