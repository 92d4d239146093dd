internal import Imaging

/// A grey image as unsigned levels, larger brighter, ready for contrast steps.
///
/// MONOCHROME1 and negative rescale slopes are turned over, signed values shifted up, and 32-bit and
/// floating-point values spread from their least to their largest onto 16 bits.
struct GreyLevels {
  /// `[height, width]`, each below `2^bits`.
  var samples: [UInt16]
  /// 1...16.
  let bits: Int
  /// True where the image has padding; empty when it has none.
  let isPadding: [Bool]

  var largest: Int { (1 << bits) - 1 }

  /// - Precondition: `image` is grey.
  init(_ image: Image) {
    precondition(!image.isColor, "levels are taken of one channel")
    isPadding = GreyLevels.padding(of: image)
    switch image.pixels {
    case .uint8(let values): (samples, bits) = GreyLevels.shifted(values, image.bitsStored)
    case .int8(let values): (samples, bits) = GreyLevels.shifted(values, image.bitsStored)
    case .uint16(let values): (samples, bits) = GreyLevels.shifted(values, image.bitsStored)
    case .int16(let values): (samples, bits) = GreyLevels.shifted(values, image.bitsStored)
    default: (samples, bits) = (GreyLevels.spread(image.pixels.floats(), isPadding), 16)
    }
    if image.attributes.isInverted != (image.attributes.rescale.slope < 0) {
      let largest = UInt16((1 << bits) - 1)
      for index in samples.indices { samples[index] = largest - samples[index] }
    }
  }

  init(samples: [UInt16], bits: Int) {
    self.samples = samples
    self.bits = bits
    isPadding = []
  }

  /// Which pixels are padding; empty when none is.
  static func padding(of image: Image) -> [Bool] {
    guard let range = image.attributes.padding, !image.isColor else { return [] }
    let marks = image.pixels.floats().map { range.contains(Double($0)) }
    return marks.contains(true) ? marks : []
  }

  private static func shifted<Sample: FixedWidthInteger>(
    _ values: [Sample], _ bitsStored: Int
  ) -> ([UInt16], Int) {
    var bits = min(bitsStored, Sample.bitWidth)
    func lowest() -> Int { Sample.isSigned ? -(1 << (bits - 1)) : 0 }
    // A file whose values need more bits than it declares is taken at its values.
    if let least = values.min(), let most = values.max(),
      Int(least) < lowest() || Int(most) > lowest() + (1 << bits) - 1
    {
      bits = Sample.bitWidth
    }
    let shift = lowest()
    return (values.map { UInt16(truncatingIfNeeded: Int($0) - shift) }, bits)
  }

  private static func spread(_ values: [Float], _ isPadding: [Bool]) -> [UInt16] {
    var (least, most) = (Float.infinity, -Float.infinity)
    for (index, value) in values.enumerated()
    where value.isFinite && (isPadding.isEmpty || !isPadding[index]) {
      least = min(least, value)
      most = max(most, value)
    }
    guard least < most else { return [UInt16](repeating: 0, count: values.count) }
    let scale = 65535 / (Double(most) - Double(least))
    return values.map { UInt16(nearest: Float((Double($0) - Double(least)) * scale)) }
  }

  /// These levels as an image with the meaning of `image`: values are display values from now on, so
  /// rescale, inversion and windows are gone, but for one window that shows the whole range.
  ///
  /// Where there is padding it is 0, and the darkest other level 1.
  func image(like image: Image) -> Image {
    var levels = samples
    if !isPadding.isEmpty {
      for index in levels.indices { levels[index] = isPadding[index] ? 0 : max(levels[index], 1) }
    }
    let pixels: PixelBuffer =
      bits <= 8 ? .uint8(levels.map { UInt8(truncatingIfNeeded: $0) }) : .uint16(levels)
    var result = image.replacingPixels(pixels, channels: 1, bitsStored: bits)
    result.attributes.rescale = .identity
    result.attributes.isInverted = false
    result.attributes.padding = isPadding.isEmpty ? nil : 0...0
    // PS3.3 C.11.2.1.2.1: from 0 at level 0 to 1 at the largest.
    result.attributes.windows = [
      Window(center: Double(largest) / 2 + 0.5, width: Double(largest) + 1)
    ]
    return result
  }
}
