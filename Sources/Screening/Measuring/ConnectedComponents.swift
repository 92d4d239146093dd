package import Imaging

/// A horizontal stretch of set pixels, `start..<end` on row `y`.
package struct PixelRun: Sendable, Equatable {
  package let y: Int
  package let start: Int
  package let end: Int
}

/// One connected group of set pixels: its runs from top to bottom, left to right.
package struct Component: Sendable, Equatable {
  package let runs: [PixelRun]

  /// Number of pixels.
  package var area: Int { runs.reduce(0) { $0 + $1.end - $1.start } }
}

extension Mask {
  /// Groups of set pixels that touch by an edge or a corner (8-connectivity), in the order in which
  /// their first pixel is met row by row.
  ///
  /// Run-based labelling with union-find: time grows with the number of runs.
  package func components() -> [Component] {
    let runs = self.runs()
    var groups = DisjointSets(count: runs.count)
    var above = 0
    var row = 0
    // `above` walks over the runs of the row before, in step with the runs of this one.
    for (index, run) in runs.enumerated() {
      if index > 0, runs[index - 1].y != run.y {
        above = runs[index - 1].y == run.y - 1 ? row : index
        row = index
      }
      var candidate = above
      while candidate < row && runs[candidate].y == run.y - 1 && runs[candidate].start <= run.end {
        // Touching by a corner counts, hence `<=` and `>=` on half-open ends.
        if runs[candidate].end >= run.start { groups.join(index, candidate) }
        // What ends before this run can touch none of the later ones on this row.
        if runs[candidate].end < run.start { above = candidate + 1 }
        candidate += 1
      }
    }
    return gather(runs, &groups)
  }

  private func gather(_ runs: [PixelRun], _ groups: inout DisjointSets) -> [Component] {
    var slots = [Int: Int]()
    var members: [[PixelRun]] = []
    for (index, run) in runs.enumerated() {
      let root = groups.root(of: index)
      if let slot = slots[root] {
        members[slot].append(run)
      } else {
        slots[root] = members.count
        members.append([run])
      }
    }
    return members.map(Component.init)
  }

  private func runs() -> [PixelRun] {
    var runs: [PixelRun] = []
    pixels.withUnsafeBufferPointer { pixels in
      for y in 0..<height {
        var x = 0
        while x < width {
          guard pixels[y * width + x] != 0 else {
            x += 1
            continue
          }
          let start = x
          while x < width && pixels[y * width + x] != 0 { x += 1 }
          runs.append(PixelRun(y: y, start: start, end: x))
        }
      }
    }
    return runs
  }
}

/// Union-find with path halving; the smaller index is always the root.
private struct DisjointSets {
  private var parents: [Int]

  init(count: Int) { parents = Array(0..<count) }

  mutating func root(of index: Int) -> Int {
    var index = index
    while parents[index] != index {
      parents[index] = parents[parents[index]]
      index = parents[index]
    }
    return index
  }

  mutating func join(_ first: Int, _ second: Int) {
    let (a, b) = (root(of: first), root(of: second))
    parents[max(a, b)] = min(a, b)
  }
}
