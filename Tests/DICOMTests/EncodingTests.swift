import Codecs
import DICOM
import Files
import Imaging
import Testing

/// Files in every encoding of a data set and every arrangement of fragments.
struct EncodingTests {
  private static let cells: [UInt8] = [1, 0, 2, 0]
  private static let expected = PixelBuffer.uint16([1, 2])

  @Test func implicitLittleEndian() throws {
    let object = TestObject(
      grey: Self.cells, columns: 2, rows: 1, allocated: 16, .implicitLittle,
      transferSyntax: "1.2.840.10008.1.2")
    #expect(try object.file().storedFrame(0).pixels == Self.expected)
  }

  @Test(arguments: [TestObject.Form.implicitLittle, .explicitLittle])
  func bareDataSets(_ form: TestObject.Form) throws {
    let object = TestObject(
      grey: Self.cells, columns: 2, rows: 1, allocated: 16, form, transferSyntax: nil)
    #expect(try object.file().storedFrame(0).pixels == Self.expected)
  }

  /// Regression: only those that start with the first elements of a data set were recognised.
  @Test func aBareDataSetThatStartsLate() throws {
    var object = TestObject(
      grey: Self.cells, columns: 2, rows: 1, allocated: 16, .implicitLittle, transferSyntax: nil)
    object.text(0x08, 0x0060, "CS", "OT")
    let late = object.withoutFirst(0x08, 0x0016)
    #expect(try late.file().storedFrame(0).pixels == Self.expected)
    #expect(DICOMFile.isRecognised(FileBytes(late.bytes)))
    #expect(
      !DICOMFile.isRecognised(FileBytes([8, 0, 0x60, 0, 2, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8])))
  }

  @Test func bareBigEndianDataSet() throws {
    let object = TestObject(
      grey: [0, 1, 0, 2], columns: 2, rows: 1, allocated: 16, .explicitBig, transferSyntax: nil)
    #expect(try object.file().storedFrame(0).pixels == Self.expected)
  }

  @Test func anotherEncodingThanDeclaredIsRecognised() throws {
    let object = TestObject(
      grey: Self.cells, columns: 2, rows: 1, allocated: 16, .implicitLittle,
      transferSyntax: "1.2.840.10008.1.2.1")
    let file = try object.file()
    #expect(try file.storedFrame(0).pixels == Self.expected)
    #expect(file.warnings.count == 1)
  }

  @Test func aForgottenMagicWord() throws {
    let object = TestObject(
      grey: Self.cells, columns: 2, rows: 1, allocated: 16, transferSyntax: nil)
    let bytes = [UInt8](repeating: 0, count: 128) + object.dataSet
    #expect(try DICOMFile(FileBytes(bytes)).storedFrame(0).pixels == Self.expected)
  }

  @Test func bigEndianPixelsInALittleEndianDataSet() throws {
    let object = TestObject(
      grey: [0, 1, 0, 2], columns: 2, rows: 1, allocated: 16, .implicitLittle,
      transferSyntax: "1.2.840.113619.5.2")
    #expect(try object.file().storedFrame(0).pixels == Self.expected)
  }

  /// Regression: these were read as implicit elements, the length of which is longer than the file.
  @Test(arguments: ["??", "  ", "ox", "\0\0"]) func valueRepresentationsThatAreNone(_ vr: String)
    throws
  {
    var object = TestObject(grey: Self.cells, columns: 2, rows: 1, allocated: 16)
    object.set(0x09, 0x1001, vr, [1, 2, 3, 4])
    #expect(try object.file().storedFrame(0).pixels == Self.expected)
  }

  /// Regression: writers that do not know a VR put "??", two zero bytes and 32 bits of length; those of
  /// old times gave UN 16 bits.
  @Test(arguments: [("??", [0, 0, 6, 0, 0, 0]), ("UN", [6, 0])] as [(String, [UInt8])])
  func lengthsBehindAnUnknownVR(_ vr: String, _ length: [UInt8]) throws {
    var object = TestObject(grey: Self.cells, columns: 2, rows: 1, allocated: 16)
    object.set(0x09, 0x1001, "LO", Array("unique".utf8))
    let bytes = object.bytes
    let start = try #require(bytes.firstRange(of: [9, 0, 1, 0x10])).lowerBound
    let changed = bytes[..<(start + 4)] + Array(vr.utf8) + length + bytes[(start + 8)...]
    #expect(try DICOMFile(FileBytes(Array(changed))).storedFrame(0).pixels == Self.expected)
  }

  /// Regression: a data set that is not deflated, as its file says, was called damaged.
  @Test func aDataSetThatIsNotDeflatedIsRead() throws {
    let object = TestObject(
      grey: Self.cells, columns: 2, rows: 1, allocated: 16,
      transferSyntax: "1.2.840.10008.1.2.1.99")
    let file = try object.file()
    #expect(try file.storedFrame(0).pixels == Self.expected)
    #expect(file.warnings.count == 1)
  }

  /// Regression: samples as they are, in an item of pixel data of undefined length, were taken for
  /// codestreams.
  @Test(arguments: [false, true]) func nativePixelsInAnItem(hasTable: Bool) throws {
    var object = TestObject()
    object.describe(columns: 2, rows: 1, allocated: 16)
    object.encapsulated(hasTable ? [Self.cells] : [], table: hasTable ? [] : [0x0002_0001])
    let file = try object.file()
    #expect(try file.storedFrame(0).pixels == Self.expected)
    #expect(file.warnings.contains { $0.contains("in an item") })
  }

  /// An element without a VR among those with one.
  @Test func anImplicitElementInAnExplicitFile() throws {
    var object = TestObject(grey: Self.cells, columns: 2, rows: 1, allocated: 16)
    object.set(0x09, 0x1001, "\u{6}\0", [])
    object.set(0x09, 0x1002, "LO", [])
    let bytes = object.bytes
    let start = try #require(bytes.firstRange(of: [9, 0, 1, 0x10])).lowerBound
    let changed = bytes[..<(start + 8)] + [1, 2, 3, 4, 5, 6] + bytes[(start + 8)...]
    #expect(try DICOMFile(FileBytes(Array(changed))).storedFrame(0).pixels == Self.expected)
  }

  @Test func anUnknownSequenceInTheWrongEncodingIsWalkedOver() throws {
    for inner in [TestObject.Form.implicitLittle, .explicitLittle] {
      var item = TestObject(inner, transferSyntax: nil)
      item.text(0x09, 0x1001, "LO", "an inner value of some length")
      var object = TestObject(
        grey: Self.cells, columns: 2, rows: 1, allocated: 16, transferSyntax: nil)
      let body: [UInt8] =
        [0xFE, 0xFF, 0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF] + item.dataSet
        + [0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0, 0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]
      object.raw(0x09, 0x1000, "UN", length: .max, body)
      #expect(try object.file().storedFrame(0).pixels == Self.expected)
    }
  }

  /// Single bits in RLE: packed eight a byte, or a byte each.
  @Test func runLengthsOfSingleBits() throws {
    let bits: [UInt8] = [1, 0, 0, 1, 1, 1, 0, 0, 1, 0]
    for plane in [[0b0011_1001, 0b01], bits] as [[UInt8]] {
      let segment = [UInt8(plane.count - 1)] + plane
      let header = [1, 64] + [Int](repeating: 0, count: 14)
      var object = TestObject(transferSyntax: "1.2.840.10008.1.2.5")
      object.describe(columns: 5, rows: 2, allocated: 1)
      object.encapsulated([header.flatMap { object.number(UInt32($0)) } + segment])
      #expect(try object.file().storedFrame(0).pixels == .uint8(bits))
    }
  }

  @Test func singleBitsInJPEG2000AndDeflatedFrames() throws {
    let bits: [UInt8] = [1, 0, 0, 1, 1, 1, 0, 0, 1, 0]
    let codestream = try JPEG2000Codec.encode(
      .uint8(bits), width: 5, height: 2, samplesPerPixel: 1, precision: 1)
    // One stored block of two bytes.
    let deflated: [UInt8] = [1, 2, 0, 0xFD, 0xFF, 0b0011_1001, 0b01]
    for (uid, frame) in [("4.90", codestream), ("8.1", deflated)] {
      var object = TestObject(transferSyntax: "1.2.840.10008.1.2." + uid)
      object.describe(columns: 5, rows: 2, allocated: 1)
      object.encapsulated([frame])
      #expect(try object.file().storedFrame(0).pixels == .uint8(bits))
    }
  }

  @Test func encapsulatedUncompressed() throws {
    var object = TestObject(transferSyntax: "1.2.840.10008.1.2.1.98")
    object.describe(columns: 2, rows: 1, allocated: 16)
    object.encapsulated([Self.cells])
    #expect(try object.file().storedFrame(0).pixels == Self.expected)
  }

  @Test func fragmentsByOffsetTableByExtendedTableAndByStart() throws {
    let jpegs = try [10, 200].map { try Self.jpegFrame($0) }
    let halves = jpegs.flatMap { [Array($0[..<40]), Array($0[40...])] }
    let second = UInt32(16 + jpegs[0].count)
    for (table, extended) in [([0, second], false), ([], true), ([], false)] {
      var object = TestObject(transferSyntax: "1.2.840.10008.1.2.4.70")
      object.describe(columns: 8, rows: 8, allocated: 8)
      object.text(0x28, 0x0008, "IS", "2")
      if extended {
        object.set(0x7FE0, 0x0001, "OV", object.number(UInt64(0)) + object.number(UInt64(second)))
      }
      object.encapsulated(halves, table: table)
      let file = try object.file()
      #expect(try file.storedFrame(0).pixels == .uint8([UInt8](repeating: 10, count: 64)))
      #expect(try file.storedFrame(1).pixels == .uint8([UInt8](repeating: 200, count: 64)))
    }
  }

  @Test func aMissingDelimiterLosesNothing() throws {
    var object = TestObject(transferSyntax: "1.2.840.10008.1.2.4.70")
    object.describe(columns: 8, rows: 8, allocated: 8)
    object.encapsulated([try Self.jpegFrame(77)], isClosed: false)
    #expect(try object.file().storedFrame(0).pixels == .uint8([UInt8](repeating: 77, count: 64)))
  }

  @Test func anEndMarkerThatIsMissingLosesNothing() throws {
    var frame = try Self.jpegFrame(78)
    while frame.last == 0 { frame.removeLast() }
    frame.removeLast(2)
    var object = TestObject(transferSyntax: "1.2.840.10008.1.2.4.70")
    object.describe(columns: 8, rows: 8, allocated: 8)
    object.encapsulated([frame])
    #expect(try object.file().storedFrame(0).pixels == .uint8([UInt8](repeating: 78, count: 64)))
  }

  @Test func aCodestreamCutShortIsAnError() throws {
    let frame = try Self.jpegFrame(nil)
    var object = TestObject(transferSyntax: "1.2.840.10008.1.2.4.70")
    object.describe(columns: 8, rows: 8, allocated: 8)
    object.encapsulated([Array(frame[..<(frame.count - 20)])])
    #expect(throws: DICOMError.self) { try object.file().storedFrame(0) }
  }

  @Test func aCodestreamOfAnotherSizeIsAnError() throws {
    var object = TestObject(transferSyntax: "1.2.840.10008.1.2.4.70")
    object.describe(columns: 9, rows: 8, allocated: 8)
    object.encapsulated([try Self.jpegFrame(5)])
    #expect(throws: DICOMError.self) { try object.file().storedFrame(0) }
  }

  @Test func eightBitDataInSixteenBitsAllocated() throws {
    var object = TestObject(transferSyntax: "1.2.840.10008.1.2.4.70")
    object.describe(columns: 8, rows: 8, allocated: 16, stored: 8)
    object.encapsulated([try Self.jpegFrame(5)])
    #expect(try object.file().storedFrame(0).pixels == .uint16([UInt16](repeating: 5, count: 64)))
  }

  /// An 8 x 8 lossless JPEG frame of one grey level, or of noise.
  private static func jpegFrame(_ level: UInt8?) throws -> [UInt8] {
    let noise = (0..<64).map { UInt8(truncatingIfNeeded: $0 &* 97 &+ $0 &* $0 &* 31) }
    let samples = level.map { [UInt8](repeating: $0, count: 64) } ?? noise
    let image = Image(width: 8, height: 8, pixels: .uint8(samples))
    var description = ObjectDescription(.secondaryCapture, seed: "frame")
    description.compression = .jpegLossless
    let bytes = try DICOMWriter.encode([image], description)
    let start = bytes.indices.first { bytes[$0...].starts(with: [0xFF, 0xD8, 0xFF]) } ?? 0
    return Array(bytes[start..<(bytes.count - 8)])
  }
}
