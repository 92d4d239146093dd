import Imaging

/// Pictures made from formulas, the same on every machine.
enum TestImages {
  /// Pseudo-random numbers below `limit` (a linear congruential generator, Knuth's MMIX constants).
  static func noise(_ count: Int, below limit: Int, seed: UInt64 = 1) -> [Int] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
  }

  static func grey8(_ width: Int, _ height: Int, seed: UInt64 = 1) -> Image {
    Image(
      width: width, height: height,
      pixels: .uint8(noise(width * height, below: 256, seed: seed).map(UInt8.init)))
  }

  /// A slope with noise on it.
  static func grey16(_ width: Int, _ height: Int) -> Image {
    let noise = noise(width * height, below: 4000)
    let values = (0..<(width * height)).map { index in
      UInt16(5000 + index % width * 50000 / width + noise[index])
    }
    return Image(width: width, height: height, pixels: .uint16(values))
  }
}

extension Image {
  /// Samples as floats, for comparisons.
  var values: [Float] { pixels.floats() }
}
