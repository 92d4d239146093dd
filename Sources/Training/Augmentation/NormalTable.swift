/// Normal noise for whole planes: two entries of a fixed table of normal numbers added for each
/// pixel, which costs a tenth of computing them and gives sixteen million different values.
struct NormalTable: Sendable {
  static let shared = NormalTable()
  static let count = 4096

  /// Standard normal numbers over the root of 2, their mean and variance set right.
  let values: [Float]

  private init() {
    var generator = SeededGenerator(seed: 0x6E6F_7273)
    let raw = (0..<Self.count).map { _ in generator.normal() }
    let mean = raw.reduce(0, +) / Float(Self.count)
    let variance = raw.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(Self.count)
    let factor = 1 / (2 * variance).squareRoot()
    values = raw.map { ($0 - mean) * factor }
  }

  /// Fills a plane with independent standard normal numbers.
  func fill(_ plane: UnsafeMutableBufferPointer<Float>, from generator: inout SeededGenerator) {
    values.withUnsafeBufferPointer { table in
      var index = 0
      while index < plane.count {
        // 64 bits are four indices of 12 bits: two numbers.
        let bits = generator.next()
        plane[index] = table[Int(bits & 4095)] + table[Int(bits >> 12 & 4095)]
        index += 1
        guard index < plane.count else { break }
        plane[index] = table[Int(bits >> 24 & 4095)] + table[Int(bits >> 36 & 4095)]
        index += 1
      }
    }
  }
}
