private import Foundation
private import ModelFiles
internal import Screening
internal import Training

/// Asks a model about labelled images, with progress.
struct EvaluationRun {
  let model: ScreeningModel
  let manifest: Manifest
  /// Which of the manifest's items; nil for all.
  let indices: [Int]?
  let workers: WorkerOptions

  /// The model's labels; empty where it only segments.
  var labels: [String] {
    model.metadata.classificationOutput == nil ? [] : model.metadata.labels
  }

  /// Every image, in order; files that cannot be used are told of, and stand in their place.
  /// - Throws: `TrainingError`; ``Ending/interrupted`` when it was stopped.
  func images() throws -> [EvaluatedImage] {
    let evaluator = try Evaluator(manifest, indices: indices, labels: labels)
    let (jobs, threads) = workers.split(over: evaluator.count)
    let meter = ProgressMeter("images", total: evaluator.count)
    defer { meter.finish() }
    let images = evaluator.run(
      workers: jobs, shouldStop: { Interruption.isRequested },
      makeRespondent: {
        let screener = Screener(model: model, threads: threads)
        return { image in
          let findings = try screener.screen(image)
          return ImageAnswer(
            probabilities: findings.probabilities.map(\.probability), mask: findings.mask)
        }
      },
      deliver: { image in
        if case .failure(let error) = image.result { meter.say("imgdx: \(error)") }
        meter.advance()
      })
    guard images.count == evaluator.count else { throw Ending.interrupted }
    return images
  }

  /// What the images say about the model.
  /// - Throws: ``Ending/couldNotRun`` where none of them could be used.
  func report(_ images: [EvaluatedImage], resamples: Int) throws -> EvaluationReport {
    let measured = images.compactMap { try? $0.result.get() }
    guard !measured.isEmpty else { throw Ending.couldNotRun }
    var report = EvaluationReport(measured, labels: labels, resamples: resamples)
    report.model = model.identity.name
    report.modelSHA256 = model.identity.sha256
    report.data = manifest.path
    if let known = model.metadata.trainingImages.map(Set.init) {
      report.trainedOn = images.compactMap(\.sha256)
        .count { known.contains(ModelMetadata.fingerprint(of: $0)) }
    }
    return report
  }
}
