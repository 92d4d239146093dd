/// Takes alpha out of pixels.
enum AlphaBlending {
  /// Colour x alpha / largest, rounded; the colours as they are where `largest` is nil.
  /// - Parameters:
  ///   - values: `[pixels, samples]`.
  ///   - alpha: which of a pixel's samples it is.
  ///   - largest: the alpha of what hides the background; sample values are not above it.
  /// - Returns: `[pixels, samples - 1]`.
  static func overBlack<Sample: FixedWidthInteger>(
    _ values: [Sample], samples: Int, alpha: Int, largest: UInt64?
  ) -> [Sample] {
    var out = [Sample]()
    out.reserveCapacity(values.count / samples * (samples - 1))
    for pixel in stride(from: 0, to: values.count, by: samples) {
      for sample in 0..<samples where sample != alpha {
        let value = values[pixel + sample]
        guard let largest else {
          out.append(value)
          continue
        }
        let light = UInt64(truncatingIfNeeded: value) * UInt64(values[pixel + alpha])
        out.append(Sample(truncatingIfNeeded: (light + largest / 2) / largest))
      }
    }
    return out
  }
}
