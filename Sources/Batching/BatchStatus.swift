private import BatchLedger
package import Files
private import Foundation

/// How the latest run into an output folder goes, or how it ended.
package struct BatchStatus: Sendable, Equatable {
  package enum State: String, Sendable {
    case running
    /// Every file was looked at.
    case complete
    /// Stopped by a signal; the same command goes on.
    case interrupted
    /// Ended by an error, a kill or a power failure; the same command goes on.
    case broken = "ended early"
  }

  package let state: State
  package let files: Int
  package let settled: Int
  package let inHand: Int
  package let done: Int
  package let failed: Int
  package let started: String
  package let finished: String?
  /// At the pace since the start; nil for a run that is over or has not settled anything yet.
  package let secondsLeft: Int?

  /// - Throws: ``BatchError/ledger(_:)``, also where there was no run.
  package init(of folder: String) throws(BatchError) {
    do {
      let ledger = try Ledger(reading: folder)
      guard let run = try ledger.latestRun() else {
        throw LedgerError.missing(path: "\(folder)/\(Ledger.fileName)")
      }
      let counts = try ledger.caseCounts()
      (files, settled, inHand) = (counts.files, counts.settled, counts.inHand)
      (done, failed) = (counts.done, counts.failed)
      (started, finished) = (run.started, run.finished)
      state =
        switch run.ending {
        case "complete": .complete
        case "interrupted": .interrupted
        default: OutputLock.isHeld(in: folder) ? .running : .broken
        }
    } catch {
      throw .ledger(LedgerError(error, path: folder))
    }
    secondsLeft = state == .running ? Self.secondsLeft(files, settled, since: started) : nil
  }

  private static func secondsLeft(_ files: Int, _ settled: Int, since started: String) -> Int? {
    guard settled > 0, let start = try? Date(started, strategy: .iso8601) else { return nil }
    let elapsed = max(Date().timeIntervalSince(start), 0)
    return Int((elapsed * Double(files - settled) / Double(settled)).rounded(.up))
  }

  package var json: JSONValue {
    [
      "schema": "imgdx.batch-status/1", "state": .string(state.rawValue),
      "files": .integer(files), "settled": .integer(settled), "in_hand": .integer(inHand),
      "done": .integer(done), "failed": .integer(failed), "started": .string(started),
      "finished": JSONValue(finished),
      "seconds_left": secondsLeft.map(JSONValue.integer) ?? .null,
    ]
  }
}
