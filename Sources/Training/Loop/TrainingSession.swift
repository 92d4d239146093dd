// A whole training run: data, loop, validation, files.
private import Files
private import Foundation
private import ModelFiles
private import Networks

/// Trains a network into a model file, keeping the best model and a checkpoint on disk as it goes.
package final class TrainingSession {
  /// What happened, for whoever shows it.
  package enum Event {
    /// A step was made: which of how many in all, and its loss.
    case step(Int, of: Int, TrainingLoss)
    /// An epoch ended with this mean loss; what validation said, if it looked.
    case epoch(Int, TrainingLoss, EvaluationMetrics?, isBest: Bool)
    /// An earlier run of the same output is continued after this epoch.
    case resumed(Int)
  }

  package let trainer: Trainer
  private let output: String
  private let validation: Validation?
  private let threads: Int
  private var bestScore = -Double.infinity

  /// - Parameters:
  ///   - output: the model file; `<output>.checkpoint` stands beside it until training is done.
  ///   - validation: nil to save the last weights instead of the best.
  package init(trainer: Trainer, output: String, validation: Validation?, threads: Int) {
    self.trainer = trainer
    self.output = output
    self.validation = validation
    self.threads = threads
  }

  private var checkpointPath: String { output + ".checkpoint" }

  /// Trains to the last epoch, going on from a checkpoint where there is one.
  /// - Parameters:
  ///   - shouldStop: asked after each step; the finished epochs stay on disk.
  /// - Returns: whether training came to its end.
  /// - Throws: ``TrainingError``, ``FileError`` or ``ModelFileError``.
  package func run(shouldStop: () -> Bool, _ report: (Event) -> Void) throws -> Bool {
    try resume(report)
    let total = trainer.settings.epochs * trainer.stepsPerEpoch
    while trainer.epoch < trainer.settings.epochs {
      let before = trainer.epoch * trainer.stepsPerEpoch
      let loss = trainer.runEpoch { step, loss in
        report(.step(before + step + 1, of: total, loss))
        return !shouldStop()
      }
      guard let loss else { return false }
      try finishEpoch(loss, report)
    }
    try? FileManager.default.removeItem(atPath: checkpointPath)
    return true
  }

  private func resume(_ report: (Event) -> Void) throws {
    guard FileManager.default.fileExists(atPath: checkpointPath) else { return }
    let file = try Safetensors(contentsOf: checkpointPath)
    try trainer.restore(file)
    bestScore = file.metadata["bestScore"].flatMap { Double($0) } ?? bestScore
    report(.resumed(trainer.epoch))
  }

  private func finishEpoch(_ loss: TrainingLoss, _ report: (Event) -> Void) throws {
    let isLast = trainer.epoch == trainer.settings.epochs
    var metrics: EvaluationMetrics?
    if let validation, isLast || trainer.epoch % trainer.settings.validationInterval == 0 {
      metrics = try validation.measure(trainer.model, threads: threads)
    }
    let isBest = validation == nil || (metrics.map { $0.score > bestScore } ?? false)
    if isBest {
      bestScore = metrics?.score ?? bestScore
      try trainer.model.write(to: output)
    }
    var checkpoint = trainer.checkpoint()
    if bestScore.isFinite { checkpoint.metadata["bestScore"] = String(bestScore) }
    try checkpoint.write(to: checkpointPath)
    report(.epoch(trainer.epoch, loss, metrics, isBest: isBest))
  }
}
