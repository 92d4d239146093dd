import Files
import Foundation
import Testing

struct FileBytesTests {
  @Test func readsWhatWasWritten() throws {
    let path = NSTemporaryDirectory() + "imgdx-bytes-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try AtomicFile.write([1, 2, 3, 4, 5], to: path)
    let bytes = try FileBytes(path: path)
    #expect(bytes.bytes(0..<10) == [1, 2, 3, 4, 5])
    #expect(bytes.integer(UInt16.self, at: 0) == 0x0201)
    #expect(bytes.integer(UInt16.self, at: 0, bigEndian: true) == 0x0102)
    #expect(bytes.integer(UInt32.self, at: 2) == nil)
    #expect(bytes.integer(UInt16.self, at: -1) == nil)
    #expect(Digest(of: bytes) == Digest(of: [UInt8]([1, 2, 3, 4, 5])))
  }

  @Test func namesFoldersMissingFilesAndLimits() throws {
    #expect(throws: FileError.cannotRead(path: "/tmp", reason: "it is a folder, not a file")) {
      try FileBytes(path: "/tmp")
    }
    #expect(throws: FileError.cannotRead(path: "/no/such", reason: "no such file")) {
      try FileBytes(path: "/no/such")
    }
    #expect(throws: FileError.self) { try FileBytes(path: "/dev/zero") }
    let path = NSTemporaryDirectory() + "imgdx-limit-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try AtomicFile.write([UInt8](repeating: 0, count: 11), to: path)
    #expect(throws: FileError.self) { try FileBytes(path: path, maximumBytes: 10) }
    #expect(try FileBytes(path: path, maximumBytes: 11).count == 11)
  }

  @Test func aWriterThatIsGivenUpLeavesNothing() throws {
    let folder = NSTemporaryDirectory() + "imgdx-writer-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    do {
      let writer = try AtomicFileWriter(path: folder + "/a")
      try writer.append([1])
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    let writer = try AtomicFileWriter(path: folder + "/b")
    try writer.append([1])
    try writer.append([2])
    try writer.commit()
    #expect(try FileBytes(path: folder + "/b").bytes(0..<2) == [1, 2])
  }
}
