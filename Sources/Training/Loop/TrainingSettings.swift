// How a network is trained; written into checkpoints and the model's metadata.
private import Foundation

/// Every choice that changes the result of a training run. Threads do not, so they are not here.
package struct TrainingSettings: Sendable, Equatable, Codable {
  package var epochs = 60
  package var batchSize = 8
  /// Peak of the schedule: linear warm-up, then half a cosine to zero.
  package var learningRate: Float = 2e-3
  /// Share of all steps that warm up.
  package var warmUp: Float = 0.1
  package var weightDecay: Float = 0.02
  /// Gradients longer than this are scaled down.
  package var gradientLimit: Float = 5
  /// The saved weights are a running average of the trained ones; share that stays at each step.
  package var averageDecay: Float = 0.998
  package var labelSmoothing: Float = 0.1
  /// Class weights are (1 / frequency) to this power: 0 none, 1 classes count alike.
  package var classBalance: Float = 0.7
  /// Weight of the class loss beside the mask loss.
  package var classShare: Float = 0.5
  package var augmentation = AugmentationSettings()
  /// Epochs between two looks at the validation images.
  package var validationInterval = 5
  package var seed: UInt64 = 1

  package init() {}

  /// - Throws: ``TrainingError/badSetting(name:reason:)``.
  package func validate() throws(TrainingError) {
    func check(_ isRight: Bool, _ name: String, _ reason: String) throws(TrainingError) {
      if !isRight { throw .badSetting(name: name, reason: reason) }
    }
    try check(1...100_000 ~= epochs, "epochs", "must be at least 1")
    try check(1...4096 ~= batchSize, "batch", "must lie between 1 and 4096")
    try check(learningRate > 0 && learningRate.isFinite, "learning-rate", "must be above 0")
    try check(0...1 ~= warmUp, "warm-up", "must lie between 0 and 1")
    try check(weightDecay >= 0 && weightDecay < 1, "weight-decay", "must lie between 0 and 1")
    try check(0..<1 ~= averageDecay, "average-decay", "must lie between 0 and 1")
    try check(0..<1 ~= labelSmoothing, "label-smoothing", "must lie between 0 and 1")
    try check(0...1 ~= classBalance, "class-balance", "must lie between 0 and 1")
    try check(classShare > 0 && classShare.isFinite, "class-share", "must be above 0")
    try check(validationInterval > 0, "validation-interval", "must be at least 1")
    try augmentation.validate()
  }

  /// The learning rate of a step out of all.
  func learningRate(at step: Int, of total: Int) -> Float {
    let warm = max(1, Int(Float(total) * warmUp))
    if step < warm { return learningRate * Float(step + 1) / Float(warm) }
    let progress = Double(step - warm) / Double(max(1, total - warm))
    return learningRate * Float(0.5 * (1 + cosine(.pi * progress)))
  }
}

private func cosine(_ x: Double) -> Double { Foundation.cos(x) }

extension TrainingSettings {
  /// Equal for equal settings; tells whether a checkpoint belongs to a run.
  var fingerprint: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}
