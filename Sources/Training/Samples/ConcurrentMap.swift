private import Dispatch
private import Synchronization

/// Calls `body` for `0..<count` from several threads and returns the results in order.
func concurrentMap<Value: Sendable>(
  _ count: Int, threads: Int, _ body: @Sendable (Int) -> Value
) -> [Value] {
  concurrentMap(count, threads: threads, makeState: {}) { _, index in body(index) }
}

/// The same with a state that each thread makes for itself and keeps.
func concurrentMap<State, Value: Sendable>(
  _ count: Int, threads: Int, makeState: @Sendable () -> State,
  _ body: @Sendable (State, Int) -> Value
) -> [Value] {
  let next = Atomic(0)
  let results = Mutex([Value?](repeating: nil, count: count))
  DispatchQueue.concurrentPerform(iterations: max(min(threads, count), 1)) { _ in
    let state = makeState()
    while true {
      let index = next.add(1, ordering: .relaxed).oldValue
      guard index < count else { return }
      let value = body(state, index)
      results.withLock { $0[index] = value }
    }
  }
  return results.withLock { $0.compactMap { $0 } }
}
