import Codecs
import DICOM
import Files
import Foundation
import Imaging
import Intake
import Testing

/// A volume handed on slice by slice.
struct SeriesReaderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// An object of one series; each value is a frame of one pixel.
  @discardableResult
  private func write(_ name: String, instance: Int, _ values: [UInt8], series: String = "1.2.1")
    throws -> String
  {
    var description = ObjectDescription(.secondaryCapture, seed: name)
    description.studyInstanceUID = "1.2"
    description.seriesInstanceUID = series
    description.instanceNumber = instance
    let frames = values.map { Image(width: 1, height: 1, pixels: .uint8([$0])) }
    return try folder.write(name, try DICOMWriter.encode(frames, description))
  }

  @Test func slicesComeInOrderFromFilesOfOneOrManyFrames() throws {
    try write("a", instance: 3, [40])
    try write("deep/b", instance: 2, [20, 30])
    try write("c", instance: 1, [10])
    try folder.write("d.png", try PNGCodec.encode(Image(width: 1, height: 1, pixels: .uint8([9]))))
    let found = try SeriesReader.series(in: folder.path)
    #expect(found.count == 1)
    let reader = SeriesReader(try #require(found.first))
    let count = reader.series.slices.count
    #expect(count == 4)
    #expect(
      try (0..<count).map { try reader.storedFrame($0).pixels }
        == [.uint8([10]), .uint8([20]), .uint8([30]), .uint8([40])])
    // Any order, from open files and closed ones.
    #expect(try reader.frame(3).pixels == .uint8([40]))
    #expect(try reader.frame(1).pixels == .uint8([20]))
  }

  @Test func aDamagedFileIsNoMissingSlice() throws {
    let whole = try FileBytes(path: try write("a", instance: 1, [10]))
    let damaged = try folder.write("b.dcm", whole.bytes(0..<(whole.count / 2)))
    #expect {
      try SeriesReader.series(in: folder.path)
    } throws: { error in
      (error as? IntakeError)?.path == damaged
    }
  }

  @Test(
    arguments: [
      [], [UInt8](repeating: 0, count: 700), Array("<html>404</html>".utf8),
      [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0],
    ] as [[UInt8]])
  func whatIsNamedLikeASliceAndIsNoneIsNoMissingSlice(_ content: [UInt8]) throws {
    try write("a.dcm", instance: 1, [10])
    let overwritten = try folder.write("b.DCM", content)
    #expect {
      try SeriesReader.series(in: folder.path)
    } throws: { error in
      (error as? IntakeError)?.path == overwritten
    }
  }

  @Test func aSliceInAFormatThatIsNotReadIsNoMissingSlice() throws {
    let whole = try FileBytes(path: try write("a", instance: 1, [10]))
    var bytes = whole.bytes(0..<whole.count)
    let native = Array("1.2.840.10008.1.2.1\0".utf8)
    let start = try #require(bytes.indices.first { bytes[$0...].starts(with: native) })
    bytes.replaceSubrange(
      start..<(start + native.count), with: Array("1.2.840.10008.1.2.9\0".utf8))
    let unread = try folder.write("b", bytes)
    let reason = "transfer syntax 1.2.840.10008.1.2.9 is not supported"
    #expect(throws: IntakeError.unsupported(path: unread, reason: reason)) {
      try SeriesReader.series(in: folder.path)
    }
  }

  @Test func anImageOfNoSeriesMayBeASlice() throws {
    try write("a", instance: 1, [10])
    let lone = try write("b", instance: 2, [20], series: "")
    #expect {
      try SeriesReader.series(in: folder.path)
    } throws: { error in
      (error as? IntakeError)?.path == lone && "\(error)".contains("Series Instance UID")
    }
  }

  /// A presentation state and a picture are no slices.
  @Test func objectsThatAreNoImagesArePassedOver() throws {
    try write("a", instance: 1, [10])
    let uid = Array("1.2.840.10008.5.1.4.1.1.11.1".utf8)
    let state = [8, 0, 0x16, 0, 0x55, 0x49, UInt8(uid.count), 0] + uid
    try folder.write("b.dcm", [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + state)
    try folder.write("c.png", Array("words".utf8))
    #expect(try SeriesReader.series(in: folder.path).map(\.slices.count) == [1])
  }

  /// Slices of two objects that lie between each other do not read both files again each time.
  @Test func theLastFewFilesStayOpen() throws {
    let paths = try ["a", "b", "c", "d", "e"].map { try write($0, instance: 1, [1, 2]) }
    let series = try #require(try SeriesReader.series(in: folder.path).first)
    let reader = SeriesReader(series)
    let first = series.slices.indices.filter { series.slices[$0].frame == 0 }
    let second = series.slices.indices.filter { series.slices[$0].frame == 1 }
    for index in first { #expect(try reader.storedFrame(index).pixels == .uint8([1])) }
    for path in paths { try FileManager.default.removeItem(atPath: path) }
    for index in second.dropFirst() {
      #expect(try reader.storedFrame(index).pixels == .uint8([2]))
    }
    // A fifth file is one too many to keep.
    #expect(throws: IntakeError.unreadable(path: paths[0], reason: "no such file")) {
      try reader.storedFrame(second[0])
    }
  }

  @Test func aSliceThatChangedMeanwhileIsAnError() throws {
    try write("a", instance: 1, [10])
    let path = try write("b", instance: 2, [20])
    let reader = SeriesReader(try #require(try SeriesReader.series(in: folder.path).first))
    try folder.write("b", [1, 2, 3])
    #expect(try reader.storedFrame(0).pixels == .uint8([10]))
    #expect {
      try reader.storedFrame(1)
    } throws: { error in
      (error as? IntakeError)?.path == path
    }
  }
}
