private import Foundation

/// Progress of a countable piece of work, on standard error.
///
/// On a terminal one line is redrawn, with the time left; elsewhere (a log file, a scheduler) a
/// plain line is written once a minute. Safe to call from several threads.
final class ProgressMeter: @unchecked Sendable {
  // Safe: every stored property below is read and written under `lock` only.
  private let lock = NSLock()
  private let what: String
  private let total: Int
  private let start = ContinuousClock.now
  private let isInteractive: Bool
  private var done = 0
  /// Of these, done by an earlier run: they tell nothing about the time left.
  private var skipped = 0
  private var lastShown: ContinuousClock.Instant
  private var hasLine = false

  /// - Parameters:
  ///   - what: what is counted, in the plural ("images").
  ///   - total: how many there are.
  init(_ what: String, total: Int, isInteractive: Bool = Terminal.isInteractive) {
    self.what = what
    self.total = total
    self.isInteractive = isInteractive
    lastShown = start
  }

  /// Counts `count` that were done before.
  func skip(_ count: Int) {
    lock.withLock {
      done += count
      skipped += count
    }
  }

  /// Counts `count` more and, now and then, shows it with an optional remark.
  func advance(by count: Int = 1, remark: String = "") {
    lock.withLock {
      done += count
      let now = ContinuousClock.now
      let interval: Duration = isInteractive ? .milliseconds(100) : .seconds(60)
      guard now - lastShown >= interval else { return }
      lastShown = now
      show(
        Self.line(
          what, done: done, skipped: skipped, total: total, elapsed: now - start, remark: remark))
    }
  }

  /// Writes a line of its own between redraws of the progress line.
  func say(_ line: String) {
    lock.withLock {
      clear()
      Terminal.say(line)
    }
  }

  /// Takes the progress line off the terminal.
  func finish() { lock.withLock { clear() } }

  private func show(_ line: String) {
    guard isInteractive else { return Terminal.say(line) }
    Terminal.write("\r\u{1B}[K" + line)
    hasLine = true
  }

  private func clear() {
    if hasLine { Terminal.write("\r\u{1B}[K") }
    hasLine = false
  }

  /// "120 of 480 images, 25 %, 3 min 10 s left".
  static func line(
    _ what: String, done: Int, skipped: Int = 0, total: Int, elapsed: Duration, remark: String = ""
  ) -> String {
    var line = "\(done) of \(total) \(what), \(total > 0 ? done * 100 / total : 100) %"
    if done > skipped && done < total {
      let left = Double(elapsed.components.seconds) * Double(total - done) / Double(done - skipped)
      line += ", \(describe(seconds: Int(left.rounded(.up)))) left"
    }
    return remark.isEmpty ? line : line + ", \(remark)"
  }

  /// "45 s", "3 min 10 s", "2 h 5 min".
  static func describe(seconds: Int) -> String {
    switch seconds {
    case ..<60: "\(seconds) s"
    case ..<3600: "\(seconds / 60) min \(seconds % 60) s"
    default: "\(seconds / 3600) h \(seconds % 3600 / 60) min"
    }
  }
}
