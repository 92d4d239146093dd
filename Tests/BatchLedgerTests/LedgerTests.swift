import Foundation
import Testing

@testable import BatchLedger

/// What the ledger remembers over runs, and what it hands out.
@Suite struct LedgerTests {
  private let basis = LedgerBasis(
    configurationSHA256: "c1", modelSHA256: "m1", retriesFailed: false)

  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "/imgdx-ledger-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  @discardableResult
  private func plan(
    _ ledger: Ledger, _ paths: [String], basis: LedgerBasis? = nil,
    name: (String) -> String = { $0 }
  ) throws -> LedgerPlan {
    try ledger.list { add in
      for path in paths {
        _ = try add(ListedFile(path: path, resolved: "/" + path, relative: path))
      }
    }
    removed.files = []
    removed.torn = []
    let removed = removed
    let cleaning = LedgerCleaning(
      file: { removed.files.append($0.path) }, torn: { removed.torn.append($0) })
    return try ledger.plan(basis ?? self.basis, cleaning: cleaning, name: name)
  }

  /// What the ledger asked to remove, latest plan only.
  private final class Removed {
    var files: [String] = []
    var torn: [String] = []
  }
  private let removed = Removed()

  private func finish(_ ledger: Ledger, _ id: Int64, as state: CaseState = .done) throws -> [String]
  {
    let stale = Removed()
    try ledger.finish(id, as: state, reason: nil, seconds: 0, basis) { stale.files.append($0) }
    return stale.files
  }

  private func entry(_ row: String, failure: String? = nil, label: String? = "benign")
    -> LedgerEntry
  {
    LedgerEntry(
      failure: failure, label: failure == nil ? label : nil, isSuspicious: label == "malignant",
      lesions: failure == nil ? 1 : 0,
      times: StageTimes(decoding: 1, preprocessing: 2, network: 3, measuring: 4), row: row,
      summary: "{}", card: "{}")
  }

  /// Takes every case there is and finishes it with one file of its name.
  private func work(_ ledger: Ledger, failing: Set<String> = []) throws -> [String] {
    var taken: [String] = []
    while let item = try ledger.take() {
      taken.append(item.path)
      guard item.state == .waiting else {
        try ledger.confirm(item.id)
        continue
      }
      let failure = failing.contains(item.path) ? "bad" : nil
      try ledger.start(item.id, sha256: "s-" + item.path)
      try ledger.add(
        entry(item.path, failure: failure),
        files: [OutputFile(path: item.name + ".json", sha256: "o")], to: item.id)
      _ = try finish(ledger, item.id, as: failure == nil ? .done : .failed)
    }
    return taken
  }

  private func rows(_ ledger: Ledger, _ choice: Ledger.Choice = .all) throws -> [String] {
    var rows: [String] = []
    try ledger.forEachEntry(choice) { rows.append($0.row) }
    return rows
  }

  @Test func casesComeInTheOrderOfTheInputsAndOnce() throws {
    try withFolder { folder in
      let ledger = try Ledger(folder: folder)
      let plan = try plan(ledger, ["b", "a", "b", "c"])
      #expect(plan == LedgerPlan(listed: 3, files: 3, waiting: 3))
      #expect(try work(ledger, failing: ["a"]) == ["b", "a", "c"])
      #expect(try rows(ledger) == ["b", "a", "c"])
      #expect(try rows(ledger, .failed) == ["a"] && rows(ledger, .screened) == ["b", "c"])
      #expect(try ledger.caseCounts() == CaseCounts(files: 3, settled: 3, done: 2, failed: 1))
    }
  }

  @Test func whatIsDoneIsOnlyCheckedByTheNextRun() throws {
    try withFolder { folder in
      _ = try { () in
        let ledger = try Ledger(folder: folder)
        try plan(ledger, ["a", "b"])
        return try work(ledger, failing: ["b"])
      }()
      let ledger = try Ledger(folder: folder)
      let second = try plan(ledger, ["a", "b", "c"])
      #expect(second == LedgerPlan(listed: 3, files: 3, waiting: 1, toCheck: 2))
      #expect(try rows(ledger).isEmpty, "nothing is reported before it was checked")
      let first = try #require(try ledger.take())
      #expect(first.state == .done && first.sha256 == "s-a")
      #expect(first.outputs == [OutputFile(path: "a.json", sha256: "o")])
      try ledger.confirm(first.id)
      #expect(try rows(ledger) == ["a"])
      let failed = try #require(try ledger.take())
      #expect(failed.path == "b" && failed.state == .failed)
    }
  }

