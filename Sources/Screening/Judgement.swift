private import Foundation
internal import Imaging
private import ModelFiles

extension ScreeningModel {
  /// From a network's answer to findings: decision, lesions on the image's own pixels, warnings.
  func judge(_ answer: NetworkAnswer, of image: Image, _ prepared: PreparedImage) -> Findings {
    var findings = Findings(
      model: identity, probabilities: [], decision: nil, lesions: [], mask: nil,
      segments: answer.lesionLogits != nil, maskThreshold: metadata.maskThreshold,
      enhancement: prepared.enhancement, warnings: [],
      timings: ScreeningTimings())
    findings.probabilities = zip(metadata.labels, answer.probabilities).map(ClassProbability.init)
    findings.decision = decide(findings.probabilities)
    if let logits = answer.lesionLogits {
      let probabilities = lesionProbabilities(logits, prepared.geometry)
      (findings.lesions, findings.mask) = outline(probabilities, in: image)
    }
    findings.warnings = warnings(for: findings, image)
    return findings
  }

  func decide(_ probabilities: [ClassProbability]) -> Decision? {
    // The first of equals, so that a tie has one answer.
    guard var best = probabilities.first else { return nil }
    for candidate in probabilities where candidate.probability > best.probability {
      best = candidate
    }
    let suspicious = metadata.suspiciousLabels
    let suspicion = probabilities.filter { suspicious.contains($0.label) }
      .reduce(Float(0)) { $0 + $1.probability }
    let threshold = metadata.suspicionThreshold ?? 0.5
    return Decision(
      label: best.label, probability: best.probability, suspicion: suspicion,
      threshold: threshold,
      isSuspicious: suspicious.contains(best.label)
        || (!suspicious.isEmpty && suspicion >= threshold))
  }

  /// 1 / (1 + exp(-z)) of the logits resized to the image: `[height, width]`.
  private func lesionProbabilities(_ logits: [Float], _ geometry: InputGeometry) -> [Float] {
    geometry.mapBack(logits).map { 1 / (1 + exp(-$0)) }
  }

  /// Thresholds, drops what is too small to count, measures the rest, largest first.
  private func outline(_ probabilities: [Float], in image: Image) -> ([Lesion], Mask) {
    let (width, height) = (image.width, image.height)
    let raw = Mask(
      width: width, height: height,
      pixels: probabilities.map { $0 >= metadata.maskThreshold ? 1 : 0 })
    let least = Int((Double(metadata.minimumLesionShare) * Double(width * height)).rounded(.up))
    let kept = raw.components().filter { $0.area >= max(least, 1) }
    var mask = Mask(width: width, height: height)
    for run in kept.flatMap(\.runs) {
      for x in run.start..<run.end { mask.pixels[run.y * width + x] = 1 }
    }
    guard !kept.isEmpty else { return ([], mask) }
    let intensities = image.modalityValues()
    let lesions = kept.map { component in
      Lesion(
        measuring: component, width: width, height: height, intensities: intensities,
        probabilities: probabilities, spacing: image.attributes.pixelSpacing)
    }
    // Swift's sort is stable: lesions of one size stay in reading order.
    return (lesions.sorted { $0.area > $1.area }, mask)
  }
}
