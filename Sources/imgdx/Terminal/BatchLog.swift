import ArgumentParser
internal import Batching
private import Files
private import Foundation

enum LogFormat: String, ExpressibleByArgument, CaseIterable { case text, json }

/// What happens during a batch, on standard error: as lines for people, or as JSON, a document a
/// line. Progress comes once a minute; on a terminal one line is redrawn instead.
final class BatchLog {
  private let format: LogFormat
  private var meter: ProgressMeter?
  /// When work began; listing the inputs tells nothing of the pace.
  private var start = ContinuousClock.now
  private var lastProgress = ContinuousClock.now
  private struct Tally { var (files, settled, failed) = (0, 0, 0) }
  private var now = Tally()
  /// Of the earlier rounds of a watch.
  private var past = Tally()
  /// Failed in an earlier run, and not tried again.
  private var stillFailed = 0

  init(format: LogFormat) { self.format = format }

  func note(_ event: BatchEvent) {
    if case .settled(let hasFailed, let stood) = event {
      now.settled += 1
      if hasFailed { now.failed += 1 }
      if hasFailed && stood { stillFailed += 1 }
    }
    if case .planned(let files, _) = event { (now.files, start) = (files, .now) }
    switch format {
    case .text: tell(event)
    case .json: write(event)
    }
    if case .watching = event {
      past = Tally(
        files: past.files + now.files, settled: past.settled + now.settled,
        failed: past.failed + now.failed)
      now = Tally()
    }
  }

  /// Takes the progress line off the terminal; for programs, says how far it came.
  /// - Parameter event: "finished", "interrupted" or "stopped".
  func end(_ event: String) {
    meter?.finish()
    if format == .json {
      let counts: JSONValue = [
        "files": .integer(past.files + now.files), "settled": .integer(past.settled + now.settled),
        "failed": .integer(past.failed + now.failed),
      ]
      return write(event, counts)
    }
    if stillFailed > 0 {
      Terminal.say(
        "imgdx: unchanged since it failed in an earlier run: \(Self.files(stillFailed)); "
          + "--retry-failed tries again")
    }
  }

  /// What to do next, which programs know.
  func advise(_ advice: String) {
    if format == .text { Terminal.say("imgdx: \(advice)") }
  }

  /// Why nothing more is done.
  func tell(_ error: any Error) {
    switch format {
    case .text: Terminal.say("imgdx: \(error)")
    case .json: write("error", ["reason": .string("\(error)")])
    }
  }

  private func tell(_ event: BatchEvent) {
    switch event {
    case .listing(let files): if isTimeForProgress() { say("\(files) files found so far") }
    case .passedOver(let folder):
      let place = folder ?? "a folder"
      say("warning: \(place): passed over, it holds the results of another batch".printable)
    case .planned(let files, let toCheck):
      if toCheck > 0 {
        Terminal.say("imgdx: worked on before, now checked: \(toCheck) of \(Self.files(files))")
      }
      meter = ProgressMeter("files", total: files)
    case .settled:
      let rate = String(format: "%.1f/s", perSecond)
      meter?.advance(remark: "\(now.failed) failed, \(rate)")
    case .failed(let place, let reason): say("\(place): \(reason)".printable)
    case .workerLost(let reason, let path?):
      say("warning: \(path): \(reason); it is tried once more".printable)
    case .workerLost(let reason, nil): say("warning: a worker is replaced: \(reason)")
    case .watching(let changing, let isOver):
      meter?.finish()
      meter = nil
      let studies = changing == 1 ? "1 study still changes" : "\(changing) studies still change"
      say(isOver ? "the watch is over; \(studies)" : "watching; \(studies)")
    case .stopping(let inHand):
      say("stopping after \(Self.files(inHand)) in hand; Ctrl-C once more to stop at once")
    }
  }

  /// "1 file", "2 files".
  private static func files(_ count: Int) -> String { "\(count) file\(count == 1 ? "" : "s")" }

  private func say(_ line: String) {
    if let meter { meter.say("imgdx: \(line)") } else { Terminal.say("imgdx: \(line)") }
  }

  private func write(_ event: BatchEvent) {
    switch event {
    case .listing(let files):
      if isTimeForProgress() { write("listing", ["files": .integer(files)]) }
    case .passedOver(let folder): write("passed_over", ["folder": JSONValue(folder)])
    case .planned(let files, let toCheck):
      write("planned", ["files": .integer(files), "to_check": .integer(toCheck)])
    case .settled: if isTimeForProgress() { write("progress", progress) }
    case .failed(let place, let reason):
      write("failed", ["file": .string(place), "reason": .string(reason)])
    case .workerLost(let reason, let path):
      write("worker_lost", ["file": JSONValue(path), "reason": .string(reason)])
    case .watching(let changing, let isOver):
      write("watching", ["changing": .integer(changing), "over": .bool(isOver)])
    case .stopping(let inHand): write("stopping", ["in_hand": .integer(inHand)])
    }
  }

  /// True once a minute.
  private func isTimeForProgress() -> Bool {
    guard ContinuousClock.now - lastProgress >= .seconds(60) else { return false }
    lastProgress = .now
    return true
  }

  private var progress: JSONValue {
    let left = perSecond > 0 ? Double(now.files - now.settled) / perSecond : nil
    return [
      "files": .integer(now.files), "settled": .integer(now.settled),
      "failed": .integer(now.failed), "per_second": JSONValue(perSecond, decimals: 2),
      "seconds_left": JSONValue(left, decimals: 0),
    ]
  }

  private var perSecond: Double {
    let elapsed = (ContinuousClock.now - start) / .seconds(1)
    return elapsed > 0 ? Double(now.settled) / elapsed : 0
  }

  private func write(_ name: String, _ members: JSONValue) {
    var document: [JSONValue.Member] = [
      .init("time", .string(Date().formatted(.iso8601))), .init("event", .string(name)),
    ]
    if case .object(let members) = members { document += members }
    Terminal.say(JSONValue.object(document).text())
  }
}
