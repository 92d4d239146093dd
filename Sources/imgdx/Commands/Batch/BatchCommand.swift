import ArgumentParser

/// `imgdx batch`: folders in, results and one report out, and how that goes.
struct BatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "batch",
    abstract: "Screens whole folders and writes results, tables and a report to open.",
    discussion: """
      `imgdx batch INPUT... -o DIR` runs; `imgdx batch --help` lists its options.
      `imgdx batch status DIR` tells how a run goes, or went.
      `imgdx batch merge DIR` makes one report from the shards of a run.
      `imgdx batch names DIR` tells which file each pseudonym stands for.
      """,
    subcommands: [
      BatchRunCommand.self, BatchStatusCommand.self, BatchMergeCommand.self, BatchNamesCommand.self,
    ],
    defaultSubcommand: BatchRunCommand.self,
    // So that `imgdx batch --help` is answered by the command that runs.
    helpNames: [])
}
