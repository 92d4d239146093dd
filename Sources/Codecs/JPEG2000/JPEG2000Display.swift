internal import Imaging

/// Makes grey or RGB of decoded samples: alpha over black, inks and sYCC to RGB, signed values from 0 on.
enum JPEG2000Display {
  /// - Throws: ``CodecError/unsupported(_:reason:)`` for colour spaces that would be shown wrongly.
  static func shown(_ decoded: JPEG2000Pixels, _ format: ImageFormat) throws(CodecError)
    -> JPEG2000Pixels
  {
    if case .other(let name) = decoded.space {
      throw .unsupported(format, reason: "its colours are \(name)")
    }
    var shown = decoded
    let half = 1 << (decoded.precision - 1)
    switch decoded.pixels {
    case .uint8(let s): shown.pixels = .uint8(convert(s, &shown))
    case .int8(let s):
      shown.pixels = .uint8(convert(s, &shown).map { UInt8(clamping: Int($0) + half) })
    case .uint16(let s): shown.pixels = .uint16(convert(s, &shown))
    case .int16(let s):
      shown.pixels = .uint16(convert(s, &shown).map { UInt16(clamping: Int($0) + half) })
    case .uint32(let s): shown.pixels = .uint32(convert(s, &shown))
    case .int32(let s):
      shown.pixels = .uint32(convert(s, &shown).map { UInt32(clamping: Int($0) + half) })
    // OpenJPEG gives integers only.
    case .float32, .float64: break
    }
    shown.isSigned = false
    return shown
  }

  private static func convert<Sample: FixedWidthInteger>(
    _ samples: [Sample], _ picture: inout JPEG2000Pixels
  ) -> [Sample] {
    // Signed alpha has no meaning: it is dropped, not applied.
    let largest = picture.isSigned ? nil : (UInt64(1) << UInt64(picture.precision)) - 1
    var out = samples
    if picture.space == .inks, picture.samples == 4, let largest {
      // red = (largest - cyan)(largest - black) / largest, and so on; inks are not simulated.
      out = AlphaBlending.overBlack(
        out.map { Sample(truncatingIfNeeded: largest) &- $0 }, samples: 4, alpha: 3,
        largest: largest)
      picture.samples = 3
    } else if picture.samples % 2 == 0 {
      // Without a channel definition nothing says that the last sample is alpha: it is left out.
      out = AlphaBlending.overBlack(
        out, samples: picture.samples,
        alpha: picture.extra,
        largest: picture.opacity == .straight ? largest : nil)
      picture.samples -= 1
    }
    if picture.space == .ycc, picture.samples == 3 { toRGB(&out, picture) }
    return out
  }

  /// Full-range YCbCr of ITU-R BT.601, as sYCC defines it (IEC 61966-2-1 Amd. 1).
  private static func toRGB<Sample: FixedWidthInteger>(
    _ samples: inout [Sample], _ picture: JPEG2000Pixels
  ) {
    let half = Double(1 << (picture.precision - 1))
    let middle = picture.isSigned ? 0 : half
    let floor = picture.isSigned ? -half : 0
    let ceiling = floor + 2 * half - 1
    func limited(_ value: Double) -> Sample { Sample(min(max(value.rounded(), floor), ceiling)) }
    for pixel in stride(from: 0, to: samples.count, by: 3) {
      let y = Double(samples[pixel])
      let cb = Double(samples[pixel + 1]) - middle
      let cr = Double(samples[pixel + 2]) - middle
      samples[pixel] = limited(y + 1.402 * cr)
      samples[pixel + 1] = limited(y - 0.344136 * cb - 0.714136 * cr)
      samples[pixel + 2] = limited(y + 1.772 * cb)
    }
  }
}
