internal import Imaging
private import ModelFiles

extension ScreeningModel {
  /// What a document has to say where it gives sizes; printed lines name their unit.
  package static let sizesInPixels = "the file tells no pixel spacing: sizes are in pixels only"

  /// What a reader must know before trusting the findings, the file's own remarks first.
  func warnings(for findings: Findings, _ image: Image) -> [String] {
    image.attributes.warnings + remarks + domainWarnings(image) + answerWarnings(findings, image)
  }

  /// The image is not of the kind that the model was trained on.
  private func domainWarnings(_ image: Image) -> [String] {
    var warnings: [String] = []
    if let modality = image.attributes.modality, !metadata.modalities.isEmpty,
      !metadata.modalities.contains(modality)
    {
      warnings.append(
        "the model was trained on \(metadata.modalities.joined(separator: ", ")) images; this one "
          + "is \(modality), so its findings mean little")
    }
    let longest = max(image.width, image.height)
    if longest * 4 <= min(metadata.input.width, metadata.input.height) {
      warnings.append(
        "the image has only \(image.width) x \(image.height) pixels, far fewer than the model's "
          + "\(metadata.input.width) x \(metadata.input.height)")
    }
    return warnings
  }

  /// The answers contradict each other, or say less than they seem to.
  private func answerWarnings(_ findings: Findings, _ image: Image) -> [String] {
    var warnings: [String] = []
    let ranked = findings.probabilities.sorted { $0.probability > $1.probability }
    if ranked.count > 1, ranked[0].probability - ranked[1].probability < 0.1 {
      warnings.append("undecided between \(ranked[0].label) and \(ranked[1].label)")
    }
    if findings.mask != nil, let label = findings.decision?.label,
      metadata.labels.contains("normal")
    {
      if label == "normal" && !findings.lesions.isEmpty {
        warnings.append("classified as normal, yet a lesion was outlined")
      } else if label != "normal" && findings.lesions.isEmpty {
        warnings.append("classified as \(label), yet no lesion was outlined")
      }
    }
    guard !findings.lesions.isEmpty else { return warnings }
    if image.attributes.pixelSpacing == nil {
      warnings.append(Self.sizesInPixels)
    }
    if findings.lesions.contains(where: \.touchesEdge) {
      warnings.append("a lesion reaches the image's edge and may be larger than measured")
    }
    return warnings
  }
}

extension Image {
  /// Every sample has the same value.
  var isConstant: Bool {
    func same<T: Equatable>(_ samples: [T]) -> Bool {
      samples.allSatisfy { $0 == samples[0] }
    }
    return switch pixels {
    case .uint8(let samples): same(samples)
    case .int8(let samples): same(samples)
    case .uint16(let samples): same(samples)
    case .int16(let samples): same(samples)
    case .uint32(let samples): same(samples)
    case .int32(let samples): same(samples)
    case .float32(let samples): same(samples)
    case .float64(let samples): same(samples)
    }
  }
}
