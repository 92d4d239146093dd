import Foundation
import Intake
import Testing

@testable import Batching

/// A parent whose workers are no good: it says so and ends, and believes nothing they say.
@Suite struct BatchRunTests {
  /// Runs a batch over one file with a program that is no worker.
  private func run(with executable: String) throws -> BatchError? {
    let root = NSTemporaryDirectory() + "/imgdx-run-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: root) }
    try FileManager.default.createDirectory(
      atPath: root + "/in", withIntermediateDirectories: true)
    try Data([0x89, 0x50]).write(to: URL(fileURLWithPath: root + "/in/a.png"))
    try Data("model".utf8).write(to: URL(fileURLWithPath: root + "/model"))
    var program = executable
    if executable.hasPrefix("#!") {
      program = root + "/worker"
      try Data(executable.utf8).write(to: URL(fileURLWithPath: program))
      try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: program)
    }
    let batch = BatchRun(
      inputs: [root + "/in"], folder: root + "/out", model: root + "/model",
      configuration: BatchConfiguration(program: "", includesPHI: false, limits: Limits()),
      settings: BatchSettings(jobs: 2, executable: program))
    do {
      _ = try batch.run(shouldStop: { false }, listen: { _ in })
      return nil
    } catch let error as BatchError {
      return error
    }
  }

  @Test func aProgramThatIsMissingIsTold() throws {
    let error = try run(with: "/no/such/program")
    #expect(error == .cannotStart(reason: "No such file or directory"))
  }

  @Test func workersThatEndAtOnceAreNotStartedForEver() throws {
    #expect(try run(with: "/bin/false") == .workersDie(reason: "the worker ended with 1"))
  }

  @Test func nonsenseIsNotListenedTo() throws {
    let error = try run(with: "#!/bin/sh\nprintf 'nonsense' >&0\nexec sleep 100\n")
    #expect(error == .workersDie(reason: WorkerProcess.nonsense))
  }

  /// The model was replaced between the run and its worker.
  @Test func anotherModelIsNotWorkedWith() throws {
    let facts = ModelFacts(
      name: "", sha256: "00", labels: [], suspiciousLabels: [], summary: "", blasCore: "")
    let path = NSTemporaryDirectory() + "/imgdx-reply-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(MessageChannel.encode(WorkerReply.ready(facts))).write(to: URL(fileURLWithPath: path))
    let error = try run(with: "#!/bin/sh\ncat '\(path)' >&0\nexec sleep 100\n")
    guard case .modelChanged = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(arguments: [
    ("a/b.json", true), ("a/b.frame-0012.mask.png", true), ("a/b.overlay.png.part-1-2", true),
    ("a/bc.json", false), ("a/b.mask.json", false), ("a/b/../../c.json", false),
    ("/etc/passwd", false), ("a/b.frame-1/x.json", false), ("ledger.sqlite", false), ("", false),
  ])
  func aCaseHasItsOwnFilesOnly(file: String, isOwn: Bool) {
    #expect(CaseWriter.isOutput(file, of: "a/b") == isOwn)
  }
}
