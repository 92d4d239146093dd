/// How often images of each label were given each label.
package struct ConfusionMatrix: Sendable, Equatable {
  /// `[true label][given label]`
  package private(set) var counts: [[Int]]

  package init(labelCount: Int) {
    counts = [[Int]](repeating: [Int](repeating: 0, count: labelCount), count: labelCount)
  }

  package mutating func add(truth: Int, prediction: Int, times: Int = 1) {
    counts[truth][prediction] += times
  }

  package var total: Int { counts.reduce(0) { $0 + $1.reduce(0, +) } }

  /// Share of images given their own label; nil without images.
  package var accuracy: Double? {
    ratio(counts.indices.reduce(0) { $0 + counts[$1][$1] }, total)
  }

  /// Of the images that have the label, the share given it; nil where none has it.
  package func recall(_ label: Int) -> Double? {
    ratio(counts[label][label], counts[label].reduce(0, +))
  }

  /// Of the images given the label, the share that have it; nil where it was given to none.
  package func precision(_ label: Int) -> Double? {
    ratio(counts[label][label], given(label))
  }

  /// 2 hits / (images that have the label + images given it); nil where both are none.
  package func f1(_ label: Int) -> Double? {
    ratio(2 * counts[label][label], counts[label].reduce(0, +) + given(label))
  }

  /// Mean recall of the labels that occur.
  package var balancedAccuracy: Double? { mean(counts.indices.compactMap(recall)) }

  /// Mean F1 of the labels that occur or were given.
  package var macroF1: Double? { mean(counts.indices.compactMap(f1)) }

  private func given(_ label: Int) -> Int { counts.reduce(0) { $0 + $1[label] } }

  private func ratio(_ part: Int, _ whole: Int) -> Double? {
    whole == 0 ? nil : Double(part) / Double(whole)
  }

  private func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }
}