  @Test func anotherConfigurationOrModelDoesEverythingAnew() throws {
    try withFolder { folder in
      let ledger = try Ledger(folder: folder)
      try plan(ledger, ["a"])
      _ = try work(ledger)
      var other = basis
      other.configurationSHA256 = "c2"
      #expect(try plan(ledger, ["a"], basis: other).waiting == 1)
      other = basis
      other.modelSHA256 = "m2"
      #expect(try plan(ledger, ["a"], basis: other).waiting == 1)
    }
  }

  @Test func failedCasesAreTriedAgainWhenAsked() throws {
    try withFolder { folder in
      let ledger = try Ledger(folder: folder)
      try plan(ledger, ["a", "b"])
      _ = try work(ledger, failing: ["a"])
      var asked = basis
      asked.retriesFailed = true
      let again = try plan(ledger, ["a", "b"], basis: asked)
      #expect(again == LedgerPlan(listed: 2, files: 2, waiting: 1, toCheck: 1))
    }
  }

  @Test func resultsUnderAnOldNameAreStale() throws {
    try withFolder { folder in
      let ledger = try Ledger(folder: folder)
      try plan(ledger, ["a"])
      _ = try work(ledger)
      let plan = try plan(ledger, ["a"], name: { $0 + ".png" })
      #expect(removed.files == ["a.json"] && plan.waiting == 1)
    }
  }

  @Test func forgottenCasesKeepTheirResultsUnlessTheirNameIsNeeded() throws {
    try withFolder { folder in
      let ledger = try Ledger(folder: folder)
      try plan(ledger, ["a", "b"])
      _ = try work(ledger)
      try plan(ledger, ["x"], name: { _ in "A" })
      #expect(removed.files == ["a.json"])
      _ = try work(ledger)
      #expect(try rows(ledger) == ["x"])
      let back = try plan(ledger, ["a", "b"])
      #expect(back.waiting == 1 && back.toCheck == 1, "b is still known, a is not")
    }
  }

  @Test func filesThatAnEarlierAttemptLeftAreNamed() throws {
    try withFolder { folder in
      let ledger = try Ledger(folder: folder)
      try plan(ledger, ["a"])
      let first = try #require(try ledger.take())
      try ledger.start(first.id, sha256: "1")
      for frame in ["a.1", "a.2"] {
        try ledger.add(entry(frame), files: [OutputFile(path: frame, sha256: "x")], to: first.id)
      }
      #expect(try finish(ledger, first.id).isEmpty)
      #expect(try rows(ledger) == ["a.1", "a.2"])
      try plan(ledger, ["a"])
      let again = try #require(try ledger.take())
      try ledger.start(again.id, sha256: "2")
      #expect(try rows(ledger).isEmpty)
      try ledger.add(entry("a.1"), files: [OutputFile(path: "a.1", sha256: "y")], to: again.id)
      #expect(try finish(ledger, again.id) == ["a.2"])
      #expect(try rows(ledger) == ["a.1"])
    }
  }

  @Test func aCaseThatKillsComesLastAndIsCounted() throws {
    try withFolder { folder in
      let ledger = try Ledger(folder: folder)
      try plan(ledger, ["a", "b"])
      let killer = try #require(try ledger.take())
      try ledger.start(killer.id, sha256: nil)
      #expect(try ledger.noteKill(killer.id, reason: "decoder crashed: signal 11") == 1)
      #expect(try ledger.take()?.path == "b")
      let again = try #require(try ledger.take())
      #expect(again.path == "a" && again.kills == 1)
      #expect(try ledger.noteKill(again.id, reason: "again") == 2)
      // The mark outlives the run, so that a killer cannot kill once a night for ever.
      #expect(try plan(ledger, ["a"]).waiting == 1)
      #expect(try ledger.take()?.kills == 2)
    }
  }

