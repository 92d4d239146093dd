// What training makes smaller: mask loss and class loss, as far as the network and the labels go.
private import Foundation
internal import ModelFiles
internal import Networks
internal import Tensors

/// The parts of a loss, as they count in the sum.
package struct TrainingLoss: Sendable, Equatable {
  package var mask: Float = 0
  package var classes: Float = 0
  package var total: Float { mask + classes }

  package init(mask: Float = 0, classes: Float = 0) {
    self.mask = mask
    self.classes = classes
  }

  static func += (a: inout Self, b: Self) {
    a.mask += b.mask
    a.classes += b.classes
  }

  static func / (a: Self, b: Float) -> Self { Self(mask: a.mask / b, classes: a.classes / b) }
}

/// Measures a batch and seeds the backward pass.
struct TrainingObjective {
  private let plan: TrainingPlan
  private let mask: String?
  private let classes: String?
  private let maskLoss = MaskLoss(diceShare: 0.5, batchDiceShare: 0.5)
  private let classLoss: CrossEntropy
  private let classShare: Float

  init(
    _ settings: TrainingSettings, _ metadata: ModelMetadata, plan: TrainingPlan, samples: SampleSet
  ) throws(TrainingError) {
    self.plan = plan
    mask = metadata.segmentationOutput
    classes = metadata.classificationOutput
    guard mask == nil || samples.samples.contains(where: { $0.lesion != nil }) else {
      throw .unsuitableData(reason: "the network segments, but no image has a mask")
    }
    guard classes == nil || samples.samples.contains(where: { $0.classIndex != nil }) else {
      throw .unsuitableData(reason: "the network classifies, but no image has a label")
    }
    classShare = mask == nil ? 1 : settings.classShare
    let counts = samples.classCounts
    let largest = Float(counts.max() ?? 1)
    classLoss = CrossEntropy(
      smoothing: settings.labelSmoothing,
      classWeights: counts.map { pow(largest / Float(max($0, 1)), settings.classBalance) })
  }

  /// The batch's loss; writes the outputs' gradients.
  func measure(_ batch: [Sample], masks: UnsafePointer<Float>, pool: WorkerPool) -> TrainingLoss {
    var loss = TrainingLoss()
    if let mask, let gradient = plan.outputGradient(mask) {
      gradient.clear()
      loss.mask = maskLoss(
        logits: plan.output(mask), gradient: gradient, masks: masks,
        isUsed: batch.map { $0.lesion != nil },
        usesDice: batch.map { $0.lesion?.contains { $0 > 127 } ?? false }, pool: pool)
    }
    if let classes, let gradient = plan.outputGradient(classes) {
      gradient.clear()
      loss.classes = classLoss(
        logits: plan.output(classes), gradient: gradient,
        targets: batch.map { $0.classIndex ?? -1 }, rowWeights: batch.map(\.weight),
        scale: classShare)
    }
    return loss
  }
}

extension View {
  fileprivate func clear() { floats.update(repeating: 0, count: count) }
}
