private import Enhancement
private import Foundation
internal import ModelFiles
internal import Tensors

/// A network's outputs for one image, flips averaged.
struct NetworkAnswer {
  /// Class probabilities in the order of the labels; empty for a model that only segments.
  let probabilities: [Float]
  /// Lesion logits on the network's input plane, `[inputHeight, inputWidth]`, if the model segments.
  let lesionLogits: [Float]?

  /// - Throws: ``ScreeningError/badMetadata(model:reason:)`` when an output is missing or has another
  ///   shape than the metadata promises; ``ScreeningError/notANumber(model:output:)``.
  init(_ outputs: [String: Tensor], model: ScreeningModel) throws(ScreeningError) {
    let metadata = model.metadata
    probabilities = try NetworkAnswer.probabilities(outputs, metadata)
    lesionLogits = try NetworkAnswer.lesionLogits(outputs, metadata)
  }

  private static func output(
    _ name: String, of outputs: [String: Tensor], _ metadata: ModelMetadata,
    isFitting: ([Int]) -> Bool
  ) throws(ScreeningError) -> Tensor {
    guard let output = outputs[name] else {
      throw .badMetadata(model: metadata.name, reason: "it has no output '\(name)'")
    }
    guard isFitting(output.shape) else {
      throw .badMetadata(
        model: metadata.name, reason: "output '\(name)' has the shape \(output.shape)")
    }
    guard output.values.allSatisfy(\.isFinite) else {
      throw .notANumber(model: metadata.name, output: name)
    }
    return output
  }

  /// Mean over the flips of softmax(logits) = exp(z_i - max z) / Σ exp(z_j - max z).
  private static func probabilities(_ outputs: [String: Tensor], _ metadata: ModelMetadata)
    throws(ScreeningError) -> [Float]
  {
    guard let name = metadata.classificationOutput else { return [] }
    let (flips, labels) = (metadata.averagesFlips ? 2 : 1, metadata.labels.count)
    let output = try output(name, of: outputs, metadata) { shape in
      shape.first == flips && shape.reduce(1, *) == flips * labels
    }
    let logits = output.values
    var mean = [Float](repeating: 0, count: labels)
    for flip in 0..<flips {
      let soft = softmax(logits[(flip * labels)..<((flip + 1) * labels)])
      for label in 0..<labels { mean[label] += soft[label] / Float(flips) }
    }
    return mean
  }

  /// Mean over the flips of the logits, the mirror image's turned back.
  private static func lesionLogits(_ outputs: [String: Tensor], _ metadata: ModelMetadata)
    throws(ScreeningError) -> [Float]?
  {
    guard let name = metadata.segmentationOutput else { return nil }
    let flips = metadata.averagesFlips ? 2 : 1
    let output = try output(name, of: outputs, metadata) { shape in
      shape.count == 4 && shape[0] == flips && shape[1] == 1 && shape[2] > 0 && shape[3] > 0
    }
    let (shape, values) = (output.shape, output.values)
    let area = shape[2] * shape[3]
    var logits = Array(values[..<area])
    if flips == 2 {
      let second = mirrored(Array(values[area...]), width: shape[3])
      for index in 0..<area { logits[index] = (logits[index] + second[index]) / 2 }
    }
    return Resampling.resize(
      logits, from: (shape[3], shape[2]), to: (metadata.input.width, metadata.input.height))
  }
}

/// exp(z_i - max z) / Σ exp(z_j - max z).
private func softmax(_ logits: ArraySlice<Float>) -> [Float] {
  let largest = logits.max() ?? 0
  let powers = logits.map { exp($0 - largest) }
  let sum = powers.reduce(0, +)
  return powers.map { $0 / sum }
}
