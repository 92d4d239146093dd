internal import Batching
private import Files
private import Foundation
internal import Reports
internal import Screening
private import Synchronization

/// What `classify` and `segment` share: inputs through a model, one record after another.
struct ScreeningSession {
  let model: ScreeningModel
  let works: [CaseWork]
  let outputs: CaseOutputs
  let limits: LimitOptions
  let workers: WorkerOptions

  /// Name and version, as outputs state it.
  static let program = "imgdx \(programVersion)"

  /// Runs every case and tells of failures and warnings on standard error.
  /// - Parameters:
  ///   - sayingWarnings: false where `deliver` shows the warnings.
  ///   - deliver: gets the records in the order of the inputs.
  /// - Returns: how the run ended; nothing more has to be said about it.
  func run(
    sayingWarnings: Bool = true, deliver: @escaping @Sendable (CaseRecord) throws -> Void
  ) throws -> Ending {
    Interruption.handleInOrder()
    let (jobs, threads) = workers.split(over: works.count)
    let run = ThreadedRun(
      model: model, outputs: outputs, limits: limits.limits, jobs: jobs, threads: threads,
      shouldStop: { Interruption.isRequested })
    let meter = ProgressMeter("files", total: works.count)
    let failures = Atomic(0)
    let isComplete = try run.run(works) { records in
      for record in records {
        if let reason = record.failure {
          failures.add(1, ordering: .relaxed)
          meter.say("imgdx: \(record.source.place): \(reason)".printable)
        }
        for warning in sayingWarnings ? record.spokenWarnings : [] {
          meter.say("imgdx: \(record.source.place): warning: \(warning)".printable)
        }
        try deliver(record)
      }
      meter.advance()
    }
    meter.finish()
    if !isComplete { return .interrupted }
    return failures.load(ordering: .relaxed) > 0 ? .someInputsFailed : .done
  }
}

extension CaseRecord {
  /// Printed lines name the unit of each size, so they need no warning of it.
  fileprivate var spokenWarnings: [String] {
    (findings?.warnings ?? []).filter { $0 != ScreeningModel.sizesInPixels }
  }
}

extension Ending {
  /// A command that ends otherwise than well throws its ending.
  func throwUnlessDone() throws { if self != .done { throw self } }
}
