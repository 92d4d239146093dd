internal import CPNG

/// Turns stored PNG samples into grey or RGB without transparency.
struct PNGDisplay {
  private let header: CPNGHeader

  init(header: CPNGHeader) { self.header = header }

  /// Channels of the picture.
  var channels: Int {
    switch header.colorType {
    case PNGLibrary.grey, PNGLibrary.greyAlpha: 1
    default: 3
    }
  }

  /// Grey and RGB with or without alpha; samples of less than 8 bits are scaled to 8.
  func flatten<Sample: FixedWidthInteger & UnsignedInteger>(_ samples: [Sample]) -> [Sample] {
    switch header.colorType {
    case PNGLibrary.greyAlpha, PNGLibrary.rgbAlpha: overBlack(samples)
    default: scaled(withoutKey(samples))
    }
  }

  /// c x alpha / largest value, rounded.
  private func overBlack<Sample: FixedWidthInteger & UnsignedInteger>(
    _ samples: [Sample]
  ) -> [Sample] {
    let stride = channels + 1
    let largest = UInt64(Sample.max)
    var out = [Sample]()
    out.reserveCapacity(samples.count / stride * channels)
    for pixel in Swift.stride(from: 0, to: samples.count, by: stride) {
      let alpha = UInt64(samples[pixel + channels])
      for channel in 0..<channels {
        let value = UInt64(samples[pixel + channel])
        out.append(Sample(truncatingIfNeeded: (value * alpha + largest / 2) / largest))
      }
    }
    return out
  }

  /// The tRNS colour, compared at stored precision, becomes black.
  private func withoutKey<Sample: FixedWidthInteger & UnsignedInteger>(
    _ samples: [Sample]
  ) -> [Sample] {
    guard header.hasKey != 0 else { return samples }
    let key = [header.key.0, header.key.1, header.key.2].map(Int.init)
    var out = samples
    for pixel in stride(from: 0, to: samples.count, by: channels)
    where (0..<channels).allSatisfy({ Int(samples[pixel + $0]) == key[$0] }) {
      for channel in 0..<channels { out[pixel + channel] = 0 }
    }
    return out
  }

  private func scaled<Sample: FixedWidthInteger>(_ samples: [Sample]) -> [Sample] {
    guard header.bitDepth < 8 else { return samples }
    let factor = Sample(PNGLibrary.scaleTo8(bits: Int(header.bitDepth)))
    return samples.map { $0 &* factor }
  }

  /// RGB of each index, its tRNS alpha laid over black.
  func resolvePalette(_ indices: [UInt8]) throws(CodecError) -> [UInt8] {
    let colors = paletteOverBlack()
    var out = [UInt8]()
    out.reserveCapacity(indices.count * 3)
    for index in indices {
      guard Int(index) < Int(header.paletteCount) else {
        throw .corrupt(.png, reason: "a pixel's palette index \(index) has no colour")
      }
      out.append(colors[3 * Int(index)])
      out.append(colors[3 * Int(index) + 1])
      out.append(colors[3 * Int(index) + 2])
    }
    return out
  }

  private func paletteOverBlack() -> [UInt8] {
    let (palette, alpha) = withUnsafeBytes(of: header.palette) { colors in
      withUnsafeBytes(of: header.alpha) { alphas in (Array(colors), Array(alphas)) }
    }
    return (0..<768).map { position in
      let entry = position / 3
      guard entry < Int(header.alphaCount) else { return palette[position] }
      return UInt8((Int(palette[position]) * Int(alpha[entry]) + 127) / 255)
    }
  }
}
