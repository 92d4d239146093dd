internal import Imaging
private import Screening

extension Image {
  /// The picture as it is meant to be seen: window, inversion and padding resolved, 0...1 spread over
  /// the whole range of `bits` (8 or 16).
  func shown(bits: Int) -> Image {
    let area = width * height
    let planes = displayPlanes(channels: channels)
    let largest: Float = bits == 16 ? 65535 : 255
    let levels = (0..<(area * channels)).map { index in
      (planes[index % channels * area + index / channels] * largest).rounded()
    }
    let pixels: PixelBuffer =
      bits == 16 ? .uint16(levels.map { UInt16($0) }) : .uint8(levels.map { UInt8($0) })
    return Image(width: width, height: height, channels: channels, pixels: pixels)
  }
}
