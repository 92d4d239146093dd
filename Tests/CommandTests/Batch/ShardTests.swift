import BatchLedger
import Foundation
import Testing

/// A batch in parts, each a process of its own, and one report from them.
@Suite struct ShardTests {
  private func runShards(_ bench: BatchBench, _ output: String, of count: Int) throws -> [Int32] {
    try (0..<count).map { try bench.run(output, ["--shard", "\($0)/\(count)"]).status }
  }

  private func merge(_ bench: BatchBench, _ output: String) throws -> (
    status: Int32, output: String, errors: String
  ) {
    try Workbench.run(["batch", "merge", "\(bench.folder)/\(output)"])
  }

  /// Without what tells of the run itself: how it was divided, and on what it ran.
  private func results(_ bench: BatchBench, _ output: String) throws -> [String: Data] {
    try bench.snapshot(output).filter { !$0.key.hasPrefix("shards/") && $0.key != "run.json" }
  }

  @Test func theMergedResultIsThatOfOneRun() throws {
    let bench = try BatchBench(images: 12)
    try Data("nothing".utf8).write(to: URL(fileURLWithPath: bench.input + "/broken.dcm"))
    // Names that only a look at all the inputs gets right.
    try Workbench.writeImage(to: bench.input + "/0001.dcm", seed: 70)
    #expect(try bench.run("whole").status == 3)
    #expect(try runShards(bench, "parts", of: 3).sorted() == [0, 0, 3])
    let merged = try merge(bench, "parts")
    #expect(merged.status == 3)
    #expect(merged.output.contains("14 images: ") && merged.output.contains("1 failed"))
    #expect(
      try BatchBench.differences(results(bench, "whole"), results(bench, "parts")) == [])
    let (whole, parts) = (try bench.object("whole/run.json"), try bench.object("parts/run.json"))
    for key in ["counts", "cases", "failed", "files", "configuration", "inputs", "model"] {
      #expect(try #require(whole[key] as? NSObject) == parts[key] as? NSObject, "\(key)")
    }
    #expect((parts["shards"] as? [Any])?.count == 3)
  }

  @Test func aRunOverEverythingGoesOnFromMergedShards() throws {
    let bench = try BatchBench(images: 6)
    #expect(try runShards(bench, "out", of: 2) == [0, 0])
    #expect(try merge(bench, "out").status == 0)
    try bench.addImage(6)
    #expect(try bench.run("out").status == 0)
    #expect(try bench.object("out/run.json")["images_this_time"] as? Int == 1)
    // And the shards go on from their own ledgers.
    #expect(try runShards(bench, "out", of: 2) == [0, 0])
    #expect(try merge(bench, "out").status == 0)
    #expect(try (bench.object("out/run.json")["cases"] as? [Any])?.count == 7)
  }

  @Test func mergeSaysWhichShardIsMissing() throws {
    let bench = try BatchBench(images: 8)
    #expect(try bench.run("out", ["--shard", "0/3"]).status == 0)
    #expect(try bench.run("out", ["--shard", "2/3"]).status == 0)
    let merged = try merge(bench, "out")
    #expect(merged.status == 75)
    #expect(merged.errors.contains("shard 1/3: missing"))
    #expect(merged.errors.contains("files without results: "))
    #expect(try bench.object("out/run.json")["interrupted"] as? Bool == true)
    let status = try Workbench.run(["batch", "status", "\(bench.folder)/out"])
    #expect((status.output + status.errors).contains("shard 1/3: missing"))
    #expect(try bench.run("out", ["--shard", "1/3"]).status == 0)
    #expect(try merge(bench, "out").status == 0)
  }

  @Test func aShardThatWasKilledIsNamedAndGoesOn() throws {
    let bench = try BatchBench(images: 8)
    #expect(try bench.run("out", ["--shard", "0/2"]).status == 0)
    let batch = try bench.start("out", ["--shard", "1/2"])
    #expect(
      batch.wait { bench.exists("out/shards/1-of-2/ledger.sqlite") && !batch.workers.isEmpty })
    kill(batch.process.processIdentifier, SIGKILL)
    _ = batch.end()
    let merged = try merge(bench, "out")
    #expect(merged.status == 75 && merged.errors.contains("shard 1/2: "))
    #expect(try bench.run("out", ["--shard", "1/2"]).status == 0)
    #expect(try merge(bench, "out").status == 0)
    try bench.run("whole")
    #expect(try BatchBench.differences(results(bench, "whole"), results(bench, "out")) == [])
  }

  @Test func statusAddsShardsUp() throws {
    let bench = try BatchBench(images: 6)
    #expect(try bench.run("out", ["--shard", "0/2"]).status == 0)
    let half = try Workbench.run(["batch", "status", "\(bench.folder)/out"])
    #expect(half.output.hasPrefix("interrupted: ") && half.output.contains("shard 1/2: missing"))
    #expect(try bench.run("out", ["--shard", "1/2"]).status == 0)
    let both = try Workbench.run(["batch", "status", "\(bench.folder)/out"])
    #expect(both.output.hasPrefix("complete: 6 of 6 files, 6 done, 0 failed"))
  }

  @Test func shardsWorkSideBySideButNotBesideAWholeRun() throws {
    let bench = try BatchBench(images: 60)
    let first = try bench.start("out", ["--shard", "0/2"])
    #expect(first.wait { !first.workers.isEmpty })
    // The parent itself, so that it cannot end meanwhile whatever its workers have done by now.
    kill(first.process.processIdentifier, SIGSTOP)
    #expect(try bench.run("out", ["--shard", "1/2"]).status == 0)
    let refused = try bench.run("out")
    #expect(refused.status == 1 && refused.errors.contains("another run is writing into"))
    let twice = try bench.run("out", ["--shard", "0/2"])
    #expect(twice.status == 1 && twice.errors.contains("another run"))
    #expect(try merge(bench, "out").status == 1)
    kill(first.process.processIdentifier, SIGCONT)
    #expect(first.end() == 0)
    #expect(try merge(bench, "out").status == 0)
  }

  @Test func shardsOfDifferentKindsAreNotMixed() throws {
    let bench = try BatchBench(images: 4)
    #expect(try bench.run("out", ["--shard", "0/2"]).status == 0)
    #expect(try bench.run("out", ["--shard", "1/2", "--include-phi"]).status == 0)
    let differ = try merge(bench, "out")
    #expect(
      differ.status == 1 && differ.errors.contains("shards 0/2 and 1/2 were run with different"))
    #expect(try merge(bench, "nowhere").status == 1)
  }

  @Test func aShardOfAnotherDivisionIsRefusedAtItsStart() throws {
    let bench = try BatchBench(images: 4)
    #expect(try bench.run("out", ["--shard", "0/2"]).status == 0)
    let refused = try bench.run("out", ["--shard", "0/1"])
    #expect(refused.status == 1 && refused.errors.contains("a division into 2"))
    #expect(!bench.exists("out/shards/0-of-1"))
    // Two that began in the same moment.
    let other = URL(fileURLWithPath: "\(bench.folder)/out/shards/0-of-3")
    try FileManager.default.createDirectory(at: other, withIntermediateDirectories: false)
    let divisions = try merge(bench, "out")
    #expect(divisions.status == 1 && divisions.errors.contains("into 2 and into 3"))
  }

  @Test func dryRunAndEnvironmentKnowShards() throws {
    let bench = try BatchBench(images: 9)
    let lists = try (0..<3).map { part in
      try bench.run("out", ["--dry-run", "--shard", "\(part)/3"]).output
        .split(separator: "\n").map(String.init)
    }
    #expect(Set(lists.joined()).count == 9 && lists.map(\.count).reduce(0, +) == 9)
    #expect(!bench.exists("out"))
  }
}
