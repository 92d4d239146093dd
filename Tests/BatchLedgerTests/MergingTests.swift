import Foundation
import Testing

@testable import BatchLedger

/// One ledger from several.
@Suite struct MergingTests {
  private let basis = LedgerBasis(
    configurationSHA256: "c", modelSHA256: "m", retriesFailed: false)
  private let entry = LedgerEntry(
    failure: nil, label: "benign", isSuspicious: false, lesions: 1,
    times: StageTimes(decoding: 1, preprocessing: 2, network: 3, measuring: 4), row: "r",
    summary: "{}", card: "{}")

  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "/imgdx-merging-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  /// A ledger that has done those of `paths` that are its own.
  @discardableResult
  private func ledger(
    _ folder: String, paths: [String], own: Set<String>, done: Set<String>? = nil,
    below root: String = "", name: (String) -> String = { $0 },
    files: (String) -> [String] = { [$0 + ".json"] }
  ) throws -> Ledger {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let ledger = try Ledger(folder: folder)
    try ledger.list { add in
      for path in paths {
        _ = try add(ListedFile(path: root + path, resolved: "/" + root + path, relative: path))
      }
    }
    _ = try ledger.plan(
      basis, cleaning: LedgerCleaning(file: { _ in }, torn: { _ in }),
      choice: { _, relative in own.contains(relative) ? .work : .leave },
      name: name)
    while let item = try ledger.take() {
      guard done?.contains(item.path) ?? true else { continue }
      try ledger.start(item.id, sha256: "1")
      try ledger.add(
        entry, files: files(item.name).map { OutputFile(path: $0, sha256: "2") }, to: item.id)
      try ledger.finish(item.id, as: .done, reason: nil, seconds: 1, basis) { _ in }
    }
    return ledger
  }

  private func merge(_ target: Ledger, _ folders: [String]) throws -> (left: Int, removed: [String])
  {
    var removed: [String] = []
    try target.beginMerging()
    for folder in folders { try target.adopt(from: folder) { removed.append($0.path) } }
    return (try target.endMerging { _, _, _ in true }, removed)
  }

  @Test func casesOfAllComeInTheOrderOfTheInputs() throws {
    try withFolder { folder in
      let paths = ["a", "b", "c", "d"]
      try ledger(folder + "/1", paths: paths, own: ["b", "c"])
      try ledger(folder + "/2", paths: paths, own: ["a", "d"])
      let target = try Ledger(folder: folder)
      for _ in 0..<2 {
        let merged = try merge(target, [folder + "/1", folder + "/2"])
        #expect(merged.left == 0 && merged.removed == [])
        #expect(try target.caseCounts().done == 4 && target.entryCounts().images == 4)
        #expect(try target.knowledge(of: "d")?.outputs.map(\.path) == ["d.json"])
      }
      // A run over everything has nothing to do but to check.
      let plan = try target.plan(
        basis, cleaning: LedgerCleaning(file: { _ in }, torn: { _ in })
      ) { $0 }
      #expect(plan == LedgerPlan(listed: 4, files: 4, waiting: 0, toCheck: 4))
    }
  }

  @Test func whatIsMissingOrInHandIsLeft() throws {
    try withFolder { folder in
      try ledger(folder + "/1", paths: ["a", "b", "c"], own: ["a", "b"], done: ["a"])
      let target = try Ledger(folder: folder)
      #expect(try merge(target, [folder + "/1"]).left == 2)
      #expect(try target.caseCounts().inHand == 0)
      #expect(try target.entryCounts().images == 1)
    }
  }

  @Test func filesThatNobodyKnowsAnyMoreAreRemoved() throws {
    try withFolder { folder in
      let target = try ledger(
        folder, paths: ["a", "b"], own: ["a", "b"],
        files: { ["\($0).frame-0001.json", "\($0).frame-0002.json"] })
      try ledger(
        folder + "/1", paths: ["a", "b"], own: ["a", "b"], files: { ["\($0).frame-0001.json"] })
      let merged = try merge(target, [folder + "/1"])
      #expect(merged.removed.sorted() == ["a.frame-0002.json", "b.frame-0002.json"])
      #expect(try target.knowledge(of: "a")?.outputs.count == 1)
    }
  }

  /// Inputs that changed between the starts of two shards can give two files one name: whichever
  /// wrote last would stand for both.
  @Test func casesOfOneNameAreWorthNothing() throws {
    try withFolder { folder in
      try ledger(folder + "/1", paths: ["a.png"], own: ["a.png"], name: { _ in "A" })
      try ledger(folder + "/2", paths: ["a.png", "a.dcm"], own: ["a.dcm"], name: { _ in "a" })
      let target = try Ledger(folder: folder)
      #expect(try merge(target, [folder + "/1", folder + "/2"]).left == 2)
      #expect(try target.entryCounts().images == 0)
    }
  }

  /// Machines may see the inputs under different paths.
  @Test func shardsOfDifferentMountPointsAreOneRun() throws {
    try withFolder { folder in
      let paths = ["a", "b", "c"]
      try ledger(folder + "/1", paths: paths, own: ["b"], below: "/mnt/x/")
      try ledger(folder + "/2", paths: paths, own: ["a", "c"], below: "/mnt/y/")
      let target = try Ledger(folder: folder)
      #expect(try merge(target, [folder + "/1", folder + "/2"]).left == 0)
      #expect(try target.caseCounts().done == 3)
    }
  }

  /// A file that came between the starts of two shards pushed another one out of the listing.
  @Test func aFileThatOnlyOneShardSawIsLeft() throws {
    try withFolder { folder in
      try ledger(folder + "/1", paths: ["y", "z"], own: ["z"])
      try ledger(folder + "/2", paths: ["a", "y", "z"], own: ["y"])
      let target = try Ledger(folder: folder)
      #expect(try merge(target, [folder + "/1", folder + "/2"]).left == 1)
      #expect(try target.caseCounts().done == 2)
    }
  }

  @Test func casesWhoseResultsAreNotThereAreLeft() throws {
    try withFolder { folder in
      try ledger(folder + "/1", paths: ["a", "b"], own: ["a", "b"])
      let target = try Ledger(folder: folder)
      try target.beginMerging()
      try target.adopt(from: folder + "/1") { _ in }
      let left = try target.endMerging { file, _, _ in
        file.path != "b.json" && file.sha256 == "2"
      }
      #expect(left == 1)
      #expect(try target.entryCounts().images == 1)
    }
  }
}
