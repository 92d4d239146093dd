/// Random numbers that are the same on every machine and in every version of the standard library.
///
/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA 2014).
/// Everything random in training starts from one of these, made from the seed and from what the
/// numbers are for (epoch, sample), so that no result depends on the order of work.
package struct SeededGenerator: Sendable {
  private var state: UInt64

  /// - Parameters:
  ///   - seed: the user's seed.
  ///   - streams: what the numbers are for; other streams give unrelated numbers.
  package init(seed: UInt64, streams: UInt64...) {
    var state = Self.mixed(seed &+ 0x9E37_79B9_7F4A_7C15)
    for stream in streams {
      state = Self.mixed(state ^ Self.mixed(stream &+ 0xD1B5_4A32_D192_ED03))
    }
    self.state = state
  }

  /// Starts where the published algorithm starts with this state.
  init(state: UInt64) { self.state = state }

  /// 64 random bits.
  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mixed(state)
  }

  /// Uniform in `0..<1`, 24 bits of it random.
  package mutating func uniform() -> Float { Float(next() >> 40) * 0x1p-24 }

  /// Uniform between two bounds.
  package mutating func uniform(_ lower: Float, _ upper: Float) -> Float {
    lower + (upper - lower) * uniform()
  }

  /// Uniform in `0..<count`; the bias of the multiplication is below 2^-32 for any real count.
  /// - Precondition: `count` is positive.
  package mutating func index(below count: Int) -> Int {
    precondition(count > 0, "an index needs something to choose from")
    return Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(count)).high)
  }

  /// True with this probability.
  package mutating func chance(_ probability: Float) -> Bool { uniform() < probability }

  /// Standard normal: the sum of twelve uniform numbers less six, so within -6...6 and without
  /// any function whose last digit depends on the C library.
  package mutating func normal() -> Float {
    var sum: Float = -6
    for _ in 0..<4 {
      let bits = next()
      sum += Float(bits & 0x1F_FFFF) * 0x1p-21
      sum += Float(bits >> 21 & 0x1F_FFFF) * 0x1p-21
      sum += Float(bits >> 42 & 0x1F_FFFF) * 0x1p-21
    }
    return sum
  }

  /// Fisher and Yates' shuffle.
  package mutating func shuffle<Element>(_ elements: inout [Element]) {
    guard elements.count > 1 else { return }
    for last in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(last, index(below: last + 1))
    }
  }

  /// A number for a text, the same on every run: FNV-1a, then mixed.
  package static func hash(_ text: String, seed: UInt64) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return mixed(mixed(hash) ^ mixed(seed &+ 0x9E37_79B9_7F4A_7C15))
  }

  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
