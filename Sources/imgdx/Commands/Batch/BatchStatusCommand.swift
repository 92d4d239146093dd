import ArgumentParser
private import Batching

/// `imgdx batch status DIR`: how a run goes, from another terminal.
struct BatchStatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Tells how a batch goes, or how it ended.",
    discussion: """
      Reads the ledger in the output folder, also while the run writes it. Exits with 1 where no \
      batch was run.

      Examples:
        imgdx batch status results
        imgdx batch status results --json | jq .settled
      """,
    helpNames: [.short, .long])

  @Argument(help: "The output folder of the batch.")
  var folder: String

  @Flag(help: "One JSON document.")
  var json = false

  func run() throws {
    let status = try BatchStatus(of: folder)
    try StandardOutput.writeLine(json ? status.json.text(isIndented: true) : text(status))
  }

  private func text(_ status: BatchStatus) -> String {
    var parts = [
      "\(status.settled) of \(status.files) files", "\(status.done) done",
      "\(status.failed) failed",
    ]
    if status.state == .running {
      parts.append("\(status.inHand) in hand")
      if let seconds = status.secondsLeft {
        parts.append("\(ProgressMeter.describe(seconds: seconds)) left")
      }
    }
    let whole = "\(status.state.rawValue): \(parts.joined(separator: ", "))"
    return ([whole] + status.shards.map(\.sentence)).joined(separator: "\n")
  }
}
