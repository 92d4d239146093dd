import Foundation
import Testing

@testable import Batching

/// What a control group gives is what may be used.
@Suite struct MachineTests {
  private func group(_ files: [String: String], _ membership: String) throws -> ControlGroup {
    let root = NSTemporaryDirectory() + "/imgdx-cgroup-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: root) }
    for (path, text) in files {
      let url = URL(fileURLWithPath: "\(root)/\(path)")
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
    }
    return ControlGroup(membership: membership, root: root)
  }

  @Test func theTightestLimitOnTheWayUpCounts() throws {
    let files = [
      "a/cpu.max": "150000 100000\n", "a/b/cpu.max": "max 100000\n",
      "a/b/memory.max": "3000000\n", "a/memory.max": "2000000\n", "memory.max": "max\n",
    ]
    let inner = try group(files, "3:cpu:/x\n0::/a/b\n")
    #expect(inner.processors == 2 && inner.memory == 2_000_000)
    let outer = try group(files, "0::/\n")
    #expect(outer.processors == nil && outer.memory == nil)
  }

  @Test func aContainerSeesItsGroupAsTheRoot() throws {
    let files = ["cpu.max": "50000 100000\n", "memory.max": "1000\n"]
    for membership in ["0::/\n", "0::/not/mounted/here\n", ""] {
      let group = try group(files, membership)
      #expect(group.processors == 1 && group.memory == 1000)
    }
  }

  @Test func thereIsAlwaysAProcessorAndSomeMemory() {
    #expect(Machine.processors >= 1 && Machine.memory > 1 << 20)
    #expect(Machine.workerMemory(jobs: 100_000) == 2 << 30)
  }

  @Test(arguments: [(2 << 30, "2 GiB"), (1_610_612_736, "1.5 GiB"), (800 << 20, "800 MiB")])
  func sizesReadLikeSizes(bytes: Int, text: String) {
    #expect(Machine.describe(bytes: bytes) == text)
  }
}
