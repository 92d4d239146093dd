import BatchLedger
import Foundation
import Testing

@testable import Batching

/// Which files a run looks at, in which order, under which names.
@Suite struct InputWalkTests {
  private let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0]

  private func folder(_ files: [String: [UInt8]], _ body: (String) throws -> Void) throws {
    let root = NSTemporaryDirectory() + "/imgdx-walk-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: root) }
    for (path, bytes) in files {
      let url = URL(fileURLWithPath: "\(root)/\(path)")
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(bytes).write(to: url)
    }
    try body(root)
  }

  @Test func filesComeByNameAndOnlyImages() throws {
    try folder(["b.png": png, "a/c": png, "notes.txt": [65], ".hidden.png": png]) { root in
      let works = try InputWalk.works(for: [root], outputFolder: nil)
      #expect(works.map(\.name) == ["a/c", "b"])
    }
  }

  @Test func anEmptyScanIsNotPassedOver() throws {
    try folder(["scan.dcm": [], "ok.png": png]) { root in
      let works = try InputWalk.works(for: [root + "/"], outputFolder: nil)
      #expect(works.map(\.name) == ["ok", "scan"])
    }
  }

  @Test func whatCannotBeNamedOrFollowedIsTold() throws {
    try folder(["a.png": png]) { root in
      let bytes = root.utf8.map(CChar.init) + "/bad".utf8.map(CChar.init) + [-1] + [0]
      let made = open(bytes, O_CREAT | O_WRONLY, 0o600)
      close(made)
      try FileManager.default.createSymbolicLink(
        atPath: root + "/dead.png", withDestinationPath: "/no/such")
      #expect(made >= 0)
      let works = try InputWalk.works(for: [root], outputFolder: nil)
      #expect(works.count == 3)
      #expect(works.filter { $0.refusal == nil }.map(\.name) == ["a"])
      #expect(works.contains { $0.refusal == "its name is not UTF-8; rename it" })
      #expect(works.contains { $0.refusal == "the link leads nowhere" })
    }
  }

  @Test func namesOfForeignBytesDoNotBecomeOne() throws {
    try folder(["a.png": png]) { root in
      for byte in [0xFC, 0xF6] as [UInt8] {
        let path = Array((root + "/M").utf8) + [byte] + Array("ller.png".utf8) + [0]
        close(open(path.map { CChar(bitPattern: $0) }, O_CREAT | O_WRONLY, 0o600))
      }
      let works = try InputWalk.works(for: [root], outputFolder: nil)
      #expect(works.filter { $0.refusal != nil }.count == 2)
      #expect(Set(works.map(\.path)).count == 3)
    }
  }

  @Test func eachFileIsTakenOnce() throws {
    try folder(["a.png": png, "b.png": png]) { root in
      let works = try InputWalk.works(
        for: [root + "/b.png", root, root + "/./a.png"], outputFolder: nil)
      #expect(works.map(\.name) == ["b", "a"])
    }
  }

  @Test func resultsInsideAnInputAreLeftOut() throws {
    try folder(["a.png": png, "out/a.mask.png": png]) { root in
      let works = try InputWalk.works(for: [root], outputFolder: root + "/out")
      #expect(works.map(\.name) == ["a"])
      #expect(throws: BatchError.self) {
        try InputWalk.works(for: [root], outputFolder: root + "/")
      }
    }
  }

  /// Masks of last night were screened as if they were studies.
  @Test func resultsOfAnotherBatchInsideAnInputArePassedOver() throws {
    let files = [
      "a.png": png, "night/a.mask.png": png, "z/b.png": png, "z/ledger.sqlite": [UInt8](),
    ]
    try folder(files) { root in
      // The empty file in z was nobody's ledger, and hid the folder.
      _ = try Ledger(folder: root + "/night").begin(
        RunDescription(
          program: "imgdx", process: 1, inputs: "[]", configuration: "{}",
          configurationSHA256: "", modelSHA256: "", started: ""))
      var (found, passedOver): ([String], [String]) = ([], [])
      InputWalk.walk([root], outputFolder: root + "/out", passOver: { passedOver.append($0) }) {
        found.append($0.relative)
      }
      #expect(found == ["a.png", "z/b.png"])
      #expect(passedOver == [root + "/night"])
    }
  }

  @Test func whatIsMissingIsToldBeforeAnyWork() {
    #expect(throws: BatchError.missing(inputs: ["/no/such"])) {
      try InputWalk.works(for: ["/no/such"], outputFolder: nil)
    }
  }

  @Test func slashesBehindAFolderDoNotShortenNames() throws {
    try folder(["ab.png": png, "bb.png": png]) { root in
      for slashes in ["", "/", "//", "///"] {
        let works = try InputWalk.works(for: [root + slashes], outputFolder: nil)
        #expect(works.map(\.name) == ["ab", "bb"])
      }
    }
  }

  /// Results took the place of inputs, and what looked like a torn result was removed.
  @Test func outputFoldersThatHoldInputsAreRefused() throws {
    try folder(["in/a.png": png]) { root in
      for (input, output) in [("/in", ""), ("/in/a.png", "/in"), ("/in/a.png", "")] {
        #expect(throws: BatchError.outputHoldsInput(path: root + input, folder: root + output)) {
          try InputWalk.checkApart([root + input], outputFolder: root + output)
        }
      }
      #expect(throws: Never.self) {
        try InputWalk.checkApart([root + "/in"], outputFolder: root + "/in/out")
        try InputWalk.checkApart([root + "/in"], outputFolder: root + "/i")
      }
    }
  }

  @Test func whatAWatchCannotReachIsWorkToo() throws {
    try folder(["in/a.png": png]) { root in
      symlink("/nowhere", root + "/in/dead.png")
      var watch = StudyWatch(quietPeriod: .seconds(60))
      let missing = root + "/missing.png"
      watch.look(at: [root + "/in", missing], outputFolder: root + "/out", takesAll: true)
      #expect(watch.choice(of: root + "/in/dead.png", "dead.png") == .work)
      #expect(watch.choice(of: missing, "missing.png") == .work)
    }
  }
}
