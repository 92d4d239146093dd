import Files
import Foundation
import Testing

/// Folders are made with those above them, and what killed writers left is cleared away.
@Suite struct FolderTests {
  @Test(arguments: [
    ("a", ""), ("", ""), ("/", "/"), ("/a", "/"), ("a/b", "a"), ("a/b/", "a"), ("a//b", "a"),
    ("/a/b/c.png", "/a/b"), ("./a", "."), ("ä/ß", "ä"),
  ])
  func theParentOfAPathIsWhatLiesAboveIt(_ path: String, _ parent: String) {
    #expect(Folder.parent(of: path) == parent)
  }

  @Test func onlyTemporariesAreRemoved() throws {
    let root = NSTemporaryDirectory() + "/imgdx-folder-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: root) }
    try Folder.make(root + "/a/b")
    try Folder.make(root + "/a/b")
    let kept = ["scan.json", "a/scan.part-1", "a/b/part-1-2", "a/b/x.part-1-2.json"]
    for name in kept + ["scan.json.part-12-345", "a/b/odd\nname.png.part-1-2"] {
      try Data().write(to: URL(fileURLWithPath: "\(root)/\(name)"))
    }
    Folder.removeTemporaries(below: root)
    let found = try FileManager.default.subpathsOfDirectory(atPath: root)
    #expect(Set(found) == Set(kept + ["a", "a/b"]))
  }

  @Test func aFileInTheWayIsTold() throws {
    let path = NSTemporaryDirectory() + "/imgdx-folder-\(UUID().uuidString)"
    try Data().write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(throws: FileError.self) { try Folder.make(path + "/inside") }
  }
}
