import Foundation
import Intake
import Testing

struct ImageDiscoveryTests {
  @Test func findsImagesByContentInAFixedOrder() throws {
    let folder = try TemporaryFolder()
    let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0]
    let dicom = [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + [2, 0, 0, 0]
    try folder.write("b/two", dicom)
    try folder.write("b/one.txt", png)
    try folder.write("a.png", png)
    try folder.write("notes.png", Array("words".utf8))
    try folder.write(".hidden/three.png", png)
    try folder.write("b/.four.png", png)
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/b/loop", withDestinationPath: folder.path)
    var found = [String]()
    var refused = [IntakeError]()
    ImageDiscovery.walk(folder.path + "/", unreadable: { refused.append($0) }) {
      found.append(String($0.dropFirst(folder.path.count)))
    }
    #expect(found == ["/a.png", "/b/one.txt", "/b/two"])
    #expect(refused.isEmpty)
    #expect(ImageDiscovery.isFolder(folder.path))
    #expect(!ImageDiscovery.isFolder(folder.path + "/a.png"))
  }

  @Test func aMissingFolderIsReported() {
    var refused = [IntakeError]()
    ImageDiscovery.walk("/no/such/folder", unreadable: { refused.append($0) }) { _ in }
    #expect(refused.map(\.path) == ["/no/such/folder"])
  }
}
