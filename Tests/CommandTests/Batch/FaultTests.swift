import Foundation
import Testing

/// What can go wrong in a night, done to real processes: nothing is lost, doubled or made up.
///
/// `IMGDX_FAULTS=1` (`Scripts/test-faults`) does more of it.
@Suite(.serialized) struct FaultTests {
  static let isLong = ProcessInfo.processInfo.environment["IMGDX_FAULTS"] != nil

  /// True once the batch has written the results of image `index`.
  private func hasDone(_ bench: BatchBench, _ output: String, _ index: Int) -> Bool {
    let folder = index % 3 == 0 ? "deep/" : ""
    return bench.exists("\(output)/\(folder)\(String(format: "%04d", index)).json")
  }

  @Test func aParentThatIsKilledLosesAndDoublesNothing() throws {
    let bench = try BatchBench(images: Self.isLong ? 120 : 40)
    try Data("nothing".utf8).write(to: URL(fileURLWithPath: bench.input + "/broken.dcm"))
    #expect(try bench.run("whole").status == 3)
    var kills = 0
    var random = SystemRandomNumberGenerator()
    while kills < (Self.isLong ? 20 : 4) {
      let batch = try bench.start("out", ["--jobs", "2"])
      usleep(UInt32.random(in: 20_000...900_000, using: &random))
      let workers = batch.workers
      kill(batch.process.processIdentifier, SIGKILL)
      _ = batch.end()
      #expect(batch.wait { !workers.contains(where: Processes.isAlive) }, "workers outlive it")
      kills += 1
    }
    #expect(try bench.run("out").status == 3)
    #expect(try BatchBench.differences(bench.snapshot("whole"), bench.snapshot("out")) == [])
  }

  @Test func workersThatAreKilledCostNothing() throws {
    let bench = try BatchBench(images: 120)
    try bench.run("whole")
    let batch = try bench.start("out", ["--jobs", "2"])
    for index in [2, 10, 20, 30] {
      #expect(batch.wait { hasDone(bench, "out", index) })
      let victim = try #require(batch.workers.randomElement())
      kill(victim, index == 10 ? SIGSEGV : SIGKILL)
      #expect(batch.wait { !Processes.isAlive(victim) })
    }
    #expect(batch.end() == 0, "\(batch.errors)")
    #expect(try BatchBench.differences(bench.snapshot("whole"), bench.snapshot("out")) == [])
  }

  @Test func aWorkerThatHangsIsReplaced() throws {
    let bench = try BatchBench(images: 80)
    try bench.run("whole")
    let batch = try bench.start("out", ["--jobs", "1", "--timeout", "3"])
    #expect(batch.wait { hasDone(bench, "out", 1) })
    // A worker between two cases is given the next one all the same, and does not take it.
    let worker = try #require(batch.workers.first)
    kill(worker, SIGSTOP)
    #expect(batch.end() == 0)
    #expect(batch.errors.contains("timed out after 3 s; it is tried once more"), "\(batch.errors)")
    #expect(try BatchBench.differences(bench.snapshot("whole"), bench.snapshot("out")) == [])
  }

  @Test func aFileThatNeedsTooMuchMemoryIsSetAside() throws {
    let bench = try BatchBench(images: 4)
    try Workbench.writeLargeImage(to: bench.input + "/large.png", side: 6000)
    let result = try bench.run("out", ["--memory", "512M"])
    #expect(result.status == 3, "\(result.errors)")
    #expect(result.errors.contains("large.png: needed more than 512 MiB; it is tried once more"))
    let failures = try bench.text("out/failures.csv").components(separatedBy: "\r\n")
    #expect(failures.count == 3 && failures[1].hasSuffix("large.png,,needed more than 512 MiB"))
    let document = try bench.object("out/large.json")
    #expect(document["error"] as? String == "needed more than 512 MiB")
    #expect((document["sha256"] as? String)?.count == 64)
    let counts = try #require(bench.object("out/run.json")["counts"] as? [String: Any])
    #expect(counts["screened"] as? Int == 4)
    // With more memory, and asked for, it is done.
    #expect(try bench.run("out", ["--retry-failed"]).status == 0)
    #expect(bench.exists("out/large.mask.png"))
  }

  @Test func aLimitedShellLimitsItsWorkers() throws {
    let bench = try BatchBench(images: 2)
    try Workbench.writeLargeImage(to: bench.input + "/large.png", side: 6000)
    let command = ([Workbench.program.path] + bench.arguments("out")).map { "'\($0)'" }
    let result = try Workbench.runShell("ulimit -v 524288; " + command.joined(separator: " "))
    #expect(result.status == 3, "\(result.errors)")
    #expect(try bench.text("out/failures.csv").contains("large.png,,needed more than 512 MiB"))
    let counts = try #require(bench.object("out/run.json")["counts"] as? [String: Any])
    #expect(counts["screened"] as? Int == 2)
  }

