import Codecs
import DICOM
import Files
import Foundation
import Imaging
import Testing

@testable import imgdx

/// `imgdx convert FOLDER`: the slices of a series in one array.
struct SeriesConversionTests {
  private let folder = NSTemporaryDirectory() + "imgdx-series-\(UUID().uuidString)"

  private func write(
    _ name: String, instance: Int, _ pixels: [Int16], series: String = "1.2.1",
    windows: [Window] = [Window(center: 0.5, width: 1001)], slope: Double = 1
  ) throws {
    try FileManager.default.createDirectory(
      atPath: folder + "/in", withIntermediateDirectories: true)
    var description = ObjectDescription(.secondaryCapture, seed: name)
    description.modality = "CT"
    description.studyInstanceUID = "1.2"
    description.seriesInstanceUID = series
    description.instanceNumber = instance
    description.sourceFacts.position = [0, 0, Double(instance)]
    description.sourceFacts.axes = [1, 0, 0, 0, 1, 0]
    var image = Image(width: pixels.count, height: 1, pixels: .int16(pixels))
    image.attributes.windows = windows
    image.attributes.rescale.slope = slope
    try AtomicFile.write(
      try DICOMWriter.encode([image], description), to: folder + "/in/" + name)
  }

  private func convert(_ options: String..., to name: String = "v.npy") throws -> Ending {
    Program.run(["convert"] + options + [folder + "/in", folder + "/" + name])
  }

  private func array(_ name: String = "v.npy") throws -> [UInt8] {
    let bytes = try FileBytes(path: folder + "/" + name)
    return bytes.bytes(0..<bytes.count)
  }

