// Threads that share loops: `pool.run(tasks) { task, worker in … }`.
private import Foundation
private import Synchronization

/// A fixed set of workers that share the tasks of one loop at a time.
///
/// Which worker takes which task varies; results must not depend on it. The calling thread is
/// worker 0, so a pool of one thread runs everything in place.
package final class WorkerPool: @unchecked Sendable {
  // Safe: the job is written before its gate opens (release) and read by those who came in
  // (acquire); `run` closes the gate and returns only when all of them have left.
  package let workers: Int
  private let shared: Shared
  private let caller = Mutex(())

  /// - Parameter workers: threads that share the work, at least 1.
  package init(workers: Int) {
    self.workers = max(1, workers)
    shared = Shared()
    for worker in 1..<max(self.workers, 1) {
      let shared = shared
      let thread = Thread { shared.serve(worker: worker) }
      thread.stackSize = 1 << 20
      thread.name = "imgdx-\(worker)"
      thread.start()
    }
  }

  deinit { shared.stop() }

  /// Runs `body(task, worker)` for every task in `0..<tasks` and returns when all are done.
  package func run(_ tasks: Int, _ body: (_ task: Int, _ worker: Int) -> Void) {
    guard workers > 1, tasks > 1 else {
      for task in 0..<tasks { body(task, 0) }
      return
    }
    caller.withLock { _ in
      withoutActuallyEscaping(body) { body in
        shared.run(tasks: tasks, body: body)
      }
    }
  }

  private final class Shared: @unchecked Sendable {
    private typealias Body = (Int, Int) -> Void
    private let generation = Atomic<Int>(0)
    private let next = Atomic<Int>(0)
    /// 1 while helpers may come in, and 2 for each that is in. A loop never waits for a helper that
    /// is still asleep: short loops are over before it would come.
    private let gate = Atomic<Int>(0)
    private let sleepers = Atomic<Int>(0)
    private let stopping = Atomic<Bool>(false)
    private let condition = NSCondition()
    private var body: Body?
    private var tasks = 0

    func run(tasks: Int, body: @escaping (Int, Int) -> Void) {
      self.body = body
      self.tasks = tasks
      next.store(0, ordering: .relaxed)
      gate.store(1, ordering: .releasing)
      generation.wrappingAdd(1, ordering: .sequentiallyConsistent)
      if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
        condition.lock()
        condition.broadcast()
        condition.unlock()
      }
      work(worker: 0, body: body)
      gate.wrappingSubtract(1, ordering: .relaxed)
      while gate.load(ordering: .acquiring) > 0 { sched_yield() }
      self.body = nil
    }

    /// Whether a loop is open; the helper that came in leaves with `leave`.
    private func enter() -> Bool {
      var seen = gate.load(ordering: .relaxed)
      while seen & 1 == 1 {
        let (exchanged, original) = gate.weakCompareExchange(
          expected: seen, desired: seen + 2, successOrdering: .acquiring,
          failureOrdering: .relaxed)
        if exchanged { return true }
        seen = original
      }
      return false
    }

    private func leave() { gate.wrappingSubtract(2, ordering: .releasing) }

    private func work(worker: Int, body: Body) {
      while true {
        let task = next.wrappingAdd(1, ordering: .relaxed).oldValue
        if task >= tasks { return }
        body(task, worker)
      }
    }

    func serve(worker: Int) {
      var seen = 0
      while true {
        seen = awaitGeneration(after: seen)
        if stopping.load(ordering: .acquiring) { return }
        guard enter() else { continue }
        if let body { work(worker: worker, body: body) }
        leave()
      }
    }

    /// Spins for a moment, since the next loop of a network comes soon, then sleeps.
    private func awaitGeneration(after seen: Int) -> Int {
      for _ in 0..<200 {
        let now = generation.load(ordering: .acquiring)
        if now != seen { return now }
        sched_yield()
      }
      condition.lock()
      defer { condition.unlock() }
      sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
      while generation.load(ordering: .sequentiallyConsistent) == seen { condition.wait() }
      sleepers.wrappingSubtract(1, ordering: .relaxed)
      return generation.load(ordering: .acquiring)
    }

    func stop() {
      stopping.store(true, ordering: .releasing)
      condition.lock()
      generation.wrappingAdd(1, ordering: .sequentiallyConsistent)
      condition.broadcast()
      condition.unlock()
    }
  }
}
