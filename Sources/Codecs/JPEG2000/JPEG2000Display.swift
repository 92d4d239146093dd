/// Makes grey or RGB of decoded components: alpha over black, sYCC to RGB.
struct JPEG2000Display {
  private(set) var planes: JPEG2000Planes

  init(_ planes: JPEG2000Planes) throws(CodecError) {
    self.planes = planes
    let colors = planes.components.count - (planes.components.count % 2 == 0 ? 1 : 0)
    if planes.components.count % 2 == 0 { flattenAlpha(at: planes.alpha ?? colors) }
    if planes.isYCC, self.planes.components.count == 3 { convertToRGB() }
  }

  private var largest: Int64 { (1 << Int64(planes.precision)) - 1 }

  private mutating func flattenAlpha(at index: Int) {
    let alpha = planes.components.remove(at: index)
    // Signed alpha has no meaning: such components are dropped, not applied.
    guard !planes.isSigned else { return }
    let largest = largest
    for component in planes.components.indices {
      planes.components[component] = zip(planes.components[component], alpha).map {
        Int32(truncatingIfNeeded: (Int64($0) * Int64($1) + largest / 2) / largest)
      }
    }
  }

  /// Full-range YCbCr of ITU-R BT.601, as sYCC defines it (IEC 61966-2-1 Amd. 1).
  private mutating func convertToRGB() {
    let middle = planes.isSigned ? 0.0 : Double(1 << (planes.precision - 1))
    let floor = planes.isSigned ? -Double(1 << (planes.precision - 1)) : 0
    let ceiling = floor + Double(largest)
    for pixel in 0..<(planes.width * planes.height) {
      let y = Double(planes.components[0][pixel])
      let cb = Double(planes.components[1][pixel]) - middle
      let cr = Double(planes.components[2][pixel]) - middle
      let rgb = [y + 1.402 * cr, y - 0.344136 * cb - 0.714136 * cr, y + 1.772 * cb]
      for channel in 0..<3 {
        planes.components[channel][pixel] =
          Int32(min(max(rgb[channel].rounded(), floor), ceiling))
      }
    }
  }
}
