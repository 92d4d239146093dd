private import BatchLedger
package import Files
private import Foundation

/// How the latest run into an output folder goes, or how it ended; of a batch that is divided into
/// shards, how all of them do.
package struct BatchStatus: Sendable, Equatable {
  package enum State: String, Sendable {
    case running
    /// Done with what was there, waiting for more.
    case watching
    /// Every file was looked at.
    case complete
    /// Stopped by a signal; the same command goes on.
    case interrupted
    /// Ended by an error, a kill or a power failure; the same command goes on.
    case broken = "ended early"
  }

  package private(set) var state: State
  package private(set) var files: Int
  package private(set) var settled: Int
  package private(set) var inHand: Int
  package private(set) var done: Int
  package private(set) var failed: Int
  package private(set) var started: String
  package private(set) var finished: String?
  /// At the pace since the start; nil for a run that is over or has not settled anything yet.
  package private(set) var secondsLeft: Int?
  /// Empty for a batch that is not divided, or whose shards were merged.
  package private(set) var shards: [ShardState] = []

  /// - Throws: ``BatchError/ledger(_:)``, also where there was no run.
  package init(of folder: String) throws(BatchError) {
    let parts = try ShardFolders.all(in: folder)
    let known = parts.compactMap { try? Self(ledgerIn: $0.folder(in: folder)) }
    let whole = try? Self(ledgerIn: folder)
    guard let first = known.first, known.contains(where: { $0.isNews(beside: whole) }) else {
      self = try Self(ledgerIn: folder)
      return
    }
    self = known.dropFirst().reduce(into: first) { $0.add($1) }
    shards = try parts.map { part throws(BatchError) in try Self.state(of: part, in: folder) }
    // A run is complete when nothing is missing.
    if state == .complete, shards.contains(where: { $0.state == nil }) { state = .interrupted }
  }

  private init(ledgerIn folder: String) throws(BatchError) {
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
        case "complete": OutputLock.isHeld(in: folder) ? .watching : .complete
        case "interrupted": .interrupted
        default: OutputLock.isHeld(in: folder) ? .running : .broken
        }
    } catch {
      throw .ledger(LedgerError(error, path: folder))
    }
    secondsLeft = state == .running ? Self.secondsLeft(files, settled, since: started) : nil
  }

  /// How far one shard is.
  static func state(of shard: Shard, in folder: String) throws(BatchError) -> ShardState {
    let own = shard.folder(in: folder)
    guard access("\(own)/\(Ledger.fileName)", F_OK) == 0 else {
      return ShardState(shard: shard, state: nil, files: 0, settled: 0)
    }
    let status = try Self(ledgerIn: own)
    return ShardState(
      shard: shard, state: status.state, files: status.files, settled: status.settled)
  }

  /// When something last happened, as far as the ledger says; ISO 8601 sorts as text.
  private var latest: String { finished ?? started }

  /// True for a shard whose latest run a run over everything, or a merge, does not include. A merge
  /// that lacked shards ends when the last of the others did: they still say what is missing.
  private func isNews(beside whole: BatchStatus?) -> Bool {
    guard let whole else { return true }
    return whole.state == .complete ? latest > whole.latest : latest >= whole.latest
  }

  private mutating func add(_ other: BatchStatus) {
    let worst: [State] = [.running, .broken, .interrupted, .watching, .complete]
    state = worst.first { $0 == state || $0 == other.state } ?? state
    files += other.files
    settled += other.settled
    inHand += other.inHand
    done += other.done
    failed += other.failed
    started = min(started, other.started)
    if let ours = finished, let theirs = other.finished {
      finished = max(ours, theirs)
    } else {
      finished = nil
    }
    // They run side by side.
    secondsLeft = [secondsLeft, other.secondsLeft].compactMap(\.self).max()
  }

  private static func secondsLeft(_ files: Int, _ settled: Int, since started: String) -> Int? {
    guard settled > 0, let start = try? Date(started, strategy: .iso8601) else { return nil }
    let elapsed = max(Date().timeIntervalSince(start), 0)
    return Int((elapsed * Double(files - settled) / Double(settled)).rounded(.up))
  }

  package var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("schema", "imgdx.batch-status/1"), .init("state", .string(state.rawValue)),
      .init("files", .integer(files)), .init("settled", .integer(settled)),
      .init("in_hand", .integer(inHand)), .init("done", .integer(done)),
      .init("failed", .integer(failed)), .init("started", .string(started)),
      .init("finished", JSONValue(finished)),
      .init("seconds_left", secondsLeft.map(JSONValue.integer) ?? .null),
    ]
    if !shards.isEmpty { members.append(.init("shards", .array(shards.map(\.json)))) }
    return .object(members)
  }
}
