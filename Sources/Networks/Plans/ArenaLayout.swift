// Where each value lives in one block of memory.
private import Foundation

/// When a value is needed: from the step that writes it to the last that reads it.
struct Lifetime {
  let name: String
  /// Floats, a multiple of a cache line's.
  let size: Int
  var first: Int
  var last: Int

  init(_ name: String, shape: [Int], at step: Int) {
    self.name = name
    size = (shape.reduce(1, *) + 15) & ~15
    (first, last) = (step, step)
  }

  /// Stretches the lifetime to a step.
  mutating func reach(_ step: Int) { (first, last) = (min(first, step), max(last, step)) }
}

/// Places values by lifetime, largest first, so that values that never live together share memory.
struct ArenaLayout {
  private(set) var offsets: [String: Int] = [:]
  private(set) var count = 0

  /// - Throws: when the values would not fit this machine's memory.
  init(_ lifetimes: some Sequence<Lifetime>) throws(NetworkError) {
    place(lifetimes.sorted { ($1.size, $0.first, $0.name) < ($0.size, $1.first, $1.name) })
    guard UInt64(count) <= ProcessInfo.processInfo.physicalMemory / 4 else {
      throw .badShape(
        node: "plan", reason: "it needs \(count >> 28) GB, more than this machine has")
    }
  }

  /// The activations of a graph that only runs.
  init(running graph: Graph, shapes: [String: [Int]]) throws(NetworkError) {
    var lifetimes: [String: Lifetime] = [:]
    for input in graph.inputs {
      lifetimes[input.name] = Lifetime(input.name, shape: shapes[input.name] ?? [], at: -1)
    }
    for (step, node) in graph.nodes.enumerated() {
      for name in node.inputs { lifetimes[name]?.reach(step) }
      for name in node.outputs {
        lifetimes[name] = Lifetime(name, shape: shapes[name] ?? [], at: step)
      }
    }
    for name in graph.outputs { lifetimes[name]?.reach(graph.nodes.count) }
    try self.init(lifetimes.values)
  }

  private mutating func place(_ lifetimes: [Lifetime]) {
    var placed: [Lifetime] = []
    for value in lifetimes {
      let neighbours = placed.filter { $0.first <= value.last && value.first <= $0.last }
      let taken = neighbours.compactMap { n in offsets[n.name].map { ($0, $0 + n.size) } }
        .sorted { $0.0 < $1.0 }
      var offset = 0
      for (from, to) in taken {
        if from - offset >= value.size { break }
        offset = max(offset, to)
      }
      offsets[value.name] = offset
      count = max(count, offset + value.size)
      placed.append(value)
    }
  }
}
