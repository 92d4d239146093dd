import Imaging

/// A mask from text: `#` is set.
func mask(_ rows: [String]) -> Mask {
  Mask(
    width: rows[0].count, height: rows.count,
    pixels: rows.joined().map { $0 == "#" ? UInt8(1) : 0 })
}

/// A small generator with the same numbers on every machine (Knuth's MMIX constants).
struct Linear {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next(below limit: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % limit
  }
}
