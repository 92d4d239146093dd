import Foundation
import Testing

/// A batch given again: what is done stays, what has changed is done, and nothing else.
@Suite struct BatchCommandTests {
  /// Images that the latest run worked on.
  private func worked(_ bench: BatchBench) throws -> Int? {
    try bench.object("out/run.json")["images_this_time"] as? Int
  }

  @Test func theSecondRunOnlyChecks() throws {
    let bench = try BatchBench(images: 4)
    #expect(try bench.run("out").status == 0)
    let first = try bench.snapshot("out")
    let again = try bench.run("out")
    #expect(again.status == 0)
    #expect(again.errors.contains("worked on before, now checked: 4 of 4 files"))
    #expect(try worked(bench) == 0)
    #expect(try BatchBench.differences(first, bench.snapshot("out")) == [])
  }

  @Test func whatHasChangedIsDoneAgainAndNothingElse() throws {
    let bench = try BatchBench(images: 4)
    try bench.run("out")
    // An input, a result that is damaged, and one that is gone.
    try Workbench.writeImage(to: bench.path(1), seed: 50)
    try Data("{}".utf8).write(to: URL(fileURLWithPath: bench.folder + "/out/0002.json"))
    try FileManager.default.removeItem(atPath: bench.folder + "/out/deep/0003.mask.png")
    #expect(try bench.run("out").status == 0)
    #expect(try worked(bench) == 3)
    try bench.run("fresh")
    let (one, other) = (try bench.snapshot("out"), try bench.snapshot("fresh"))
    #expect(BatchBench.differences(one, other) == [])
  }

  @Test func anotherModelOrConfigurationDoesEverythingAgain() throws {
    let bench = try BatchBench(images: 2)
    try bench.run("out")
    try bench.run("out", ["--include-phi"])
    #expect(try worked(bench) == 2)
    try bench.run("out", ["--include-phi", "--jobs", "1", "--timeout", "90"])
    #expect(try worked(bench) == 0, "how it is worked through changes nothing")
    try Workbench.writeModel(to: bench.model, seed: 2)
    try bench.run("out", ["--include-phi"])
    #expect(try worked(bench) == 2)
  }

  @Test func failedFilesAreTriedAgainOnlyWhenAsked() throws {
    let bench = try BatchBench(images: 2)
    try Data("nothing".utf8).write(to: URL(fileURLWithPath: bench.input + "/broken.dcm"))
    #expect(try bench.run("out").status == 3)
    let again = try bench.run("out")
    #expect(again.status == 3 && again.errors.contains("failed in an earlier run: 1 file;"))
    #expect(try worked(bench) == 0)
    #expect(try bench.run("out", ["--retry-failed"]).status == 3)
    #expect(try worked(bench) == 1)
    #expect(try bench.text("out/failures.csv").hasPrefix("name,file,frame,reason\r\nbroken,"))
    // Once it is whole it is done without being asked.
    try Workbench.writeImage(to: bench.input + "/broken.dcm", seed: 9)
    #expect(try bench.run("out").status == 0)
    #expect(try bench.text("out/failures.csv") == "name,file,frame,reason\r\n")
    #expect(try bench.exists("out/broken.mask.png") && worked(bench) == 1)
  }

  @Test func aNameThatIsNeededTwiceMovesItsResults() throws {
    let bench = try BatchBench(images: 2)
    try bench.run("out")
    try Workbench.writeImage(to: bench.input + "/0001.jpg", seed: 5)
    #expect(try bench.run("out").status == 0)
    #expect(!bench.exists("out/0001.json") && bench.exists("out/0001.png.mask.png"))
    try bench.run("fresh")
    let (one, other) = (try bench.snapshot("out"), try bench.snapshot("fresh"))
    #expect(BatchBench.differences(one, other) == [])
  }

  @Test func filesThatAreNoInputsAnyMoreLeaveTheReportAndKeepTheirResults() throws {
    let bench = try BatchBench(images: 3)
    try bench.run("out")
    try FileManager.default.removeItem(atPath: bench.path(1))
    #expect(try bench.run("out").status == 0)
    #expect(try !bench.text("out/summary.csv").contains("0001") && bench.exists("out/0001.json"))
  }