  /// A shell, container or service that forbids core dumps for good, as nobody may undo.
  @Test func aLimitOfNoCoreDumpsIsNoObstacle() throws {
    let bench = try BatchBench(images: 2)
    let command = ([Workbench.program.path] + bench.arguments("out")).map { "'\($0)'" }
    let result = try Workbench.runShell("ulimit -c 0; " + command.joined(separator: " "))
    #expect(result.status == 0, "\(result.errors)")
  }

  /// Foundation trapped on the parent of a path of one character.
  @Test func anOutputFolderOfOneLetterWillDo() throws {
    let bench = try BatchBench(images: 1)
    let command =
      "cd '\(bench.folder)' && '\(Workbench.program.path)' batch in -o r --model model.onnx"
    let result = try Workbench.runShell(command)
    #expect(result.status == 0 && bench.exists("r/report.html"), "\(result.errors)")
  }

  @Test func aFileThatKillsTwiceIsSetAside() throws {
    let bench = try BatchBench(images: 0)
    try FileManager.default.createDirectory(
      atPath: bench.input, withIntermediateDirectories: true)
    let path = bench.input + "/slow.png"
    try Workbench.writeLargeImage(to: path, side: 6000)
    let batch = try bench.start("out", ["--jobs", "1"])
    for round in 1...2 {
      #expect(batch.wait { (try? bench.attempts(at: path, in: "out")) == round }, "\(batch.errors)")
      kill(try #require(batch.workers.first), SIGSEGV)
    }
    #expect(batch.end() == 3)
    let failures = try bench.text("out/failures.csv")
    let row = /slow.png,,(decoder|screening) crashed: signal 11\r\n/
    #expect(failures.contains(row), "\(failures)")
    #expect(try bench.snapshot("out").keys.filter { $0.hasPrefix("slow.") } == ["slow.json"])
  }

  /// Two runs were let in, and waited for each other's cases for ever.
  @Test func aRunWhoseLockIsTakenAwayStops() throws {
    let bench = try BatchBench(images: 40)
    let first = try bench.start("out", ["--jobs", "1"])
    #expect(first.wait { bench.exists("out/0001.json") })
    try FileManager.default.removeItem(atPath: bench.folder + "/out/.lock")
    #expect(first.end() == 1)
    #expect(first.errors.contains(".lock was removed or replaced"), "\(first.errors)")
    #expect(try bench.run("out").status == 0)
    #expect(try bench.text("out/summary.csv").split(whereSeparator: \.isNewline).count == 41)
  }

  /// A terminal's Ctrl-Z, a frozen container: the time that nobody had counts for nobody.
  @Test func aRunThatIsFrozenDoesNotBlameItsFiles() throws {
    let bench = try BatchBench(images: 40)
    let batch = try bench.start("out", ["--timeout", "2", "--jobs", "1"])
    #expect(batch.wait { hasDone(bench, "out", 4) })
    let parent = batch.process.processIdentifier
    kill(parent, SIGSTOP)
    batch.hold()
    sleep(4)
    kill(parent, SIGCONT)
    batch.letGo()
    #expect(batch.end() == 0)
    #expect(!batch.errors.contains("timed out"), "\(batch.errors)")
  }

  /// One such file stopped the batch every night.
  @Test func resultsThatCannotHaveTheirNameFailTheirCaseOnly() throws {
    let bench = try BatchBench(images: 3)
    try FileManager.default.createDirectory(
      atPath: bench.folder + "/out/0001.json", withIntermediateDirectories: true)
    let result = try bench.run("out")
    #expect(result.status == 3)
    let failures = try bench.text("out/failures.csv")
    #expect(failures.contains("0001.png,,its results cannot be written"), "\(failures)")
    #expect(bench.exists("out/0002.json"))
  }

  @Test func aSecondRunIsRefused() throws {
    let bench = try BatchBench(images: 60)
    let batch = try bench.start("out", ["--jobs", "1"])
    #expect(batch.wait { hasDone(bench, "out", 1) })
    batch.hold()
    let second = try bench.run("out")
    #expect(second.status == 1)
    #expect(
      second.errors.contains("another run (process \(batch.process.processIdentifier)) is writing"))
    let status = try Workbench.run(["batch", "status", bench.folder + "/out"])
    #expect(status.output.hasPrefix("running: "))
    kill(batch.process.processIdentifier, SIGKILL)
    _ = batch.end()
    let broken = try Workbench.run(["batch", "status", bench.folder + "/out"])
    #expect(broken.output.hasPrefix("ended early: "))
    #expect(try bench.run("out").status == 0, "a dead run holds nothing")
  }

  @Test func aStoppedRunGoesOn() throws {
    let bench = try BatchBench(images: 60)
    try bench.run("whole")
    let batch = try bench.start("out", ["--jobs", "1"])
    #expect(batch.wait { hasDone(bench, "out", 4) })
    batch.hold()
    kill(batch.process.processIdentifier, SIGUSR1)
    #expect(batch.wait { batch.errors.contains("stopping after") })
    batch.letGo()
    #expect(batch.end() == 75)
    let status = try Workbench.run(["batch", "status", bench.folder + "/out"])
    #expect(status.output.hasPrefix("interrupted: "))
    #expect(try bench.object("out/run.json")["interrupted"] as? Bool == true)
    #expect(try bench.run("out").status == 0)
    #expect(try BatchBench.differences(bench.snapshot("whole"), bench.snapshot("out")) == [])
  }

