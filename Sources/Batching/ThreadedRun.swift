private import Foundation
package import Intake
package import Reports
package import Screening

/// Runs a list of cases through a model on threads of this process, for commands that answer while
/// somebody waits. A batch, which must outlive its worst file, runs them in ``BatchScheduler``.
package struct ThreadedRun: Sendable {
  package var model: ScreeningModel
  package var outputs: CaseOutputs
  /// Larger files are refused.
  package var limits: Limits
  /// Cases in work at once.
  package var jobs: Int
  /// Threads that share the network of one case.
  package var threads: Int
  /// Asked before each case; true ends the run after the cases in hand.
  package var shouldStop: @Sendable () -> Bool

  package init(
    model: ScreeningModel, outputs: CaseOutputs, limits: Limits, jobs: Int, threads: Int,
    shouldStop: @escaping @Sendable () -> Bool
  ) {
    self.model = model
    self.outputs = outputs
    self.limits = limits
    self.jobs = jobs
    self.threads = threads
    self.shouldStop = shouldStop
  }

  /// Works through all cases.
  /// - Parameter deliver: given the records of each case in the order of `works`, one call at a
  ///   time; an error that it throws ends the run.
  /// - Returns: true when every case was worked on, false when the run was stopped.
  /// - Throws: ``BatchError``, or what `deliver` throws.
  package func run(
    _ works: [CaseWork], deliver: @escaping @Sendable ([CaseRecord]) throws -> Void
  ) throws -> Bool {
    let queue = CaseQueue(works, deliver: deliver)
    let workers = min(max(jobs, 1), max(works.count, 1))
    let group = DispatchGroup()
    for _ in 0..<workers {
      group.enter()
      let thread = Thread {
        work(through: queue)
        group.leave()
      }
      // Decoders of other projects may need more stack than a dispatch queue has.
      thread.stackSize = 8 << 20
      thread.start()
    }
    group.wait()
    return try queue.result()
  }

  private func work(through queue: CaseQueue) {
    let screener = Screener(model: model, threads: threads)
    let runner = CaseRunner(
      screener: screener, outputs: outputs, limits: limits, shouldStop: shouldStop)
    while !shouldStop(), let (index, work) = queue.next() {
      do {
        var records: [CaseRecord] = []
        try runner.run(work) { event in
          if case .finished(let record, _) = event { records.append(record) }
        }
        queue.finish(index, .success(records), wasCutShort: runner.wasCutShort)
      } catch {
        queue.finish(index, .failure(error))
      }
    }
  }
}

/// Hands out cases and puts the answers back in order. Safe to use from several threads.
private final class CaseQueue: @unchecked Sendable {
  // Safe: everything mutable is touched under `lock` only.
  private let lock = NSLock()
  private let works: [CaseWork]
  private let deliver: ([CaseRecord]) throws -> Void
  private var nextWork = 0
  private var nextDelivery = 0
  private var waiting: [Int: [CaseRecord]] = [:]
  private var failure: (any Error)?
  private var wasCutShort = false

  init(_ works: [CaseWork], deliver: @escaping ([CaseRecord]) throws -> Void) {
    self.works = works
    self.deliver = deliver
  }

  /// The next case, nil when there is none or the run has failed.
  func next() -> (Int, CaseWork)? {
    lock.withLock {
      guard failure == nil, nextWork < works.count else { return nil }
      defer { nextWork += 1 }
      return (nextWork, works[nextWork])
    }
  }

  func finish(
    _ index: Int, _ result: Result<[CaseRecord], any Error>, wasCutShort: Bool = false
  ) {
    lock.withLock {
      self.wasCutShort = self.wasCutShort || wasCutShort
      switch result {
      case .failure(let error): failure = failure ?? error
      case .success(let records): waiting[index] = records
      }
      while failure == nil, let records = waiting.removeValue(forKey: nextDelivery) {
        nextDelivery += 1
        do { try deliver(records) } catch { failure = error }
      }
    }
  }

  /// True when all cases were delivered whole.
  func result() throws -> Bool {
    try lock.withLock {
      if let failure { throw failure }
      return nextDelivery == works.count && !wasCutShort
    }
  }
}