  @Test func sortedSlicesGoIntoOneArray() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try write("a", instance: 2, [3, 4])
    try write("b", instance: 1, [-1000, 1000])
    #expect(try convert("--raw") == .done)
    #expect(
      try array() == NPYArray(shape: [2, 1, 2], values: .int16([-1000, 1000, 3, 4])).encoded())
    #expect(try convert("--window", "3.5,2") == .done)
    #expect(
      try array() == NPYArray(shape: [2, 1, 2], values: .uint8([0, 255, 128, 255])).encoded())
  }

  @Test func oneOfSeveralSeriesIsChosenByNumber() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try write("a", instance: 1, [1], series: "1.2.2")
    try write("b", instance: 1, [2], series: "1.2.1")
    #expect(try convert("--raw") == .couldNotRun)
    #expect(try convert("--raw", "--series", "3") == .couldNotRun)
    #expect(!FileManager.default.fileExists(atPath: folder + "/v.npy"))
    #expect(try convert("--raw", "--series", "2") == .done)
    #expect(try array() == NPYArray(shape: [1, 1], values: .int16([1])).encoded())
  }

  @Test func whatIsNoVolumeIsRefused() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try write("a", instance: 1, [1])
    #expect(try convert(to: "v.png") == .couldNotRun)
    #expect(
      Program.run(["convert", "--series", "1", folder + "/in/a", folder + "/v.npy"])
        == .couldNotRun)
    try write("b", instance: 2, [1, 2])
    #expect(try convert("--raw") == .couldNotRun)
    #expect(!FileManager.default.fileExists(atPath: folder + "/v.npy"))
    try FileManager.default.removeItem(atPath: folder + "/in")
    try FileManager.default.createDirectory(
      atPath: folder + "/in", withIntermediateDirectories: true)
    #expect(try convert("--raw") == .couldNotRun)
    #expect(Program.run(["convert", "--series", "0", folder, folder + "/v.npy"]) == .wrongUsage)
  }

  /// What `convert` says on standard error.
  private func remarks(_ options: String...) throws -> String {
    let run = try Workbench.run(
      ["convert"] + options + [folder + "/in", folder + "/v.npy"])
    #expect(run.status == 0, "\(run.errors)")
    return run.errors
  }

  @Test func rawValuesOfSlicesWithRescalesOfTheirOwnDoNotCompare() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for slope in 1...3 {
      try write("\(slope)", instance: slope, [1, 2], slope: Double(slope))
    }
    #expect(try remarks("--raw").contains("3 different rescale slopes or intercepts"))
    #expect(try remarks().isEmpty)
    #expect(try remarks("--window", "3,4").isEmpty)
  }

  @Test func shadesOfSlicesThatAreStretchedEachOnItsOwnDoNotCompare() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try write("a", instance: 1, [1, 2], windows: [])
    #expect(try remarks().isEmpty)
    try write("b", instance: 2, [10, 20], windows: [])
    #expect(try remarks().contains("2 of 2 slices have no window"))
    #expect(try remarks("--raw").isEmpty)
    #expect(try remarks("--window", "3,4").isEmpty)
  }

  @Test func shadesOfSlicesWithWindowsOfTheirOwnDoNotCompare() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try write("a", instance: 1, [1, 2], windows: [Window(center: 1, width: 10)])
    try write("b", instance: 2, [10, 20], windows: [Window(center: 1, width: 20)])
    #expect(try remarks().contains("not all slices have the same window"))
    #expect(try remarks("--window", "3,4").isEmpty)
  }

  @Test(arguments: ["", "<html>404</html>", "\0\0\0\0"])
  func aSliceThatIsNoneStopsTheVolumeAndIsNamedByInfo(_ content: String) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try write("a.dcm", instance: 1, [1, 2])
    try write("b.dcm", instance: 2, [1, 2])
    try AtomicFile.write(Array(content.utf8), to: folder + "/in/b.dcm")
    let run = try Workbench.run(["convert", "--raw", folder + "/in", folder + "/v.npy"])
    #expect(run.status == 1)
    #expect(run.errors.contains("in/b.dcm: "))
    #expect(!FileManager.default.fileExists(atPath: folder + "/v.npy"))
    let info = try Workbench.run(["info", folder + "/in"])
    #expect(info.status == 3)
    #expect(info.errors.contains("in/b.dcm: "))
    #expect(info.output.contains("series 1: CT, one slice"))
  }

  /// The pages of a TIFF file may differ: no array holds them, each alone is converted.
  @Test func pagesThatDifferAreConvertedOneByOne() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let path = folder + "/pages.tif"
    try AtomicFile.write(Self.pages, to: path)
    #expect(Program.run(["convert", "--raw", path, folder + "/v.npy"]) == .couldNotRun)
    #expect(Program.run(["convert", path, folder + "/v.dcm"]) == .couldNotRun)
    #expect(!FileManager.default.fileExists(atPath: folder + "/v.npy"))
    #expect(!FileManager.default.fileExists(atPath: folder + "/v.dcm"))
    #expect(Program.run(["convert", "--raw", "--frame", "2", path, folder + "/v.npy"]) == .done)
    #expect(try array() == NPYArray(shape: [1, 1], values: .uint8([9])).encoded())
    #expect(Program.run(["convert", "--frame", "1", path, folder + "/v.png"]) == .done)
    #expect(try PNGCodec.decode(try array("v.png")).pixels == .uint8([5, 6]))
  }

  /// Two grey pages, of 2 x 1 pixels (5, 6) and of one (9).
  private static let pages: [UInt8] = {
    func little(_ value: Int, _ bytes: Int) -> [UInt8] {
      (0..<bytes).map { UInt8(value >> (8 * $0) & 0xFF) }
    }
    func directory(width: Int, offset: Int, next: Int) -> [UInt8] {
      let entries = [
        (256, width), (257, 1), (258, 8), (259, 1), (262, 1), (273, offset), (277, 1), (278, 1),
        (279, width),
      ]
      return little(entries.count, 2)
        + entries.flatMap { little($0.0, 2) + little(4, 2) + little(1, 4) + little($0.1, 4) }
        + little(next, 4)
    }
    let size = 2 + 9 * 12 + 4
    return Array("II".utf8) + little(42, 2) + little(12, 4) + [5, 6, 9, 0]
      + directory(width: 2, offset: 8, next: 12 + size) + directory(width: 1, offset: 10, next: 0)
  }()
}
