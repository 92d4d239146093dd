private import Foundation

/// Repeatable random numbers: SplitMix64 (Steele, Lea, Flood 2014), the same for a seed on every
/// machine.
struct RandomSource {
  private var state: UInt64
  private var spare: Float?

  /// - Parameter stream: independent sequences of one seed.
  init(seed: UInt64, stream: UInt64 = 0) {
    state = seed &* 0x9E37_79B9_7F4A_7C15 &+ stream &* 0xD1B5_4A32_D192_ED03
    _ = next()
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  /// Evenly from `range`, 24 bits fine.
  mutating func uniform(_ range: ClosedRange<Float> = 0...1) -> Float {
    let share = Float(next() >> 40) / Float(1 << 24)
    return range.lowerBound + (range.upperBound - range.lowerBound) * share
  }

  mutating func integer(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(next() % UInt64(range.count))
  }

  /// True with the given probability.
  mutating func chance(_ probability: Float) -> Bool { uniform() < probability }

  /// Normal with mean 0 and variance 1 (Box and Muller 1958).
  mutating func gaussian() -> Float {
    if let value = spare {
      spare = nil
      return value
    }
    let radius = (-2 * log(max(uniform(), 1e-7))).squareRoot()
    let angle = 2 * Float.pi * uniform()
    spare = radius * sin(angle)
    return radius * cos(angle)
  }
}
