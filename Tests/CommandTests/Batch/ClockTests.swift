import Foundation
import Testing

/// libfaketime, where `Scripts/setup libfaketime` has put it.
enum FakeTime {
  static let library = try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib")
    .map { "/usr/lib/\($0)/faketime/libfaketime.so.1" }
    .first { FileManager.default.fileExists(atPath: $0) }
}

/// A machine whose clock is set back while it works: libfaketime tells the program another time.
@Suite(
  .enabled(
    if: FakeTime.library != nil, "libfaketime is not installed, so no clock was set back"))
struct ClockTests {
  /// Wall clocks are set; a monotonic clock and the times of files stay what they are.
  private func environment(_ bench: BatchBench) throws -> [String: String] {
    [
      "LD_PRELOAD": try #require(FakeTime.library),
      "FAKETIME_TIMESTAMP_FILE": bench.folder + "/clock",
      "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1",
    ]
  }

  private func setClock(_ bench: BatchBench, _ offset: String) throws {
    try Data(offset.utf8).write(to: URL(fileURLWithPath: bench.folder + "/clock"))
  }

  @Test func aClockThatGoesBackwardsLosesNothing() throws {
    let bench = try BatchBench(images: 60)
    try bench.run("whole")
    try setClock(bench, "+0")
    let environment = try environment(bench)
    let batch = try bench.start("out", ["--jobs", "1"], environment: environment)
    #expect(batch.wait { bench.exists("out/0001.json") }, "\(batch.errors)")
    batch.hold()
    try setClock(bench, "-3h")
    batch.letGo()
    #expect(batch.end() == 0, "\(batch.errors)")
    #expect(try BatchBench.differences(bench.snapshot("whole"), bench.snapshot("out")) == [])
    let run = try bench.object("out/run.json")
    let times = try (#require(run["started"] as? String), #require(run["finished"] as? String))
    #expect(times.1 < times.0, "the clock was not set back")
    #expect(try #require(run["elapsed_seconds"] as? Double) >= 0)
    let status = try Workbench.run(["batch", "status", bench.folder + "/out"])
    #expect(status.output.hasPrefix("complete: 60 of 60"), "\(status.output)")
  }

  @Test func aRunBeforeItsPredecessorGoesOnFromIt() throws {
    let bench = try BatchBench(images: 60)
    try bench.run("whole")
    let batch = try bench.start("out", ["--jobs", "1"])
    #expect(batch.wait { bench.exists("out/0010.json") })
    kill(batch.process.processIdentifier, SIGKILL)
    _ = batch.end()
    try setClock(bench, "-3h")
    let later = try bench.start("out", environment: environment(bench))
    #expect(later.end() == 0, "\(later.errors)")
    #expect(later.errors.contains("worked on before"), "\(later.errors)")
    #expect(try BatchBench.differences(bench.snapshot("whole"), bench.snapshot("out")) == [])
    let status = try Workbench.run(["batch", "status", bench.folder + "/out"])
    #expect(status.output.hasPrefix("complete: 60 of 60"), "\(status.output)")
  }

  /// Swift finds no arguments where a preloaded library has changed the environment.
  @Test func argumentsAreFoundBehindAPreloadedLibrary() throws {
    let result = try Workbench.run(
      ["info", "/nowhere.png"], environment: ["LD_PRELOAD": #require(FakeTime.library)])
    #expect(result.status != 0 && result.errors.contains("/nowhere.png"), "\(result)")
  }
}
