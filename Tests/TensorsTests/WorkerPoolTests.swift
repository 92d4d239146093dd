// Shared loops: every task once, and all of them done when the loop returns.
import Synchronization
import Tensors
import Testing

@Suite struct WorkerPoolTests {
  /// Short loops one after the other: helpers come late, in the next loop, or not at all.
  @Test(arguments: [1, 2, 5])
  func `each task of each loop runs once and before the loop returns`(workers: Int) {
    let pool = WorkerPool(workers: workers)
    let cells = FloatStorage(count: 64)
    var expected = [Float](repeating: 0, count: 64)
    for loop in 0..<1500 {
      let tasks = loop % 64
      pool.run(tasks) { task, _ in cells.floats[task] += Float(loop % 7) }
      for task in 0..<tasks { expected[task] += Float(loop % 7) }
      guard loop % 100 == 99 else { continue }
      let isRight = (0..<64).allSatisfy { cells.floats[$0] == expected[$0] }
      #expect(isRight, "after loop \(loop)")
    }
  }

  @Test func `two tasks at a time run on two workers, each under its own number`() {
    let pool = WorkerPool(workers: 2)
    let inside = Atomic<Int>(0)
    let numbers = FloatStorage(count: 2)
    // Neither task ends before the other has begun: one worker alone would never return.
    pool.run(2) { task, worker in
      inside.wrappingAdd(1, ordering: .sequentiallyConsistent)
      while inside.load(ordering: .sequentiallyConsistent) < 2 {}
      numbers.floats[task] = Float(worker)
    }
    #expect(Set([numbers.floats[0], numbers.floats[1]]) == [0, 1])
  }
}
