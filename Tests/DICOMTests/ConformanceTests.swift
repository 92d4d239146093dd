import Codecs
import DICOM
import Files
import Imaging
import Testing

/// Stored values of every file of the public test suites against independent decoders.
@Suite(.enabled(if: Corpus.isPresent))
struct ConformanceTests {
  @Test(arguments: Corpus.rows.filter { ["exact", "single"].contains($0.agreement) })
  func storedValuesAreExact(_ row: Corpus.Row) throws {
    let bytes = try storedBytes(row).bytes
    #expect(Digest(of: bytes).description == row.pixelHash)
  }

  /// Decoders of lossy data may differ by rounding; the range must agree.
  @Test(arguments: Corpus.rows.filter { $0.agreement == "lossy" })
  func lossyValuesAreClose(_ row: Corpus.Row) throws {
    let stored = try storedBytes(row)
    #expect(stored.shape == row.shape)
    #expect(abs(stored.minimum - row.minimum) <= 8)
    #expect(abs(stored.maximum - row.maximum) <= 8)
  }

  /// Damaged files and objects without pixels give an error or a picture, never a crash.
  @Test(arguments: Corpus.rows.filter { $0.agreement.isEmpty })
  func otherFilesEndWell(_ row: Corpus.Row) throws {
    do {
      let file = try DICOMFile(FileBytes(path: Corpus.folder + "/" + row.path))
      let frame = try file.storedFrame(0)
      #expect(frame.pixels.count == file.pixels.samplesOfFrame)
    } catch let error as DICOMError {
      #expect(!error.description.isEmpty)
    }
  }

  /// Everything that decodes can also be shown.
  @Test(arguments: Corpus.rows.filter { !$0.agreement.isEmpty })
  func decodedFilesBecomeImages(_ row: Corpus.Row) throws {
    let file = try DICOMFile(FileBytes(path: Corpus.folder + "/" + row.path))
    let image = try file.image(0)
    #expect((image.width, image.height) == (file.pixels.columns, file.pixels.rows))
  }

  /// Files that reference decoders give up on and that have a repaired twin beside them.
  @Test(arguments: ["JPEG2000Lossless/966", "JPEGExtended/RG2_JPLY"])
  func encodersMistakesLoseNothing(_ name: String) throws {
    let path = Corpus.folder + "/pylibjpeg-data/ljdata/ds/" + name
    let file = try DICOMFile(FileBytes(path: path + ".dcm"))
    let twin = try DICOMFile(FileBytes(path: path + "_fixed.dcm"))
    #expect(try file.storedFrame(0) == twin.storedFrame(0))
  }

  private func storedBytes(_ row: Corpus.Row) throws -> (
    bytes: [UInt8], shape: String, minimum: Double, maximum: Double
  ) {
    let file = try DICOMFile(FileBytes(path: Corpus.folder + "/" + row.path))
    var bytes = [UInt8]()
    var minimum = Double.infinity
    var maximum = -Double.infinity
    for index in 0..<file.pixels.frames {
      let frame = try file.storedFrame(index)
      bytes += frame.pixels.littleEndianBytes()
      let floats = frame.pixels.floats()
      minimum = min(minimum, Double(floats.min() ?? 0))
      maximum = max(maximum, Double(floats.max() ?? 0))
    }
    let pixels = file.pixels
    var shape = ["\(pixels.rows)", "\(pixels.columns)"]
    if pixels.samples > 1 { shape.append("\(pixels.samples)") }
    if pixels.frames > 1 { shape.insert("\(pixels.frames)", at: 0) }
    return (bytes, shape.joined(separator: "x"), minimum, maximum)
  }
}
