import Batching
import Testing

/// How inputs are divided.
@Suite struct ShardTests {
  @Test func everyPathBelongsToOnePartOfAnyDivision() throws {
    for count in [1, 2, 3, 7, 64] {
      let shards = (0..<count).compactMap { Shard(index: $0, count: count) }
      #expect(shards.count == count)
      for number in 0..<500 {
        let path = "study-\(number % 20)/ünit/\(number).dcm"
        #expect(shards.count { $0.holds(path) } == 1)
      }
    }
  }

  @Test func partsAreAboutEqual() throws {
    let shard = try #require(Shard(index: 1, count: 4))
    let held = (0..<4000).count { shard.holds("a/\($0).png") }
    #expect((850...1150).contains(held))
  }

  /// Machines with different versions must agree. `printf a.png | sha256sum | cut -c1-15`, mod 8.
  @Test func theDivisionNeverChanges() throws {
    let paths = ["a.png", "b.png", "deep/c.dcm", "ä/ß.jpg"]
    let parts = paths.map { path in
      (0..<8).first { Shard(index: $0, count: 8)?.holds(path) == true }
    }
    #expect(parts == [5, 7, 1, 3])
  }

  @Test func onlyPartsThatExistAreTaken() {
    #expect(Shard("2/8")?.index == 2 && Shard("2/8")?.count == 8)
    #expect(Shard("3-of-4")?.description == "3/4")
    for text in ["8/8", "-1/8", "1/0", "0/0", "1", "", "1/", "1/x", "0/100000", "1 / 8"] {
      #expect(Shard(text) == nil, "\(text)")
    }
  }
}
