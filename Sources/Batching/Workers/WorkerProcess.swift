internal import BatchLedger
private import Foundation

/// A worker as its parent sees it.
final class WorkerProcess {
  enum State {
    case starting
    case idle
    case busy(Assignment)
  }

  /// A case in the hands of a worker.
  struct Assignment {
    let item: LedgerCase
    let start = ContinuousClock.now
    /// Work on it has begun: earlier results no longer stand.
    var isOpened = false
    /// A decoder is at work.
    var isDecoding = true
    var images = 0
    /// Of the first image that failed.
    var failure: String?
  }

  let process: Int32
  let descriptor: Int32
  var state = State.starting
  /// When it counts as hanging; every message puts this off.
  var deadline: ContinuousClock.Instant
  private var incoming = MessageBuffer()
  private var outgoing: [UInt8] = []
  private var reasonToKill: String?
  private let memory: Int

  /// Starts a worker.
  /// - Throws: ``BatchError/cannotStart(reason:)``.
  init(executable: String, setup: WorkerSetup, deadline: ContinuousClock.Instant)
    throws(BatchError)
  {
    // A backtrace would take seconds and could show what is in memory: a patient's image.
    let child = try Spawn.child(
      executable, ["imgdx", "worker"], environment: ["SWIFT_BACKTRACE": "enable=no"])
    process = child.process
    descriptor = child.descriptor
    memory = setup.memory
    self.deadline = deadline
    try send(setup)
  }

  /// It was killed: what it has said since does not count.
  var isCondemned: Bool { reasonToKill != nil }
  var isBusy: Bool { if case .busy = state { true } else { false } }
  var isIdle: Bool { if case .idle = state { true } else { false } }
  var assignment: Assignment? { if case .busy(let assignment) = state { assignment } else { nil } }

  /// Queues a message; ``flush()`` passes on what the worker does not take at once.
  func send(_ message: some Encodable) throws(BatchError) {
    do {
      outgoing += try MessageChannel.encode(message)
    } catch {
      throw .worker(reason: "a message to a worker cannot be encoded: \(error)")
    }
    flush()
  }

  var hasOutgoing: Bool { !outgoing.isEmpty }

  /// Passes on what was queued, without waiting. A worker that is gone is noticed when reading.
  func flush() {
    while !outgoing.isEmpty {
      let count = outgoing.withUnsafeBytes {
        Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return }
      outgoing.removeFirst(count)
    }
  }

  /// Why a worker is ended that does not keep to what was agreed.
  static let nonsense = "the worker said what makes no sense"

  /// What the worker has said by now, and whether that was the last of it.
  func replies() -> (replies: [WorkerReply], hasEnded: Bool) {
    var replies: [WorkerReply] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &piece, piece.count)
      if count < 0 && errno == EINTR { continue }
      if count < 0 && errno == EAGAIN { return (replies, false) }
      guard count > 0 else { return (replies, true) }
      incoming.append(piece[..<count])
      do {
        while let reply = try incoming.next(WorkerReply.self) { replies.append(reply) }
      } catch {
        kill(because: Self.nonsense)
        return (replies, true)
      }
    }
  }

  /// Ends the worker at once.
  /// - Parameter reason: what is told of the case that it had.
  func kill(because reason: String) {
    reasonToKill = reasonToKill ?? reason
    Foundation.kill(process, SIGKILL)
  }

  /// Waits for the end of a worker that has hung up or was killed.
  /// - Returns: why it ended, in words.
  func reap() -> String {
    close(descriptor)
    // One that hung up and yet lives on is of no use; the status of one that died stays.
    Foundation.kill(process, SIGKILL)
    var status: Int32 = 0
    // One that waits for a disk or a server which does not answer cannot be killed until it does:
    // the run goes on without it.
    let patience = ContinuousClock.now + .seconds(5)
    while waitpid(process, &status, WNOHANG) == 0 && ContinuousClock.now < patience {
      usleep(1_000)
    }
    return reasonToKill ?? describe(status)
  }

  private func describe(_ status: Int32) -> String {
    let signal = status & 0x7F
    if signal == 0 {
      let code = status >> 8 & 0xFF
      return code == Isolation.outOfMemoryStatus
        ? "needed more than \(Machine.describe(bytes: memory))" : "the worker ended with \(code)"
    }
    if signal == SIGKILL {
      return "the worker was killed: signal 9, as the system does when memory runs out"
    }
    let isDecoding = assignment?.isDecoding ?? false
    return "\(isDecoding ? "decoder" : "screening") crashed: signal \(signal)"
  }
}
