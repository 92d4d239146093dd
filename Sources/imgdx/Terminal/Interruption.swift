private import Dispatch
private import Foundation
private import Synchronization

/// Ctrl-C, SIGTERM and SIGUSR1 (which schedulers send before the time is over): a command that can
/// stop in an orderly way asks to be told, others end at once.
///
/// Either way the exit code is 75. A second Ctrl-C ends the program at once; outputs are written
/// under a temporary name until whole, so nothing half-written is left under its final name.
enum Interruption {
  private static let isOrderly = Atomic(false)
  private static let announces = Atomic(true)
  private static let wasAsked = Atomic(false)
  // Safe: made once, then only activated, from `watch()` at the program's start.
  private nonisolated(unsafe) static let sources: [any DispatchSourceSignal] = [
    SIGINT, SIGTERM, SIGUSR1,
  ].map { number in
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
    source.setEventHandler { handle(number) }
    return source
  }

  /// Starts to listen.
  static func watch() { for source in sources { source.activate() } }

  /// From now on the first signal is only noted; the command must look at ``isRequested`` often.
  /// - Parameter isAnnounced: it is said on standard error; otherwise the command says so itself.
  static func handleInOrder(announcing isAnnounced: Bool = true) {
    announces.store(isAnnounced, ordering: .relaxed)
    isOrderly.store(true, ordering: .relaxed)
  }

  /// True once the user wants the program to stop.
  static var isRequested: Bool { wasAsked.load(ordering: .relaxed) }

  private static func handle(_ number: Int32) {
    let isFirst = !wasAsked.exchange(true, ordering: .relaxed)
    guard isOrderly.load(ordering: .relaxed), isFirst || number != SIGINT else {
      _exit(Ending.interrupted.rawValue)
    }
    if isFirst && announces.load(ordering: .relaxed) {
      Terminal.say("imgdx: stopping after the work in hand; Ctrl-C once more to stop at once")
    }
  }
}
