import Batching
import Foundation
import Testing

@testable import imgdx

/// A folder that fills up during the night.
@Suite struct WatchTests {
  private func isDone(_ bench: BatchBench, _ name: String) -> Bool {
    bench.exists("out/\(name).json")
  }

  @Test func whatIsThereIsDoneAndWhatComesIsDoneOnceItIsQuiet() throws {
    let bench = try BatchBench(images: 3)
    let batch = try bench.start("out", ["--watch", "--quiet-period", "4s"])
    #expect(batch.wait { bench.exists("out/report.html") && isDone(bench, "0002") })
    // A study that is still being sent is left alone.
    let study = bench.input + "/study"
    try FileManager.default.createDirectory(atPath: study, withIntermediateDirectories: true)
    for number in 0..<12 {
      try Workbench.writeImage(to: "\(study)/\(number).png", seed: 40 + number)
      #expect(!isDone(bench, "study/0"))
      usleep(100_000)
    }
    #expect(batch.wait { isDone(bench, "study/11") })
    #expect(
      batch.wait { (try? bench.object("out/run.json")["images_this_time"] as? Int) == 12 },
      "the images that were done already are not looked at again")
    // The ledger notes the end of a round after its report.
    #expect(
      batch.wait {
        let status = try? Workbench.run(["batch", "status", "\(bench.folder)/out"])
        return status?.output.hasPrefix("watching: 15 of 15 files") == true
      })
    kill(batch.process.processIdentifier, SIGTERM)
    #expect(batch.end() == 75)
    try bench.run("whole")
    let (one, other) = (try bench.snapshot("out"), try bench.snapshot("whole"))
    #expect(BatchBench.differences(one, other) == [])
  }

  @Test func anEmptyFolderIsWatchedToo() throws {
    let bench = try BatchBench(images: 0)
    try FileManager.default.createDirectory(
      atPath: bench.input, withIntermediateDirectories: true)
    let batch = try bench.start("out", ["--watch", "--quiet-period", "0.2s"])
    #expect(batch.wait { bench.exists("out/report.html") })
    try bench.addImage(1)
    #expect(batch.wait { isDone(bench, "0001") })
    kill(batch.process.processIdentifier, SIGINT)
    #expect(batch.end() == 75)
  }

  @Test func aFileThatChangesLaterIsDoneAgainAndOneThatGoesLeavesTheReport() throws {
    let bench = try BatchBench(images: 2)
    let batch = try bench.start("out", ["--watch", "--quiet-period", "0.3s"])
    #expect(batch.wait { isDone(bench, "0001") })
    let before = try bench.text("out/0001.json")
    try Workbench.writeImage(to: bench.path(1), seed: 99)
    #expect(batch.wait { (try? bench.text("out/0001.json")) != before })
    kill(batch.process.processIdentifier, SIGTERM)
    #expect(batch.end() == 75)
  }

  /// The archive, or a disk that goes away, took them out of the morning's report.
  @Test func whatAWatchHasScreenedStaysInItsReport() throws {
    let bench = try BatchBench(images: 3)
    let batch = try bench.start("out", ["--watch", "--quiet-period", "1s"])
    let names = ["0001", "0002", "deep/0000"]
    func hasAll() -> Bool {
      let summary = (try? bench.text("out/summary.csv")) ?? ""
      return names.allSatisfy(summary.contains)
    }
    #expect(batch.wait { hasAll() })
    try FileManager.default.removeItem(atPath: bench.path(1))
    try FileManager.default.removeItem(atPath: bench.input + "/deep")
    try Workbench.writeImage(to: bench.input + "/late.png", seed: 9)
    #expect(batch.wait { (try? bench.text("out/summary.csv"))?.contains("late") == true })
    kill(batch.process.processIdentifier, SIGTERM)
    #expect(batch.end() == 75)
    #expect(hasAll())
    let counts = try bench.object("out/run.json")["counts"] as? [String: Any]
    #expect(counts?["screened"] as? Int == 4, "\(String(describing: counts))")
  }

  /// Results of another configuration, and of a file that was replaced since, were told as today's.
  @Test(arguments: [["--include-phi"], []])
  func resultsThatDoNotHoldAnyMoreAreNotReported(_ options: [String]) throws {
    let bench = try BatchBench(images: 2)
    try bench.run("out", options)
    if options.isEmpty { try Workbench.writeImage(to: bench.path(1), seed: 77) }
    let batch = try bench.start("out", ["--watch", "--quiet-period", "1h"])
    #expect(batch.wait { batch.errors.contains("2 studies still change") })
    kill(batch.process.processIdentifier, SIGTERM)
    #expect(batch.end() == 75)
    let summary = try bench.text("out/summary.csv")
    #expect(!summary.contains("0001") && summary.contains("0000") == options.isEmpty)
  }

  /// Each round tried every failed file again.
  @Test func aWatchTriesFailedFilesAgainOnce() throws {
    let bench = try BatchBench(images: 1)
    try Data("nothing".utf8).write(to: URL(fileURLWithPath: bench.input + "/broken.dcm"))
    try bench.run("out")
    let batch = try bench.start("out", ["--watch", "--quiet-period", "1s", "--retry-failed"])
    #expect(batch.wait { (try? bench.attempts(at: bench.input + "/broken.dcm", in: "out")) == 2 })
    try Workbench.writeImage(to: bench.input + "/late.png", seed: 9)
    #expect(batch.wait { (try? bench.text("out/summary.csv"))?.contains("late") == true })
    kill(batch.process.processIdentifier, SIGTERM)
    #expect(batch.end() == 75)
    #expect(try bench.attempts(at: bench.input + "/broken.dcm", in: "out") == 2)
  }

  /// The last word counted the last round only.
  @Test func theEndOfAWatchCountsAllOfIt() throws {
    let bench = try BatchBench(images: 2)
    let batch = try bench.start(
      "out", ["--watch", "--quiet-period", "1s", "--log-format", "json"])
    #expect(batch.wait { isDone(bench, "0001") })
    try Workbench.writeImage(to: bench.input + "/late.png", seed: 9)
    #expect(batch.wait { (try? bench.text("out/summary.csv"))?.contains("late") == true })
    kill(batch.process.processIdentifier, SIGTERM)
    #expect(batch.end() == 75)
    let last = try #require(batch.errors.split(separator: "\n").last)
    let event = try JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any]
    #expect(event?["event"] as? String == "interrupted" && event?["settled"] as? Int == 3)
  }

  /// The hour strikes while a study is still arriving.
  @Test(arguments: [false, true])
  func incompleteStudiesFollowTheOption(_ takesIncomplete: Bool) throws {
    let bench = try BatchBench(images: 2)
    let end = Date().addingTimeInterval(2.5)
    let parts = Calendar.current.dateComponents([.hour, .minute, .second], from: end)
    let clock = String(
      format: "%02d:%02d:%02d", parts.hour ?? 0, parts.minute ?? 0, parts.second ?? 0)
    // Written just now, and the quiet period is longer than the night.
    let batch = try bench.start(
      "out",
      ["--watch", "--quiet-period", "1h", "--until", clock]
        + (takesIncomplete ? ["--incomplete", "process"] : []))
    #expect(batch.end() == 0)
    #expect(isDone(bench, "0001") == takesIncomplete)
    #expect(
      batch.errors.contains(takesIncomplete ? "0 studies still change" : "2 studies still change"))
  }

  @Test func optionsOfTheWatchMakeSense() throws {
    #expect(TimeSpan(argument: "90s")?.duration == .seconds(90))
    #expect(TimeSpan(argument: "5m")?.duration == .seconds(300))
    #expect(TimeSpan(argument: "0.5")?.duration == .milliseconds(500))
    for text in ["", "s", "-1s", "1d", "1e3", "1000h", "nan"] {
      #expect(TimeSpan(argument: text) == nil, "\(text)")
    }
    for text in ["24:00", "6", "06:60", "6:0", "a:b"] { #expect(ClockTime(argument: text) == nil) }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(identifier: "Europe/Berlin"))
    let evening = Date(timeIntervalSince1970: 1_790_000_000)
    let six = try #require(ClockTime(argument: "06:00")?.next(after: evening, in: calendar))
    #expect(calendar.component(.hour, from: six) == 6)
    #expect(six > evening && six.timeIntervalSince(evening) <= 24 * 3600)
    for words in [
      ["--until", "06:00"], ["--watch", "--incomplete", "skip"], ["--quiet-period", "5s"],
    ] {
      #expect(throws: (any Error).self) { try WatchOptions.parse(words) }
    }
  }
}
