internal import BatchLedger
private import Foundation
package import Reports

extension BatchRun {
  /// Works through the inputs, then waits for more, and writes the report anew whenever some came.
  /// - Parameters:
  ///   - shouldStop, listen: as in ``run(shouldStop:listen:)``.
  /// - Returns: the last run as it was reported, over everything that was taken; marked as interrupted
  ///   when `shouldStop` ended it, and not the hour.
  /// - Throws: ``BatchError``; what was done until then is in the ledger.
  package func watch(
    _ watch: WatchSettings, shouldStop: @escaping () -> Bool,
    listen: @escaping (BatchEvent) -> Void
  ) throws(BatchError) -> RunRecord {
    try checkInputs()
    return try withBooks { books in
      var studies = StudyWatch(quietPeriod: watch.quietPeriod)
      var latest: RunRecord?
      var told = -1
      while true {
        let isOver = watch.until.map { $0 <= Date() } ?? false
        studies.look(
          at: inputs, outputFolder: folder, takesAll: isOver && watch.takesIncomplete)
        if latest == nil || studies.hasNews {
          let run = try work(
            books, adds: latest != nil, choosing: studies.choice, shouldStop, listen)
          latest = run
          if run.wasInterrupted { return run }
          studies.noteRun()
          told = -1
        }
        if told != studies.changing || isOver {
          told = studies.changing
          listen(.watching(changing: told, isOver: isOver))
        }
        if var run = latest, isOver || shouldStop() {
          run.wasInterrupted = !isOver
          return run
        }
        Self.wait(watch.interval, unless: shouldStop)
      }
    }
  }

  private static func wait(_ time: Duration, unless shouldStop: () -> Bool) {
    let end = ContinuousClock.now + time
    while ContinuousClock.now < end, !shouldStop() { usleep(50_000) }
  }
}
