// Where each activation lives in one block of memory.
private import Foundation

/// Places values by lifetime, largest first, so that values that never live together share memory.
struct ArenaLayout {
  private(set) var offsets: [String: Int] = [:]
  private(set) var count = 0

  private struct Lifetime {
    let name: String
    let size: Int
    let first: Int
    var last: Int
  }

  /// - Throws: when the activations would not fit this machine's memory.
  init(graph: Graph, shapes: [String: [Int]]) throws(NetworkError) {
    var lifetimes: [String: Lifetime] = [:]
    func define(_ name: String, at step: Int) {
      let size = ((shapes[name] ?? []).reduce(1, *) + 15) & ~15
      lifetimes[name] = Lifetime(name: name, size: size, first: step, last: step)
    }
    for input in graph.inputs { define(input.name, at: -1) }
    for (step, node) in graph.nodes.enumerated() {
      for name in node.inputs { lifetimes[name]?.last = step }
      for name in node.outputs { define(name, at: step) }
    }
    for name in graph.outputs { lifetimes[name]?.last = graph.nodes.count }
    place(lifetimes.values.sorted { ($1.size, $0.first, $0.name) < ($0.size, $1.first, $1.name) })
    try Self.checkMemory(floats: count)
  }

  /// - Throws: when `floats` would take more than this machine's memory.
  static func checkMemory(floats: Int) throws(NetworkError) {
    guard UInt64(floats) <= ProcessInfo.processInfo.physicalMemory / 4 else {
      throw .badShape(
        node: "plan", reason: "it needs \(floats >> 28) GB, more than this machine has")
    }
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
