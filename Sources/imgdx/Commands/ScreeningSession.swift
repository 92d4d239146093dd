internal import Batching
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

  /// Runs every case and tells of failures on standard error.
  /// - Parameter deliver: gets the records in the order of the inputs.
  /// - Returns: how the run ended; nothing more has to be said about it.
  func run(deliver: @escaping @Sendable (CaseRecord) throws -> Void) throws -> Ending {
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
          meter.say("imgdx: \(record.source.place): \(reason)")
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

extension Ending {
  /// A command that ends otherwise than well throws its ending.
  func throwUnlessDone() throws { if self != .done { throw self } }
}
