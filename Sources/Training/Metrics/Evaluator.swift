package import Imaging
private import Synchronization

/// What a network says about one image.
package struct ImageAnswer: Sendable {
  /// One for each of the model's labels; empty for a model that only segments.
  package let probabilities: [Float]
  /// Of the image's size; nil for a model that only classifies.
  package let mask: Mask?

  package init(probabilities: [Float], mask: Mask?) {
    self.probabilities = probabilities
    self.mask = mask
  }
}

/// One image of the manifest and how the network did on it.
package struct EvaluatedImage: Sendable {
  package let item: ManifestItem
  /// The true label's index among the model's labels.
  package let truth: Int?
  package let result: Result<EvaluationCase, TrainingError>
  /// SHA-256 of the image file, where it could be read.
  package let sha256: String?

  package init(
    item: ManifestItem, truth: Int?, result: Result<EvaluationCase, TrainingError>,
    sha256: String? = nil
  ) {
    self.item = item
    self.truth = truth
    self.result = result
    self.sha256 = sha256
  }
}

/// Asks a model about images whose answer is known. It sees each image as a user would hand it in:
/// the file, not the training sample.
package struct Evaluator: Sendable {
  /// Answers images one after another; each worker has its own.
  package typealias Respondent = (Image) throws -> ImageAnswer

  private let manifest: Manifest
  private let indices: [Int]
  /// The manifest's label to the model's.
  private let labelMap: [Int?]

  /// - Parameters:
  ///   - indices: which of the manifest's items; nil for all.
  ///   - labels: the model's; empty for a model that only segments.
  /// - Throws: ``TrainingError/unsuitableData(reason:)`` when the data has labels that the model
  ///   does not know, ``TrainingError/missingFiles(manifest:files:)`` when files are not there.
  package init(_ manifest: Manifest, indices: [Int]? = nil, labels: [String]) throws(TrainingError)
  {
    let indices = indices ?? Array(manifest.items.indices)
    guard !indices.isEmpty else {
      throw .unsuitableData(reason: "\(manifest.path) has no image to evaluate on")
    }
    let unknown = manifest.labels.filter { !labels.contains($0) }
    guard unknown.isEmpty || labels.isEmpty else {
      throw .unsuitableData(
        reason: "\(manifest.path) has labels that the model does not know "
          + "(\(unknown.joined(separator: ", "))); it knows \(labels.joined(separator: ", "))")
    }
    let chosen = manifest.selecting(indices)
    guard chosen.items.contains(where: { $0.mask != nil || $0.classIndex != nil }) else {
      throw .unsuitableData(
        reason: "\(manifest.path) gives neither labels nor masks to compare with")
    }
    try chosen.checkFiles()
    self.manifest = manifest
    self.indices = indices
    labelMap = manifest.labels.map { labels.firstIndex(of: $0) }
  }

  package var count: Int { indices.count }

  /// Asks about every image, in order; files that cannot be used are told of in their place.
  /// - Parameters:
  ///   - workers: images in work at once; results do not depend on it.
  ///   - shouldStop: asked before each image; those not begun are left out.
  ///   - makeRespondent: called once a worker.
  ///   - deliver: called after each image, one call at a time.
  package func run(
    workers: Int, shouldStop: @escaping @Sendable () -> Bool = { false },
    makeRespondent: @escaping @Sendable () -> Respondent,
    deliver: @escaping @Sendable (EvaluatedImage) -> Void = { _ in }
  ) -> [EvaluatedImage] {
    let delivery = Mutex(())
    let results = concurrentMap(indices.count, threads: workers, makeState: makeRespondent) {
      respondent, position -> EvaluatedImage? in
      if shouldStop() { return nil }
      let evaluated = evaluate(manifest.items[indices[position]], respondent)
      delivery.withLock { _ in deliver(evaluated) }
      return evaluated
    }
    return results.compactMap { $0 }
  }

  private func evaluate(_ item: ManifestItem, _ respondent: Respondent) -> EvaluatedImage {
    let truth = item.classIndex.flatMap { labelMap[$0] }
    do throws(TrainingError) {
      let (image, sha256) = try SampleLoader.open(item.image)
      let measured = try compare(image, item, truth, respondent)
      return EvaluatedImage(item: item, truth: truth, result: .success(measured), sha256: sha256)
    } catch {
      return EvaluatedImage(item: item, truth: truth, result: .failure(error))
    }
  }

  private func compare(
    _ image: Image, _ item: ManifestItem, _ truth: Int?, _ respondent: Respondent
  ) throws(TrainingError) -> EvaluationCase {
    let answer: ImageAnswer
    do {
      answer = try respondent(image)
    } catch {
      throw .unusableImage(path: item.image, reason: "\(error)")
    }
    var overlap: MaskOverlap?
    if let path = item.mask, let found = answer.mask {
      overlap = MaskOverlap(found: found, actual: try SampleLoader.mask(at: path, for: image))
    }
    return EvaluationCase(
      group: item.group, truth: truth, probabilities: answer.probabilities, overlap: overlap)
  }
}
