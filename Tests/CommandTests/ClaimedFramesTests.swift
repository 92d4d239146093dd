import Foundation
import Testing

/// Regression: a small file whose header claims many frames filled the results with failed cases.
@Suite struct ClaimedFramesTests {
  @Test func framesThatAreNotThereAreToldOnce() throws {
    let folder = try Workbench.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Workbench.writeModel(to: folder + "/model.onnx")
    let sample = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("SampleImages/malignant-5-loop.dcm")
    var bytes = try Data(contentsOf: sample)
    // Number of Frames (0028,0008), IS, two bytes: 4 becomes 99.
    let declared = Data([0x28, 0, 8, 0, 0x49, 0x53, 2, 0, 0x34, 0x20])
    let place = try #require(bytes.range(of: declared))
    bytes.replaceSubrange(place, with: Data([0x28, 0, 8, 0, 0x49, 0x53, 2, 0, 0x39, 0x39]))
    try bytes.write(to: URL(fileURLWithPath: folder + "/loop.dcm"))
    let result = try Workbench.run([
      "batch", folder + "/loop.dcm", "-o", folder + "/out", "--model", folder + "/model.onnx",
    ])
    #expect(result.status == 3, "\(result.errors)")
    let table = try String(contentsOfFile: folder + "/out/summary.csv", encoding: .utf8)
    // The header, four frames that are there, sixteen that are not, and one row for the rest.
    #expect(table.split(whereSeparator: \.isNewline).count == 1 + 4 + 16 + 1)
    #expect(table.contains("neither it nor the 78 after it were tried"))
  }
}
