/// Divides items into parts: every group whole, every class in proportion as well as groups allow.
///
/// Groups are dealt largest first (ties in an order drawn from the seed), each to the part where the
/// squared distance from the wanted class counts falls most. The outcome depends on the seed and on
/// the groups' names, not on the order of the items.
struct GroupedPartition {
  private struct Group {
    let name: String
    let order: UInt64
    var items: [Int] = []
    /// Items of each class.
    var counts: [Double]
  }

  private let groups: [Group]
  private let totals: [Double]
  private let itemCount: Int

  /// - Parameters:
  ///   - groupNames: for each item what it must stay together with.
  ///   - classes: for each item its class, `0..<classCount`.
  init(groupNames: [String], classes: [Int], classCount: Int, seed: UInt64) {
    precondition(groupNames.count == classes.count, "each item has a group and a class")
    var groups: [String: Group] = [:]
    var totals = [Double](repeating: 0, count: classCount)
    for (item, name) in groupNames.enumerated() {
      let empty = Group(
        name: name, order: SeededGenerator.hash(name, seed: seed),
        counts: [Double](repeating: 0, count: classCount))
      groups[name, default: empty].items.append(item)
      groups[name]?.counts[classes[item]] += 1
      totals[classes[item]] += 1
    }
    self.groups = groups.values.sorted {
      ($1.items.count, $0.order, $0.name) < ($0.items.count, $1.order, $1.name)
    }
    self.totals = totals
    itemCount = classes.count
  }

  var groupCount: Int { groups.count }

  /// The items of each part, ascending. - Parameter shares: how much of the whole each part gets;
  /// they add up to 1, and a part of share 0 stays empty.
  func parts(shares: [Double]) -> [[Int]] {
    var parts = [[Int]](repeating: [], count: shares.count)
    var counts = [[Double]](
      repeating: [Double](repeating: 0, count: totals.count), count: shares.count)
    for group in groups {
      let best = shares.indices.filter { shares[$0] > 0 }.min { one, other in
        (cost(of: group, counts[one], parts[one].count, shares[one]), one)
          < (cost(of: group, counts[other], parts[other].count, shares[other]), other)
      }
      guard let best else { continue }
      parts[best] += group.items
      for index in totals.indices { counts[best][index] += group.counts[index] }
    }
    return parts.map { $0.sorted() }
  }

  /// How much the squared distance from the wanted counts (of each class, and of all items) grows
  /// when a part with `counts` takes the group; measured against each class's total, so that rare
  /// classes matter as much as common ones.
  private func cost(of group: Group, _ counts: [Double], _ size: Int, _ share: Double) -> Double {
    var cost = growth(Double(size), Double(group.items.count), Double(itemCount), share)
    for index in totals.indices where group.counts[index] > 0 {
      cost += growth(counts[index], group.counts[index], totals[index], share)
    }
    return cost
  }

  private func growth(_ count: Double, _ more: Double, _ total: Double, _ share: Double) -> Double {
    let wanted = share * total
    let before = count - wanted
    let after = before + more
    // Divided by the share too: a small part is as eager for its items as a large one.
    return (after * after - before * before) / (total * share)
  }
}
