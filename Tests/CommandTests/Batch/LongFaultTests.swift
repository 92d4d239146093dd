import Foundation
import Testing

/// The faults that need minutes, root or the shared corpus: `Scripts/test-faults`.
@Suite(.serialized, .enabled(if: FaultTests.isLong, "only with IMGDX_FAULTS=1"))
struct LongFaultTests {
  private static let corpus =
    ProcessInfo.processInfo.environment["IMGDX_SHARED"] ?? "../shared"
  private static let isRoot = getuid() == 0

  @Test(
    .enabled(
      if: FileManager.default.fileExists(atPath: corpus + "/corpus"),
      "the shared corpus is not here: damaged files of every kind are not tried"))
  func damagedFilesOfEveryKindCostThemselvesOnly() throws {
    let bench = try BatchBench(images: 20)
    let inputs = [bench.input] + ["dicom", "png", "jpeg"].map { "\(Self.corpus)/corpus/\($0)" }
    func arguments(_ output: String, _ more: [String] = []) -> [String] {
      ["batch"] + inputs + ["-o", "\(bench.folder)/\(output)", "--model", bench.model] + more
    }
    func run(_ output: String) throws -> Int32 {
      try RunningBatch(arguments(output), log: bench.folder + "/log").end()
    }
    #expect(try run("whole") == 3)
    let files = try bench.object("whole/run.json")["files"] as? [String: Int]
    let listed = try Workbench.run(arguments("none", ["--dry-run"])).output
    #expect(files?["listed"] == listed.split(separator: "\n").count)
    #expect(files?["listed"] == (files?["done"] ?? 0) + (files?["failed"] ?? 0))
    for image in 0..<20 {
      #expect(try bench.text("whole/summary.csv").contains("\(bench.path(image)),done"))
    }
    for _ in 0..<4 {
      let batch = try RunningBatch(arguments("out"), log: bench.folder + "/log")
      usleep(UInt32.random(in: 500_000...4_000_000))
      kill(batch.process.processIdentifier, SIGKILL)
      _ = batch.end()
    }
    #expect(try run("out") == 3)
    #expect(try BatchBench.differences(bench.snapshot("whole"), bench.snapshot("out")) == [])
  }

  @Test(.enabled(if: isRoot, "not root: no small file system is made"))
  func aFullDiskStopsTheRunInWordsAndLosesNothing() throws {
    let bench = try BatchBench(images: 120)
    try bench.run("whole")
    let command = ([Workbench.program.path] + bench.arguments("out")).map { "'\($0)'" }
      .joined(separator: " ")
    let out = bench.folder + "/out"
    let script = """
      set -e; mkdir -p '\(out)'; mount -t tmpfs -o size=800k tmpfs '\(out)'
      status=0; \(command) || status=$?; echo "first $status"
      test ! -e '\(out)/report.html'
      mount -o remount,size=200m '\(out)'
      status=0; \(command) || status=$?; echo "second $status"
      cp -r '\(out)' '\(bench.folder)/copy'
      """
    try Data(script.utf8).write(to: URL(fileURLWithPath: bench.folder + "/script"))
    let result = try Workbench.runShell("unshare --mount bash '\(bench.folder)/script'")
    #expect(result.status == 0 && result.output.contains("first 1\n"), "\(result)")
    #expect(result.output.contains("second 0\n"))
    #expect(result.errors.lowercased().contains("no space left on device"), "\(result.errors)")
    #expect(try BatchBench.differences(bench.snapshot("whole"), bench.snapshot("copy")) == [])
  }

  @Test(.enabled(if: isRoot, "not root: no other user is tried"))
  func whatAnotherUserMayNotReadOrWriteIsTold() throws {
    let bench = try BatchBench(images: 6)
    let (manager, secret) = (FileManager.default, bench.input + "/deep")
    try manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: bench.folder)
    try manager.setAttributes([.posixPermissions: 0o700], ofItemAtPath: secret)
    try manager.setAttributes([.posixPermissions: 0o600], ofItemAtPath: bench.path(1))
    try manager.createDirectory(atPath: bench.folder + "/out", withIntermediateDirectories: true)
    func run() throws -> (status: Int32, output: String, errors: String) {
      let command = ([Workbench.program.path] + bench.arguments("out")).map { "'\($0)'" }
      return try Workbench.runShell(
        "setpriv --reuid=65534 --regid=65534 --clear-groups " + command.joined(separator: " "))
    }
    let refused = try run()
    #expect(refused.status == 1 && refused.errors.contains("Permission denied"), "\(refused)")
    try manager.setAttributes([.posixPermissions: 0o777], ofItemAtPath: bench.folder + "/out")
    let result = try run()
    #expect(result.status == 3, "\(result.errors)")
    let failures = try bench.text("out/failures.csv")
    #expect(failures.contains("the folder cannot be listed"), "\(failures)")
    #expect(failures.contains("0001.png,,Permission denied"), "\(failures)")
    let counts = try bench.object("out/run.json")["counts"] as? [String: Any]
    #expect(counts?["screened"] as? Int == 3)
  }
}