  @Test func graceEndsAndASecondInterruptDoesNotWait() throws {
    for isImpatient in [false, true] {
      let bench = try BatchBench(images: 30)
      let batch = try bench.start("out", ["--jobs", "1", "--grace", isImpatient ? "500" : "0.3"])
      #expect(batch.wait { hasDone(bench, "out", 1) })
      let worker = try #require(batch.workers.first)
      kill(worker, SIGSTOP)
      kill(batch.process.processIdentifier, SIGINT)
      #expect(batch.wait { batch.errors.contains("stopping after") })
      if isImpatient { kill(batch.process.processIdentifier, SIGINT) }
      #expect(batch.end() == 75)
      #expect(batch.wait { !Processes.isAlive(worker) }, "a stopped worker outlives its parent")
      #expect(try bench.run("out").status == 0)
      try bench.run("whole")
      #expect(try BatchBench.differences(bench.snapshot("whole"), bench.snapshot("out")) == [])
    }
  }

  @Test func aSignalToTheWholeGroupLetsTheWorkInHandFinish() throws {
    let bench = try BatchBench(images: 60)
    let batch = try bench.start("out", ["--jobs", "2"])
    #expect(batch.wait { hasDone(bench, "out", 4) })
    batch.hold()
    for process in batch.workers + [batch.process.processIdentifier] { kill(process, SIGTERM) }
    #expect(batch.wait { batch.errors.contains("stopping after") })
    batch.letGo()
    #expect(batch.end() == 75)
    #expect(!batch.errors.contains("tried once more"), "\(batch.errors)")
  }

  @Test func filesThatMayNotGrowStopTheRunInWordsAndLoseNothing() throws {
    let bench = try BatchBench(images: 40)
    try bench.run("whole")
    let quoted = bench.arguments("out").map { "'\($0)'" }.joined(separator: " ")
    let shell = "ulimit -f 120; '\(Workbench.program.path)' \(quoted)"
    let limited = try Workbench.runShell(shell)
    #expect(limited.status == 1)
    #expect(limited.errors.contains("out/ledger.sqlite"), "\(limited.errors)")
    #expect(!bench.exists("out/report.html"))
    #expect(try bench.run("out").status == 0)
    #expect(try BatchBench.differences(bench.snapshot("whole"), bench.snapshot("out")) == [])
  }

  @Test func aFolderThatTakesNothingIsTold() throws {
    let bench = try BatchBench(images: 1)
    let arguments = ["batch", bench.input, "-o", "/proc/imgdx", "--model", bench.model]
    let result = try Workbench.run(arguments)
    #expect(result.status == 1 && result.errors.contains("cannot write /proc/imgdx"))
  }

  @Test func anInputThatVanishesIsFailedNotDone() throws {
    let bench = try BatchBench(images: 60)
    let batch = try bench.start("out", ["--jobs", "1"])
    #expect(batch.wait { hasDone(bench, "out", 1) })
    try FileManager.default.removeItem(atPath: bench.path(59))
    #expect(batch.end() == 3)
    let failures = try bench.text("out/failures.csv")
    #expect(failures.contains("0059.png,,no such file\r\n"), "\(failures)")
  }

  @Test func anInputThatChangesWhileItIsReadIsFailedNotDone() throws {
    let bench = try BatchBench(images: 0)
    try FileManager.default.createDirectory(
      atPath: bench.input, withIntermediateDirectories: true)
    let path = bench.input + "/slow.png"
    try Workbench.writeLargeImage(to: path, side: 6000)
    let batch = try bench.start("out", ["--jobs", "1"])
    #expect(batch.wait { (try? bench.attempts(at: path, in: "out")) == 1 })
    try Workbench.writeImage(to: path)
    #expect(batch.end() == 3)
    #expect(try bench.text("out/failures.csv").contains("the file changed while it was read"))
    #expect(try bench.snapshot("out").keys.filter { $0.hasPrefix("slow.") } == ["slow.json"])
    #expect(try bench.run("out").status == 0, "the next run does what is there now")
  }

  @Test func workersAreConfined() throws {
    let bench = try BatchBench(images: 60)
    let batch = try bench.start("out", ["--jobs", "1"])
    #expect(batch.wait { hasDone(bench, "out", 1) })
    batch.hold()
    let worker = try #require(batch.workers.first)
    #expect(Processes.status(worker, "NoNewPrivs") == "1")
    #expect(Processes.status(worker, "Seccomp") == "2")
    let limits = try String(contentsOfFile: "/proc/\(worker)/limits", encoding: .utf8)
    #expect(limits.contains(/Max core file size +1\b/))
    #expect(!limits.contains(/Max address space +unlimited/))
    kill(batch.process.processIdentifier, SIGKILL)
    _ = batch.end()
  }
}
