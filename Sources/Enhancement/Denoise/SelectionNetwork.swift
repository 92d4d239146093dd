/// Comparators that bring one order statistic of `count` values to a fixed place: Batcher's odd-even
/// merge sort (1968) without the comparators that the wanted place does not depend on.
struct SelectionNetwork {
  let count: Int
  /// Where the wanted value ends.
  let rank: Int
  /// Flat pairs (a, b): the smaller value goes to a, the larger to b.
  let pairs: [UInt16]

  /// - Parameter rank: 0 for the smallest, `count / 2` for the median of an odd count.
  init(count: Int, rank: Int) {
    precondition(count > 0 && count <= 1024 && (0..<count).contains(rank))
    self.count = count
    self.rank = rank
    var needed: Set<Int> = [rank]
    var kept: [(Int, Int)] = []
    for (low, high) in SelectionNetwork.sorting(count).reversed()
    where needed.contains(low) || needed.contains(high) {
      needed.insert(low)
      needed.insert(high)
      kept.append((low, high))
    }
    pairs = kept.reversed().flatMap { [UInt16($0.0), UInt16($0.1)] }
  }

  /// Sorts `count` values; places past the end stand for values larger than all, never moved.
  private static func sorting(_ count: Int) -> [(Int, Int)] {
    var comparators: [(Int, Int)] = []
    var block = 1
    while block < count {
      var step = block
      while step >= 1 {
        for start in stride(from: step % block, to: count - step, by: 2 * step) {
          for place in start..<min(start + step, count - step)
          where place / (2 * block) == (place + step) / (2 * block) {
            comparators.append((place, place + step))
          }
        }
        step /= 2
      }
      block *= 2
    }
    return comparators
  }
}
