import ArgumentParser
internal import Batching

/// `imgdx batch merge DIR`: one report from the shards of a batch.
struct BatchMergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Makes one ledger and one report from the shards of a batch.",
    discussion: """
      Joins what runs with --shard left in the output folder, as if one run had done it all, and \
      says which shards are missing or not done. Where machines share no disk, copy their output \
      folders into one first: no file of one shard has the name of another's.

      Exits with 0 when everything is done, with 3 when files failed, with 75 when shards are \
      missing or not done: run those, and merge again.

      Examples:
        imgdx batch /data/ultrasound -o results --shard 0/2
        imgdx batch /data/ultrasound -o results --shard 1/2
        imgdx batch merge results
      """,
    helpNames: [.short, .long])

  @Argument(help: "The output folder of the batch.")
  var folder: String

  func run() throws {
    var meter: ProgressMeter?
    let result = try BatchMerge(folder: folder).run { index, count in
      if meter == nil { meter = ProgressMeter("files of results checked", total: count) }
      meter?.advance()
    }
    meter?.finish()
    for shard in result.shards where !shard.isComplete {
      Terminal.say("imgdx: warning: \(shard.sentence)")
    }
    if result.filesLeft > 0 {
      Terminal.say(
        "imgdx: warning: files without results: \(result.filesLeft); run their shards, and merge again"
      )
    }
    try StandardOutput.writeLine(BatchRunCommand.counts(result.run))
    try StandardOutput.writeLine("report: \(folder)/report.html")
    if result.run.wasInterrupted { throw Ending.interrupted }
    if result.run.counts.failed > 0 { throw Ending.someInputsFailed }
  }
}

extension ShardState {
  /// "shard 2/4: interrupted, 10 of 12 files".
  var sentence: String {
    guard let state else { return "shard \(shard): missing" }
    return "shard \(shard): \(state.rawValue), \(settled) of \(files) files"
  }
}
