package import Imaging

/// Spreads the values between two percentiles of the image linearly from black to white.
///
/// Padding does not count. Colour: percentiles of the luminance, one map for the three channels.
package struct PercentileStretch: EnhancementMethod {
  package static let name = "percentile"
  package static let purpose = EnhancementPurpose.contrast
  package static let summary = "Black and white at two percentiles of the image's values."
  package static let parameters = [
    EnhancementParameter("low", 0...100, standard: 0.5, "percentile that becomes black"),
    EnhancementParameter("high", 0...100, standard: 99.5, "percentile that becomes white"),
  ]

  private let low: Double
  private let high: Double

  package init(_ values: EnhancementValues) throws(EnhancementError) {
    low = values["low"] ?? 0.5
    high = values["high"] ?? 99.5
    guard low < high else {
      throw .badParameter(step: "percentile", reason: "low must lie below high")
    }
  }

  package func apply(
    to image: Image
  ) throws(EnhancementError) -> (image: Image, found: EnhancementValues) {
    if image.isColor { return (stretchColor(image), [:]) }
    var levels = GreyLevels(image)
    let counted =
      levels.isPadding.isEmpty
      ? levels.samples
      : zip(levels.samples, levels.isPadding).filter { !$0.1 }.map(\.0)
    let bounds = Percentiles(ofLevels: counted)
    let bits = image.pixels.bitsAllocated == 8 ? 8 : 16
    let map = Ramp(from: bounds.value(at: low), to: bounds.value(at: high), bits: bits)
    let table = (0...levels.largest).map { UInt16(nearest: map(Float($0))) }
    levels.samples = levels.samples.map { table[Int($0)] }
    let result = GreyLevels(samples: levels.samples, bits: bits, like: image)
    return (result.image(like: image), [:])
  }

  private func stretchColor(_ image: Image) -> Image {
    let bounds = Percentiles(of: Luminance.plane(of: image))
    let bits = image.pixels.bitsAllocated == 8 ? 8 : 16
    let map = Ramp(from: bounds.value(at: low), to: bounds.value(at: high), bits: bits)
    let values = image.pixels.floats().map { map($0) }
    let pixels: PixelBuffer =
      bits == 8
      ? .uint8(values.map(UInt8.init(nearest:))) : .uint16(values.map(UInt16.init(nearest:)))
    return image.replacingPixels(pixels, bitsStored: bits)
  }
}

/// A straight line from 0 to the largest value of `bits`, held between them.
private struct Ramp {
  let low: Double
  let scale: Double
  let largest: Double

  init(from low: Double, to high: Double, bits: Int) {
    self.low = low
    largest = Double((1 << bits) - 1)
    scale = high > low ? largest / (high - low) : 0
  }

  func callAsFunction(_ value: Float) -> Float {
    Float(min(max((Double(value) - low) * scale, 0), largest))
  }
}

/// Percentiles with linear interpolation between order statistics, as NumPy's default.
struct Percentiles {
  private let sorted: [Float]

  init(of values: [Float]) { sorted = values.filter(\.isFinite).sorted() }

  /// By counting, which is much faster than sorting for 16 bits.
  init(ofLevels levels: [UInt16]) {
    var counts = [Int](repeating: 0, count: 65536)
    for level in levels { counts[Int(level)] += 1 }
    var sorted: [Float] = []
    sorted.reserveCapacity(levels.count)
    for (level, count) in counts.enumerated() where count > 0 {
      sorted.append(contentsOf: repeatElement(Float(level), count: count))
    }
    self.sorted = sorted
  }

  /// - Parameter percent: 0...100. No values give 0.
  func value(at percent: Double) -> Double {
    guard let last = sorted.last else { return 0 }
    let position = Double(sorted.count - 1) * percent / 100
    let index = Int(position)
    guard index + 1 < sorted.count else { return Double(last) }
    let (below, above) = (Double(sorted[index]), Double(sorted[index + 1]))
    return below + (above - below) * (position - Double(index))
  }
}