  @Test func aDryRunSaysWhatWouldBeDoneAndWritesNothing() throws {
    let bench = try BatchBench(images: 3)
    let first = try bench.run("out", ["--dry-run"])
    #expect(first.status == 0 && !bench.exists("out"))
    #expect(first.output.split(separator: "\n").allSatisfy { $0.hasPrefix("new\t") })
    try bench.run("out")
    let before = try bench.snapshot("out")
    try Workbench.writeImage(to: bench.path(1), seed: 50)
    let second = try bench.run("out", ["--dry-run"])
    #expect(second.errors.contains("0 new, 1 again, 2 done, 0 failed"), "\(second.errors)")
    #expect(second.output.contains("again\t\(bench.path(1))\n"))
    #expect(try BatchBench.differences(before, bench.snapshot("out")) == [])
  }

  @Test func statusTellsHowItEndedAndWhetherThereWasARun() throws {
    let bench = try BatchBench(images: 2)
    let none = try Workbench.run(["batch", "status", bench.folder])
    #expect(none.status == 1 && none.errors.contains("no batch has been run"))
    try bench.run("out")
    let text = try Workbench.run(["batch", "status", bench.folder + "/out"])
    #expect(text.output == "complete: 2 of 2 files, 2 done, 0 failed\n")
    let json = try Workbench.run(["batch", "status", bench.folder + "/out", "--json"])
    let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
    #expect(object?["state"] as? String == "complete" && object?["done"] as? Int == 2)
  }

  @Test func theLogForProgramsIsADocumentALine() throws {
    let bench = try BatchBench(images: 2)
    try Data("nothing".utf8).write(to: URL(fileURLWithPath: bench.input + "/broken.dcm"))
    let result = try bench.run("out", ["--log-format", "json"])
    let events = try result.errors.split(separator: "\n").map { line in
      try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
    #expect(events.compactMap { $0["event"] as? String } == ["planned", "failed", "finished"])
    #expect(events.last?["settled"] as? Int == 3 && events.last?["failed"] as? Int == 1)
  }

  /// Errors and advice came as text in between.
  @Test func theLogForProgramsHoldsNothingElse() throws {
    let bench = try BatchBench(images: 2)
    let shard = try bench.run("out", ["--log-format", "json", "--shard", "0/1"])
    let refused = try bench.run("out", ["--log-format", "json", "--shard", "0/3"])
    #expect(shard.status == 0 && refused.status == 1)
    let lines = (shard.errors + refused.errors).split(separator: "\n")
    let events = try lines.map { line in
      try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
    #expect(
      events.compactMap { $0["event"] as? String } == ["planned", "finished", "stopped", "error"])
    #expect((events.last?["reason"] as? String)?.contains("--shard I/1") == true)
  }

  /// The person on call may read the results, and no more.
  @Test func statusNeedsNoRightToWrite() throws {
    let bench = try BatchBench(images: 2)
    try bench.run("out")
    let manager = FileManager.default
    for (path, mode) in [(bench.folder, 0o755), (bench.folder + "/out", 0o555)] {
      try manager.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }
    defer {
      try? manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: bench.folder + "/out")
    }
    let command = "'\(Workbench.program.path)' batch status '\(bench.folder)/out'"
    let user = getuid() == 0 ? "setpriv --reuid=65534 --regid=65534 --clear-groups " : ""
    let status = try Workbench.runShell(user + command)
    #expect(status.output == "complete: 2 of 2 files, 2 done, 0 failed\n", "\(status.errors)")
  }

  @Test func standardInputAndSizesAreCheckedBeforeAnything() throws {
    let bench = try BatchBench(images: 1)
    let stdin = try Workbench.run(["batch", "-", "-o", bench.folder + "/out"])
    #expect(stdin.status == 2 && stdin.errors.contains("imgdx classify -"))
    for wrong in [["--memory", "1M"], ["--memory", "lots"], ["--timeout", "0"], ["--grace=-1"]] {
      #expect(try bench.run("out", wrong).status == 2, "\(wrong)")
    }
    #expect(!bench.exists("out"))
  }

  @Test func failuresCountWhoeverReadsTheOutput() throws {
    let bench = try BatchBench(images: 1)
    try Data().write(to: URL(fileURLWithPath: bench.input + "/empty.png"))
    let words = bench.arguments("out").map { "'\($0)'" }.joined(separator: " ")
    let ended = try Workbench.runShell(
      "'\(Workbench.program.path)' \(words) 2>/dev/null | true; exit ${PIPESTATUS[0]}")
    #expect(ended.status == 3)
  }

  /// With more jobs than processors the last case had a thread for each.
  @Test func jobsDoNotDecideWhetherAnImageCanBeScreened() throws {
    let bench = try BatchBench(images: 1)
    #expect(try bench.run("out", ["--jobs", "1024"]).status == 0)
  }
}
