import Codecs
import DICOM
import Files
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
