/// One labelled image, decoded, prepared as screening prepares it and kept in memory.
package struct Sample: Sendable {
  /// Its place in the manifest's items.
  package let item: Int
  /// `[height, width]` of the network's input, 0...65535 for 0...1.
  package let image: [UInt16]
  /// Share of each input pixel that lies in a lesion, 0...255 for 0...1; nil where not known.
  package let lesion: [UInt8]?
  /// Mean of the image, 0...1, what letterboxing adds left out.
  package let mean: Float
  /// The label's index where exactly one applies.
  package let classIndex: Int?
  /// For each label: it applies, does not, or is not known.
  package let targets: [Bool?]
  /// How much it counts in the loss.
  package let weight: Float
  /// SHA-256 of the image file; nil for images made in memory.
  package let sha256: String?

  package init(
    item: Int, image: [UInt16], lesion: [UInt8]?, mean: Float, classIndex: Int?,
    targets: [Bool?] = [], weight: Float = 1, sha256: String? = nil
  ) {
    precondition(lesion.map { $0.count == image.count } ?? true, "the planes must have one size")
    self.item = item
    self.image = image
    self.lesion = lesion
    self.mean = mean
    self.classIndex = classIndex
    self.targets = targets
    self.weight = weight
    self.sha256 = sha256
  }

  /// The same sample at another place, so that its augmentation draws other numbers.
  package func renumbered(_ item: Int) -> Sample {
    Sample(
      item: item, image: image, lesion: lesion, mean: mean, classIndex: classIndex,
      targets: targets, weight: weight, sha256: sha256)
  }
}
