// Random numbers that are the same everywhere (Steele, Lea and Flood 2014).
private import Foundation

/// A small generator whose whole state is its seed.
package struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Uniform in 0..<1, 24 bits.
  package mutating func nextUnit() -> Float { Float(next() >> 40) * 0x1p-24 }

  /// Standard normal, by Box and Muller.
  package mutating func nextNormal() -> Float {
    let radius = (-2 * logarithm(1 - nextUnit())).squareRoot()
    return radius * cosine(2 * .pi * nextUnit())
  }
}

private func logarithm(_ x: Float) -> Float { Foundation.log(x) }
private func cosine(_ x: Float) -> Float { Foundation.cos(x) }
