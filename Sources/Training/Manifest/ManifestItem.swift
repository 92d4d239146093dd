/// One row of a manifest: an image and what is known about it.
package struct ManifestItem: Sendable, Equatable {
  /// The manifest's line, from 1.
  package let line: Int
  /// The image as the manifest names it.
  package let name: String
  /// Path of the image.
  package let image: String
  /// Path of the lesion mask; nil where it is not known whether and where there is a lesion.
  package let mask: String?
  /// For each of the manifest's labels: it applies, does not apply, or is not known.
  package let targets: [Bool?]
  /// Images of one patient never stand on two sides of a split. Nil: a patient of its own.
  package let patientID: String?
  /// The side it was put on by whoever made the manifest.
  package let split: SplitName?
  /// How much it counts in the loss, 1 by default.
  package let weight: Float
  /// Cells of columns that imgdx does not know.
  package let others: [String: String]

  package init(
    line: Int, name: String, image: String, mask: String?, targets: [Bool?], patientID: String?,
    split: SplitName?, weight: Float, others: [String: String]
  ) {
    self.line = line
    self.name = name
    self.image = image
    self.mask = mask
    self.targets = targets
    self.patientID = patientID
    self.split = split
    self.weight = weight
    self.others = others
  }

  /// The label's index where exactly one applies.
  package var classIndex: Int? {
    guard let first = targets.firstIndex(of: true) else { return nil }
    return targets.lastIndex(of: true) == first ? first : nil
  }

  /// What keeps images together: the patient, or the image itself.
  package var group: String { patientID.map { "patient " + $0 } ?? "image " + name }
}

/// A side of a split.
package enum SplitName: String, Sendable, Codable, CaseIterable {
  case train
  case validation = "val"
  case test

  /// Understands what data sets call them.
  package init?(reading text: String) {
    switch text.lowercased() {
    case "train", "training": self = .train
    case "val", "valid", "validation", "dev": self = .validation
    case "test", "testing": self = .test
    default: return nil
    }
  }
}
