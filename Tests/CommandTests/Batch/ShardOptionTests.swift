import Batching
import Testing

@testable import imgdx

/// Which part of a batch a process is to do, by its option and by what cluster engines say.
@Suite struct ShardOptionTests {
  private func shard(_ option: String? = nil, _ environment: [String: String]) throws -> String? {
    var options = try ShardOption.parse([])
    options.shard = option
    return try options.shard { environment[$0] }?.description
  }

  private static func slurm(_ id: Int, _ count: Int, _ range: ClosedRange<Int>, step: Int = 1)
    -> [String: String]
  {
    [
      "SLURM_ARRAY_TASK_ID": "\(id)", "SLURM_ARRAY_TASK_COUNT": "\(count)",
      "SLURM_ARRAY_TASK_MIN": "\(range.lowerBound)", "SLURM_ARRAY_TASK_MAX": "\(range.upperBound)",
      "SLURM_ARRAY_TASK_STEP": "\(step)",
    ]
  }

  @Test func withoutAnyWordEverythingIsDone() throws { #expect(try shard([:]) == nil) }

  private func shard(_ environment: [String: String]) throws -> String? {
    try shard(nil, environment)
  }

  @Test func aSlurmArrayIsAsGoodAsTheOption() throws {
    #expect(try shard(Self.slurm(0, 4, 0...3)) == "0/4")
    #expect(try shard(Self.slurm(4, 4, 1...4)) == "3/4")
    #expect(try shard(Self.slurm(6, 4, 0...6, step: 2)) == "3/4")
  }

  /// `sbatch --array=2` again, after one task failed, is not a batch of one part.
  @Test func anArrayWithHolesIsRefusedUnlessTheNumberOfPartsIsSaid() throws {
    #expect(throws: (any Error).self) { try shard(Self.slurm(3, 3, 1...7)) }
    var environment = Self.slurm(2, 1, 2...2)
    environment["IMGDX_SHARDS"] = "4"
    #expect(try shard(environment) == "2/4")
    environment["IMGDX_SHARDS"] = "2"
    #expect(throws: (any Error).self) { try shard(environment) }
  }

  @Test func anIndexedJobNeedsTheNumberOfParts() throws {
    #expect(throws: (any Error).self) { try shard(["JOB_COMPLETION_INDEX": "1"]) }
    #expect(try shard(["JOB_COMPLETION_INDEX": "1", "IMGDX_SHARDS": "3"]) == "1/3")
    #expect(throws: (any Error).self) {
      try shard(["JOB_COMPLETION_INDEX": "3", "IMGDX_SHARDS": "3"])
    }
  }

  @Test func theOptionWinsOverTheEnvironment() throws {
    let environment = Self.slurm(0, 4, 0...3)
    #expect(try shard("none", environment) == nil)
    #expect(try shard("1/2", environment) == "1/2")
    for text in ["4/4", "1", "1-of-2", "one"] {
      #expect(throws: (any Error).self) { try shard(text, environment) }
    }
  }
}
