import Foundation
import Intake
import Testing

@testable import Batching

/// A worker that was taken over by a file could still not leave its place.
@Suite struct IsolationTests {
  /// Starts a worker and reads its first word, "ready".
  private func withWorker(
    _ bench: BatchBench, _ body: (Spawn.Child, WorkerReply?) throws -> Void
  ) throws {
    try FileManager.default.createDirectory(
      atPath: bench.folder + "/out", withIntermediateDirectories: true)
    let child = try Spawn.child(Workbench.program.path, ["imgdx", "worker"], environment: [:])
    defer {
      kill(child.process, SIGKILL)
      waitpid(child.process, nil, 0)
      close(child.descriptor)
    }
    // The parent polls; here waiting is simpler.
    #expect(fcntl(child.descriptor, F_SETFL, 0) == 0)
    let setup = WorkerSetup(
      parent: getpid(), memory: 4 << 30, model: bench.model, folder: bench.folder + "/out",
      configuration: BatchConfiguration(program: "", includesPHI: false, limits: Limits()))
    try MessageChannel.send(setup, to: child.descriptor)
    try body(child, MessageChannel.receive(WorkerReply.self, from: child.descriptor))
  }

  @Test(.enabled(if: Isolation.state.contains("Landlock "), "this kernel has no Landlock"))
  func nothingIsWrittenOutsideTheOutputFolder() throws {
    let bench = try BatchBench(images: 1)
    try withWorker(bench) { child, first in
      guard case .ready = first else {
        Issue.record("\(String(describing: first))")
        return
      }
      let request = WorkerRequest(
        path: bench.path(0), shownPath: bench.path(0), name: "../elsewhere", refusal: nil,
        threads: 1,
        thumbnailSide: 0)
      try MessageChannel.send(request, to: child.descriptor)
      var last: WorkerReply?
      while let reply = try MessageChannel.receive(WorkerReply.self, from: child.descriptor) {
        last = reply
      }
      guard case .stopped(let reason) = last else {
        Issue.record("\(String(describing: last))")
        return
      }
      #expect(reason.contains("Permission denied"), "\(reason)")
    }
    #expect(!bench.exists("elsewhere.mask.png") && !bench.exists("elsewhere.json"))
  }

  @Test func aWorkerWithoutItsParentDoesNotWork() throws {
    let bench = try BatchBench(images: 1)
    let child = try Spawn.child(Workbench.program.path, ["imgdx", "worker"], environment: [:])
    defer { waitpid(child.process, nil, 0) }
    #expect(fcntl(child.descriptor, F_SETFL, 0) == 0)
    let setup = WorkerSetup(
      parent: 1, memory: 4 << 30, model: bench.model, folder: bench.folder,
      configuration: BatchConfiguration(program: "", includesPHI: false, limits: Limits()))
    try MessageChannel.send(setup, to: child.descriptor)
    let reply = try MessageChannel.receive(WorkerReply.self, from: child.descriptor)
    #expect(reply == .stopped(reason: "the parent failed: is gone"))
    close(child.descriptor)
  }
}
