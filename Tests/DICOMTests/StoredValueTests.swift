import DICOM
import Files
import Imaging
import Testing

/// Samples come out as the standard says they lie in their cells.
struct StoredValueTests {
  @Test func highBitElsewhereAndOverlayBitsBeside() throws {
    // 12 bits at the top of 16, the low 4 bits used by something else.
    let object = TestObject(
      grey: [0x1F, 0xAB, 0xF0, 0xFF], columns: 2, rows: 1, allocated: 16, stored: 12, high: 15)
    #expect(try object.file().storedFrame(0).pixels == .uint16([0xAB1, 0xFFF]))
  }

  @Test func signIsExtendedFromTheStoredBits() throws {
    let object = TestObject(
      grey: [0xFF, 0x0F, 0x00, 0x08, 0xFF, 0x07], columns: 3, rows: 1, allocated: 16, stored: 12,
      isSigned: true)
    #expect(try object.file().storedFrame(0).pixels == .int16([-1, -2048, 2047]))
  }

  @Test func signedBytesAndLongWords() throws {
    let bytes = TestObject(
      grey: [0x80, 0x7F], columns: 2, rows: 1, allocated: 8, isSigned: true)
    #expect(try bytes.file().storedFrame(0).pixels == .int8([-128, 127]))
    let long = TestObject(
      grey: [0, 0, 0, 0x80, 0xFE, 0xFF, 0xFF, 0xFF], columns: 2, rows: 1, allocated: 32)
    #expect(try long.file().storedFrame(0).pixels == .uint32([0x8000_0000, 0xFFFF_FFFE]))
  }

  @Test func framesOfSingleBitsDoNotStartAtBytes() throws {
    // Frames of 3 x 1 bits, least significant first: 101, 011, 100.
    var object = TestObject(
      grey: [0b01110101, 0b0], columns: 3, rows: 1, allocated: 1)
    object.text(0x28, 0x0008, "IS", "3")
    let file = try object.file()
    #expect(try file.storedFrame(0).pixels == .uint8([1, 0, 1]))
    #expect(try file.storedFrame(1).pixels == .uint8([0, 1, 1]))
    #expect(try file.storedFrame(2).pixels == .uint8([1, 0, 0]))
  }

  @Test func packedTwelveBitCells() throws {
    let object = TestObject(grey: [0x23, 0x61, 0x45, 0], columns: 2, rows: 1, allocated: 12)
    #expect(try object.file().storedFrame(0).pixels == .uint16([0x123, 0x456]))
  }

  /// Regression: the words that packed cells lie in were not turned.
  @Test func packedCellsOfBigEndianWords() throws {
    let twelve = TestObject(
      grey: [0x61, 0x23, 0, 0x45], columns: 2, rows: 1, allocated: 12, .explicitBig,
      transferSyntax: "1.2.840.10008.1.2.2")
    #expect(try twelve.file().storedFrame(0).pixels == .uint16([0x123, 0x456]))
  }

  /// Regression: a file that states halved colour differences, holds all samples, and lacks frames
  /// was taken for one of halved ones.
  @Test func halvedColourIsToldByTheLength() throws {
    func object(frames: Int, _ bytes: Int) -> TestObject {
      var object = TestObject()
      object.describe(
        columns: 2, rows: 1, samples: 3, photometric: "YBR_FULL_422", allocated: 8)
      object.text(0x28, 0x0008, "IS", String(frames))
      object.set(0x7FE0, 0x0010, "OB", (0..<bytes).map { UInt8($0) })
      return object
    }
    let halved = try object(frames: 3, 12).file()
    #expect(try halved.storedFrame(1).pixels == .uint8([4, 6, 7, 5, 6, 7]))
    let full = try object(frames: 3, 18).file()
    #expect(try full.storedFrame(1).pixels == .uint8([6, 7, 8, 9, 10, 11]))
    #expect(throws: DICOMError.self) { try object(frames: 4, 18).file() }
  }

  /// Regression: the first third of a colour picture was shown grey.
  @Test func colourSaysHowManySamplesAPixelHas() throws {
    var object = TestObject()
    object.describe(columns: 1, rows: 1, samples: 3, photometric: "RGB", allocated: 8)
    object.set(0x7FE0, 0x0010, "OB", [1, 2, 3, 0])
    let image = try object.withoutFirst(0x28, 0x0002).file().image(0)
    #expect(image.pixels == .uint8([1, 2, 3]) && image.isColor)
  }

  @Test func bigEndianWordsHoldPairsOfBytes() throws {
    let words = TestObject(
      grey: [2, 1, 4, 3], columns: 3, rows: 1, allocated: 8, .explicitBig,
      transferSyntax: "1.2.840.10008.1.2.2")
    #expect(try words.file().storedFrame(0).pixels == .uint8([1, 2, 3]))
    let samples = TestObject(
      grey: [1, 2, 3, 4], columns: 2, rows: 1, allocated: 16, .explicitBig,
      transferSyntax: "1.2.840.10008.1.2.2")
    #expect(try samples.file().storedFrame(0).pixels == .uint16([0x0102, 0x0304]))
  }

  @Test func floatingPointPixelData() throws {
    var object = TestObject()
    object.describe(columns: 2, rows: 1, allocated: 32)
    let values: [Float] = [1.5, -2.25e10]
    object.set(0x7FE0, 0x0008, "OF", values.flatMap { object.number($0.bitPattern) })
    #expect(try object.file().storedFrame(0).pixels == .float32(values))
    var double = TestObject()
    double.describe(columns: 1, rows: 1, allocated: 64)
    double.set(0x7FE0, 0x0009, "OD", double.number((0.1).bitPattern))
    #expect(try double.file().storedFrame(0).pixels == .float64([0.1]))
  }

  @Test func planesAreInterleaved() throws {
    var object = TestObject()
    object.describe(columns: 2, rows: 1, samples: 3, photometric: "RGB", allocated: 8)
    object.us(0x28, 0x0006, [1])
    object.set(0x7FE0, 0x0010, "OB", [1, 2, 3, 4, 5, 6])
    #expect(try object.file().storedFrame(0).pixels == .uint8([1, 3, 5, 2, 4, 6]))
  }

  @Test func halfTheColourDifferencesAreRepeated() throws {
    var object = TestObject()
    object.describe(columns: 2, rows: 2, samples: 3, photometric: "YBR_FULL_422", allocated: 8)
    object.set(0x7FE0, 0x0010, "OB", [10, 11, 100, 200, 12, 13, 101, 201])
    let stored = try object.file().storedFrame(0)
    #expect(
      stored.pixels == .uint8([10, 100, 200, 11, 100, 200, 12, 101, 201, 13, 101, 201]))
    #expect(stored.isYBR)
  }

  @Test func fullColourDeclaredAsHalf() throws {
    var object = TestObject()
    object.describe(columns: 2, rows: 1, samples: 3, photometric: "YBR_FULL_422", allocated: 8)
    object.set(0x7FE0, 0x0010, "OB", [1, 2, 3, 4, 5, 6])
    #expect(try object.file().storedFrame(0).pixels == .uint8([1, 2, 3, 4, 5, 6]))
  }

  @Test func integersOf64BitsAreRefused() throws {
    let object = TestObject(
      grey: [UInt8](repeating: 0, count: 8), columns: 1, rows: 1, allocated: 64)
    #expect(throws: DICOMError.unsupported(what: "integer samples of 64 bits")) {
      try object.file().storedFrame(0)
    }
  }
}
