// How well the network of the moment does on images that it does not train on.
private import Foundation
package import ModelFiles
private import Networks
private import Tensors

/// Measures a model on samples in memory, on the network's input plane and without flips: quick
/// numbers for choosing the best epoch. `imgdx evaluate` measures as screening does.
package struct Validation: Sendable {
  package let samples: SampleSet
  private let groups: [String]

  /// - Parameter groups: the patient of each sample.
  package init(_ samples: SampleSet, groups: [String]) {
    self.samples = samples
    self.groups = groups
  }

  /// - Throws: ``TrainingError`` when the network does not fit its input.
  package func measure(_ model: Model, threads: Int) throws(TrainingError) -> EvaluationMetrics {
    let input = samples.specification
    let shape = [1, input.channels, input.height, input.width]
    var cases: [EvaluationCase] = []
    do {
      let plan = try InferencePlan(graph: model.graph, inputShape: shape, threads: threads)
      let writer = BatchWriter(try Augmenter(.none, input, seed: 0), threads: 1)
      var (image, lesion) = (Tensor(shape: shape), Tensor(shape: shape))
      for (sample, group) in zip(samples.samples, groups) {
        image.withUnsafeMutableFloats { image in
          lesion.withUnsafeMutableFloats { lesion in
            writer.write([sample], epoch: nil, images: image, lesions: lesion)
          }
        }
        let outputs = try plan.run(image)
        cases.append(
          EvaluationCase(
            group: group, truth: sample.classIndex,
            probabilities: model.metadata?.classificationOutput.flatMap { outputs[$0] }
              .map { softmax($0.values) } ?? [],
            overlap: sample.lesion == nil
              ? nil
              : model.metadata?.segmentationOutput.flatMap { outputs[$0] }
                .map { overlap($0.values, lesion.values) }))
      }
    } catch let error as TrainingError {
      throw error
    } catch { throw .unsuitableData(reason: "the network does not fit its input: \(error)") }
    return Evaluation(cases, labelCount: samples.labels.count).metrics()
  }

  private func overlap(_ logits: [Float], _ lesion: [Float]) -> MaskOverlap {
    var (both, found, actual) = (0, 0, 0)
    for (logit, truth) in zip(logits, lesion) {
      both += logit >= 0 && truth > 0.5 ? 1 : 0
      found += logit >= 0 ? 1 : 0
      actual += truth > 0.5 ? 1 : 0
    }
    return MaskOverlap(both: both, found: found, actual: actual)
  }

  private func softmax(_ logits: [Float]) -> [Float] {
    let largest = logits.max() ?? 0
    let powers = logits.map { exp($0 - largest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }
}

extension EvaluationMetrics {
  /// One number to choose epochs by: the mean of what can be told of Dice, AUC and balanced accuracy.
  package var score: Double {
    let parts = [dice, auc, balancedAccuracy].compactMap { $0 }
    return parts.isEmpty ? 0 : parts.reduce(0, +) / Double(parts.count)
  }
}