  @Test func whatWasInHandAtAKillIsDoneAnewAndNamedAsTorn() throws {
    try withFolder { folder in
      try {
        let ledger = try Ledger(folder: folder)
        try plan(ledger, ["a", "b"])
        let item = try #require(try ledger.take())
        try ledger.start(item.id, sha256: nil)
        try ledger.add(entry("half"), files: [], to: item.id)
      }()
      let ledger = try Ledger(folder: folder)
      #expect(try plan(ledger, ["a", "b"]) == LedgerPlan(listed: 2, files: 2, waiting: 2))
      #expect(removed.torn == ["a"])
      #expect(try work(ledger) == ["a", "b"])
      #expect(try rows(ledger) == ["a", "b"])
    }
  }

  @Test func countsAreThoseOfTheImages() throws {
    try withFolder { folder in
      let ledger = try Ledger(folder: folder)
      try plan(ledger, ["a"])
      let item = try #require(try ledger.take())
      try ledger.start(item.id, sha256: nil)
      for label in ["benign", "malignant", "benign"] {
        try ledger.add(entry(label, label: label), files: [], to: item.id)
      }
      try ledger.add(entry("bad", failure: "bad"), files: [], to: item.id)
      #expect(try ledger.entryCounts() == EntryCounts(), "not finished yet")
      _ = try finish(ledger, item.id, as: .failed)
      let counts = try ledger.entryCounts()
      #expect(counts.images == 4 && counts.failed == 1 && counts.withLesions == 3)
      #expect(counts.suspicious == 1 && counts.labels == ["benign": 2, "malignant": 1])
      #expect(counts.times.network == 12)
    }
  }

  @Test func othersMayReadWhileARunWrites() throws {
    try withFolder { folder in
      #expect(throws: LedgerError.missing(path: folder + "/ledger.sqlite")) {
        try Ledger(reading: folder)
      }
      let writer = try Ledger(folder: folder)
      try plan(writer, ["a", "b"])
      _ = try writer.take()
      let reader = try Ledger(reading: folder)
      #expect(try reader.caseCounts() == CaseCounts(files: 2, inHand: 1))
      #expect(throws: LedgerError.self) { _ = try reader.take() }
    }
  }

  @Test func whatIsNoLedgerIsTold() throws {
    try withFolder { folder in
      let path = folder + "/ledger.sqlite"
      try Data(repeating: 7, count: 5000).write(to: URL(fileURLWithPath: path))
      #expect(throws: LedgerError.damaged(path: path)) { try Ledger(folder: folder) }
    }
  }

  @Test func theLatestRunAndItsEndAreKnown() throws {
    try withFolder { folder in
      let ledger = try Ledger(folder: folder)
      #expect(try ledger.latestRun() == nil)
      var run = RunDescription(
        program: "p", process: 7, inputs: "[]", configuration: "{}", configurationSHA256: "c",
        modelSHA256: "m", started: "s")
      let number = try ledger.begin(run)
      #expect(try ledger.latestRun() == run)
      try ledger.end(run: number, finished: "f", ending: "complete", modelName: "n", facts: "{}")
      (run.finished, run.ending, run.facts) = ("f", "complete", "{}")
      #expect(try ledger.latestRun() == run)
    }
  }

  /// A study to which files are still being added vanished from the report.
  @Test func whatIsNotWholeAgainKeepsItsEarlierResults() throws {
    try withFolder { folder in
      let ledger = try Ledger(folder: folder)
      try plan(ledger, ["a", "b"])
      while let item = try ledger.take() {
        try ledger.start(item.id, sha256: "1")
        try ledger.add(entry(item.path), files: [], to: item.id)
        _ = try finish(ledger, item.id)
      }
      let plan = try ledger.plan(
        basis, cleaning: LedgerCleaning(file: { _ in }, torn: { _ in }),
        choice: { path, _ in path == "a" ? .wait : .leave }, name: { $0 })
      #expect(plan.files == 0)
      #expect(try ledger.take() == nil)
      #expect(try ledger.entryCounts().images == 1)
    }
  }
}
