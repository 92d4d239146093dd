/// A range that holds the true value 95 times out of 100.
package struct Interval: Sendable, Equatable, Codable {
  package let low: Double
  package let high: Double

  package init(low: Double, high: Double) {
    self.low = low
    self.high = high
  }

  /// The 2.5th and 97.5th percentile, interpolated linearly between order statistics; nil without
  /// values.
  package init?(of values: [Double]) {
    let sorted = values.sorted()
    guard let last = sorted.indices.last else { return nil }
    func percentile(_ share: Double) -> Double {
      let place = share * Double(last)
      let below = Int(place)
      let above = min(below + 1, last)
      return sorted[below] + (sorted[above] - sorted[below]) * (place - Double(below))
    }
    self.init(low: percentile(0.025), high: percentile(0.975))
  }
}

extension Evaluation {
  /// Percentile bootstrap (Efron 1979) over patients: each resample draws as many patients as there
  /// are, with replacement, and takes all images of each, because images of one patient resemble
  /// each other. Resamples in which a metric has no value are left out of its interval.
  package func resampledMetrics(resamples: Int = 2000, seed: UInt64 = 1) -> [EvaluationMetrics] {
    let members = Dictionary(grouping: cases.indices, by: { cases[$0].group })
    // Sorted, because a dictionary's order changes from run to run.
    let groups = members.keys.sorted().map { members[$0] ?? [] }
    guard !groups.isEmpty else { return [] }
    var generator = SeededGenerator(seed: seed, streams: 0x626F_6F74)
    return (0..<resamples).map { _ in
      var weights = [Int](repeating: 0, count: cases.count)
      for _ in groups {
        for member in groups[generator.index(below: groups.count)] { weights[member] += 1 }
      }
      return metrics(weights: weights)
    }
  }
}
