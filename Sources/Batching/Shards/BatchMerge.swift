internal import BatchLedger
internal import Files
private import Foundation
package import Reports
private import Screening

/// One report and one ledger from those of a batch's shards, as if one run had done it all: a later
/// run over everything goes on from there.
package struct BatchMerge {
  /// The output folder that the shards share, or that was put together from theirs.
  package let folder: String

  package init(folder: String) { self.folder = folder }

  package struct Result {
    package let run: RunRecord
    package let shards: [ShardState]
    /// Files that were listed and have no results yet.
    package let filesLeft: Int
  }

  /// Joins what is there.
  /// - Parameter checking: told of each file of results before it is read: its place among so many.
  /// - Throws: ``BatchError``, when no shard came to its end, shards were run differently, or one is
  ///   at work.
  package func run(
    checking: @escaping (_ index: Int, _ count: Int) -> Void = { _, _ in }
  ) throws(BatchError) -> Result {
    let shards = try ShardFolders.all(in: folder)
    guard !shards.isEmpty else { throw .noShards(folder: folder) }
    let lock = try OutputLock(folder: folder)
    defer { withExtendedLifetime(lock) {} }
    // Of a merge that was killed; no shard is at work now.
    Folder.removeTemporaries(below: folder)
    do {
      return try merge(shards, checking)
    } catch let error as BatchError {
      throw error
    } catch {
      throw .ledger(LedgerError(error, path: folder))
    }
  }

  /// The latest run of a shard.
  private struct Part {
    var shard: Shard
    var run: RunDescription
  }

  private func merge(_ shards: [Shard], _ checking: (Int, Int) -> Void) throws -> Result {
    var parts: [Part] = []
    for shard in shards {
      guard let run = try ShardFolders.ledger(of: shard, in: folder)?.latestRun() else { continue }
      parts.append(Part(shard: shard, run: run))
    }
    let texts = parts.compactMap(\.run.facts)
    guard let first = parts.first, let text = texts.first else {
      throw BatchError.noShards(folder: folder)
    }
    var facts = try RunFacts(text: text)
    for part in parts {
      guard part.run.configurationSHA256 == first.run.configurationSHA256,
        part.run.modelSHA256 == first.run.modelSHA256
      else { throw BatchError.shardsDiffer(one: first.shard, other: part.shard) }
      // A shard without files has no need to load the model.
      if facts.model == nil, let text = part.run.facts {
        facts.model = try RunFacts(text: text).model
      }
    }
    if facts.configuration.isPseudonymous { try joinNames(of: parts.map(\.shard)) }
    let states = try shards.map { try BatchStatus.state(of: $0, in: folder) }
    return try report(parts, facts, states, checking)
  }

  /// Names of all shards into one book, the only one from then on; they are of no use in one report
  /// where their keys differ.
  private func joinNames(of shards: [Shard]) throws {
    let books = try shards.compactMap { shard in
      try NameBook(reading: shard.folder(in: folder)).map { (shard, $0.key) }
    }
    guard let first = books.first else { throw BatchError.namesAreLost(folder: folder) }
    let whole = try NameBook(folder: folder, key: { first.1 })
    for (shard, key) in books {
      guard key == whole.key else { throw BatchError.keysDiffer(shard: shard) }
      try whole.adopt(from: shard.folder(in: folder), onlyOwn: true)
    }
    for (shard, _) in books { NameBook.remove(from: shard.folder(in: folder)) }
  }

  private func report(
    _ parts: [Part], _ facts: RunFacts, _ states: [ShardState], _ checking: (Int, Int) -> Void
  ) throws -> Result {
    let ledger = try Ledger(folder: folder)
    var description = parts[0].run
    description.process = getpid()
    description.started = parts.map(\.run.started).min() ?? description.started
    let number = try ledger.begin(description)
    try ledger.beginMerging()
    for part in parts {
      try ledger.adopt(from: part.shard.folder(in: folder)) { file in
        if file.isWhole(in: folder) { unlink("\(folder)/\(file.path)") }
      }
    }
    let filesLeft = try ledger.endMerging { file, index, count in
      checking(index, count)
      return file.isWhole(in: folder)
    }
    let isComplete = filesLeft == 0 && states.allSatisfy(\.isComplete)
    let finished = parts.compactMap(\.run.finished).max() ?? description.started
    var run = RunRecord(
      program: description.program,
      model: ModelIdentity(name: "", sha256: description.modelSHA256), labels: [],
      suspiciousLabels: [], modelSummary: "", inputs: Self.inputs(of: parts.map(\.run)),
      started: description.started, finished: finished,
      elapsed: Self.seconds(from: description.started, to: finished), wasInterrupted: !isComplete,
      includesPHI: facts.configuration.includesPHI)
    run.describe(facts.configuration.pictures)
    if let model = facts.model { run.describe(model) }
    run.counts = RunCounts(try ledger.entryCounts())
    run.circumstances = circumstances(facts, states, try ledger.caseCounts())
    try RunOutputs.write(run, from: ledger, to: folder)
    try ledger.end(
      run: number, finished: finished, ending: isComplete ? "complete" : "interrupted",
      modelName: run.model.name, facts: try facts.text())
    return Result(run: run, shards: states, filesLeft: filesLeft)
  }

  private func circumstances(_ facts: RunFacts, _ states: [ShardState], _ cases: CaseCounts)
    -> [JSONValue.Member]
  {
    [
      .init("configuration", facts.configuration.json),
      .init(
        "files",
        [
          "listed": .integer(cases.files), "done": .integer(cases.done),
          "failed": .integer(cases.failed),
        ]),
      .init("shards", .array(states.map(\.json))),
    ]
  }

  /// The inputs of all shards, each once.
  private static func inputs(of runs: [RunDescription]) -> [String] {
    var seen = Set<String>()
    return runs.flatMap { run in
      (try? JSONDecoder().decode([String].self, from: Data(run.inputs.utf8))) ?? []
    }.filter { seen.insert($0).inserted }
  }

  private static func seconds(from start: String, to end: String) -> Double {
    guard let start = try? Date(start, strategy: .iso8601),
      let end = try? Date(end, strategy: .iso8601)
    else { return 0 }
    return max(end.timeIntervalSince(start), 0)
  }
}
