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
