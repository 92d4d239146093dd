import Foundation
import Testing

@testable import imgdx

/// Exit codes are a contract with scripts: 0, 1, 2, 3, 75 and nothing else.
@Suite struct ProgramTests {
  @Test func helpAndVersionAreResults() {
    #expect(Program.run(["--version"]) == .done)
    #expect(Program.run(["--help"]) == .done)
    #expect(Program.run(["help", "doctor"]) == .done)
  }

  @Test(arguments: [["--nonsense"], ["nonsense"], ["doctor", "surplus"]])
  func wrongUsageIsTwo(arguments: [String]) {
    #expect(Program.run(arguments) == .wrongUsage)
  }

  @Test func usageThatOnlyTheWorkShowsWrongDoesNotPrintTheProgramsUsage() throws {
    let ended = try Workbench.run(["model", "average", "one.onnx", "two.onnx", "-o", "one.onnx"])
    #expect(ended.status == 2)
    #expect(ended.errors.contains("would replace the input"))
    #expect(!ended.errors.contains("SUBCOMMANDS") && !ended.errors.contains("<subcommand>"))
  }
}

/// Who may start no thread: libraries waited for one for ever.
@Suite struct ThreadLimitTests {
  /// A user that has no other process; root is bound by no limit.
  private static let line =
    "ulimit -u 1; timeout -s KILL 60 setpriv --reuid=64999 --clear-groups '\(Workbench.program.path)' doctor"

  @Test(
    .enabled(if: getuid() == 0 && isReachable, "needs root, and a program that others can reach"))
  func aProgramWithoutThreadsSaysSo() throws {
    let ended = try Workbench.runShell(Self.line)
    #expect(ended.status == 1)
    #expect(ended.errors.contains("no thread can be started"))
  }

  private static var isReachable: Bool {
    let line = "setpriv --reuid=64999 --clear-groups '\(Workbench.program.path)' --version"
    return (try? Workbench.runShell(line))?.status == 0
  }
}

@Suite struct ProgressMeterTests {
  @Test func tellsTimeLeft() {
    let line = ProgressMeter.line("images", done: 120, total: 480, elapsed: .seconds(60))
    #expect(line == "120 of 480 images, 25 %, 3 min 0 s left")
  }

  @Test func stepsOfAnEarlierRunTellNothingOfTheTimeLeft() {
    let line = ProgressMeter.line(
      "steps", done: 420, skipped: 400, total: 480, elapsed: .seconds(60))
    #expect(line == "420 of 480 steps, 87 %, 3 min 0 s left")
  }

  @Test(arguments: [(45, "45 s"), (190, "3 min 10 s"), (7500, "2 h 5 min")])
  func describesDurations(seconds: Int, text: String) {
    #expect(ProgressMeter.describe(seconds: seconds) == text)
  }
}
