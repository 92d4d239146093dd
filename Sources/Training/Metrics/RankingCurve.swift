/// Images in the order of one label's probability, for the area under the receiver operating
/// characteristic, of the whole or of any resample of it.
package struct RankingCurve: Sendable {
  /// Ascending by probability.
  private let order: [Int]
  private let scores: [Float]
  private let isPositive: [Bool]

  /// - Precondition: as many scores as answers.
  package init(scores: [Float], isPositive: [Bool]) {
    precondition(scores.count == isPositive.count, "each score has an answer")
    order = scores.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }
    self.scores = scores
    self.isPositive = isPositive
  }

  /// The chance that a positive image scores above a negative one, ties counting half (Mann and
  /// Whitney's U over its largest value); nil without both kinds.
  /// - Parameter weights: how often each image counts; nil for once.
  package func area(weights: [Int]? = nil) -> Double? {
    var (pairs, negativesBelow, positives) = (0.0, 0, 0)
    var start = 0
    while start < order.count {
      var end = start
      var (tiedPositives, tiedNegatives) = (0, 0)
      while end < order.count, scores[order[end]] == scores[order[start]] {
        let weight = weights?[order[end]] ?? 1
        if isPositive[order[end]] { tiedPositives += weight } else { tiedNegatives += weight }
        end += 1
      }
      pairs += Double(tiedPositives) * (Double(negativesBelow) + Double(tiedNegatives) / 2)
      negativesBelow += tiedNegatives
      positives += tiedPositives
      start = end
    }
    guard positives > 0, negativesBelow > 0 else { return nil }
    return pairs / (Double(positives) * Double(negativesBelow))
  }

  /// The curve itself, from (0, 0) to (1, 1): the share of negative images at or above each score,
  /// and of positive ones; empty without both kinds.
  package func points() -> [(falsePositiveRate: Double, truePositiveRate: Double)] {
    let positives = isPositive.count { $0 }
    let negatives = isPositive.count - positives
    guard positives > 0, negatives > 0 else { return [] }
    var points = [(falsePositiveRate: 0.0, truePositiveRate: 0.0)]
    var (seenPositives, seenNegatives) = (0, 0)
    for (place, index) in order.enumerated().reversed() {
      if isPositive[index] { seenPositives += 1 } else { seenNegatives += 1 }
      // Ties are one step.
      if place > 0, scores[order[place - 1]] == scores[index] { continue }
      points.append(
        (Double(seenNegatives) / Double(negatives), Double(seenPositives) / Double(positives)))
    }
    return points
  }
}
