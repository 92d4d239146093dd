package import Imaging

/// What is known about one image and what the network said.
package struct EvaluationCase: Sendable, Equatable {
  /// Images of one patient share it; intervals draw patients, not images.
  package let group: String
  /// Index of the true label; nil where not known.
  package let truth: Int?
  /// One for each label; empty for a model that only segments.
  package let probabilities: [Float]
  /// How the lesion found lies on the true one; nil where there is no true mask or no found one.
  package let overlap: MaskOverlap?

  package init(group: String, truth: Int?, probabilities: [Float], overlap: MaskOverlap?) {
    self.group = group
    self.truth = truth
    self.probabilities = probabilities
    self.overlap = overlap
  }

  /// The most probable label, the first of equals.
  package var prediction: Int? {
    probabilities.indices.max { one, other in
      (probabilities[one], other) < (probabilities[other], one)
    }
  }
}

/// Pixels that a found mask and the true one have in common.
package struct MaskOverlap: Sendable, Equatable {
  /// Set in both.
  package let both: Int
  /// Set in the found mask.
  package let found: Int
  /// Set in the true mask.
  package let actual: Int

  package init(both: Int, found: Int, actual: Int) {
    precondition(both <= min(found, actual), "the overlap lies in both masks")
    self.both = both
    self.found = found
    self.actual = actual
  }

  /// - Precondition: the masks have one size.
  package init(found: Mask, actual: Mask) {
    precondition(
      found.width == actual.width && found.height == actual.height, "the masks must have one size")
    var both = 0
    for (one, other) in zip(found.pixels, actual.pixels) { both += Int(one & other) }
    self.init(both: both, found: found.area, actual: actual.area)
  }

  /// Dice coefficient 2|A ∩ B| / (|A| + |B|); 1 where both are empty.
  package var dice: Double {
    found + actual == 0 ? 1 : 2 * Double(both) / Double(found + actual)
  }

  /// Intersection over union |A ∩ B| / |A ∪ B|; 1 where both are empty.
  package var iou: Double {
    let union = found + actual - both
    return union == 0 ? 1 : Double(both) / Double(union)
  }

  package var hasLesion: Bool { actual > 0 }
}
