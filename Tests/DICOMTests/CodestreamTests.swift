import Codecs
import DICOM
import Files
import Imaging
import Testing

/// Codestreams that the public test suites do not hold, each written by another encoder.
struct CodestreamTests {
  private func object(_ syntax: String, columns: Int, rows: Int, allocated: Int, stored: Int)
    -> TestObject
  {
    var object = TestObject(transferSyntax: "1.2.840.10008.1.2.4." + syntax)
    object.describe(columns: columns, rows: rows, allocated: allocated, stored: stored)
    return object
  }

  /// Regression: JPEG-LS of an odd number of bytes was refused: DCMTK wants room for whole words.
  @Test func jpegLSOfAnOddNumberOfBytes() throws {
    var object = object("80", columns: 3, rows: 3, allocated: 8, stored: 8)
    object.encapsulated([Self.ninePixels])
    let expected: [UInt8] = [0, 255, 7, 200, 3, 9, 1, 2, 250]
    #expect(try object.file().storedFrame(0).pixels == .uint8(expected))
  }

  /// Regression: what a lossy codestream of 16 bits puts above 4095 turned from white to black.
  @Test func lossySamplesBesideTheirBitsAreLimited() throws {
    var object = object("81", columns: 4, rows: 4, allocated: 16, stored: 12)
    object.encapsulated([Self.nearlyLossless])
    let expected: [UInt16] = [
      7, 4095, 7, 4095, 4095, 4095, 4095, 4095, 7, 4095, 1, 4092, 4095, 4095, 4095, 4095,
    ]
    #expect(try object.file().storedFrame(0).pixels == .uint16(expected))
  }

  /// Lossless JPEG 2000, and lossless JPEG where `syntax` says so, of a row of samples.
  private func row(
    _ pixels: PixelBuffer, precision: Int, stored: Int, isSigned: Bool = false,
    syntax: String = "90", overlay: Bool = false
  ) throws -> DICOMFile {
    var object = object(syntax, columns: pixels.count, rows: 1, allocated: 16, stored: stored)
    object.us(0x28, 0x0103, [isSigned ? 1 : 0])
    if overlay {
      object.us(0x6000, 0x0010, [1])
      object.us(0x6000, 0x0102, [stored])
    }
    object.encapsulated([
      try JPEG2000Codec.encode(
        pixels, width: pixels.count, height: 1, samplesPerPixel: 1, precision: precision)
    ])
    return try object.file()
  }

  /// Regression: values that need more bits than Bits Stored wrapped in silence.
  @Test(arguments: ["90", "91", "201"])
  func samplesOfMoreBitsThanStoredAreKeptAndTold(_ syntax: String) throws {
    let values: [UInt16] = [64, 1280, 4032]
    let file = try row(.uint16(values), precision: 12, stored: 10, syntax: syntax)
    let stored = try file.storedFrame(0)
    #expect(stored.pixels == .uint16(values) && stored.bitsStored == 12)
    #expect(stored.remarks.count == 1)
    let image = try file.image(0)
    #expect(image.pixels == .uint16(values) && image.bitsStored == 12)
    #expect(image.attributes.warnings.contains { $0.contains("12 bits") })
  }

  /// Regression: the same of JPEG-LS and lossless JPEG.
  @Test func samplesOfMoreBitsThanStoredAreKeptInJPEGToo() throws {
    var object = object("80", columns: 3, rows: 3, allocated: 8, stored: 6)
    object.encapsulated([Self.ninePixels])
    let stored = try object.file().storedFrame(0)
    #expect(stored.pixels == .uint8([0, 255, 7, 200, 3, 9, 1, 2, 250]))
    #expect(stored.bitsStored == 8 && stored.remarks.count == 1)
    let pixels = PixelBuffer.uint16([64, 1280, 4032])
    var description = ObjectDescription(.secondaryCapture, seed: "wider")
    description.compression = .jpegLossless
    var bytes = try DICOMWriter.encode([Image(width: 3, height: 1, pixels: pixels)], description)
    // Bits Stored and High Bit.
    for (tag, value) in [(0x01, 10), (0x02, 9)] as [(UInt8, UInt8)] {
      let element: [UInt8] = [0x28, 0, tag, 1, 0x55, 0x53, 2, 0]
      let start = try #require(
        bytes.indices.first { bytes[$0...].starts(with: element) && bytes[$0 + 8] > 8 })
      bytes[start + 8] = value
    }
    let lossless = try DICOMFile(FileBytes(bytes)).storedFrame(0)
    #expect(lossless.pixels == pixels && lossless.bitsStored == 16)
  }

  @Test func samplesThatFitBitsStoredAreAsDeclared() throws {
    let plain = try row(.uint16([0, 1023]), precision: 16, stored: 10).storedFrame(0)
    #expect(plain.pixels == .uint16([0, 1023]) && plain.bitsStored == 10 && plain.remarks.isEmpty)
    // Signed samples, as numbers, and as bit patterns with and without an extended sign.
    let number = PixelBuffer.int16([-512, 511])
    for pixels in [number, .uint16([0xFE00, 511]), .uint16([0x200, 511])] {
      let stored = try row(pixels, precision: 16, stored: 10, isSigned: true).storedFrame(0)
      #expect(stored.pixels == number && stored.remarks.isEmpty)
    }
    let wide = try row(.int16([-513, 600]), precision: 16, stored: 10, isSigned: true)
    #expect(try wide.storedFrame(0).pixels == .int16([-513, 600]))
    // Overlays in the bits above the sample are no part of it.
    let overlay = try row(.uint16([0x400, 0x401]), precision: 16, stored: 10, overlay: true)
    #expect(try overlay.storedFrame(0).pixels == .uint16([0, 1]))
  }

  @Test(arguments: ["201", "202", "203"], [[190], [50, 140], [2, 188]])
  func highThroughputJPEG2000(_ syntax: String, _ fragments: [Int]) throws {
    var object = object(syntax, columns: 8, rows: 8, allocated: 8, stored: 8)
    var parts = [[UInt8]]()
    for length in fragments {
      let start = parts.reduce(0) { $0 + $1.count }
      parts.append(Array(Self.highThroughput[start..<(start + length)]))
    }
    object.encapsulated(parts)
    let expected = (0..<64).map { UInt8(3 * $0) }
    #expect(try object.file().storedFrame(0).pixels == .uint8(expected))
  }

  /// Regression: what looks like a scan header inside another segment made the repair of scan headers
  /// write into sound entropy-coded data.
  @Test func aScanHeaderInsideACommentIsNone() throws {
    let samples = (0..<256).map { UInt8(truncatingIfNeeded: $0 * $0 / 3) }
    let plain = try JPEGCodec.encode(Image(width: 16, height: 16, pixels: .uint8(samples)))
    func decode(_ frame: [UInt8]) throws -> PixelBuffer {
      var object = object("50", columns: 16, rows: 16, allocated: 8, stored: 8)
      object.encapsulated([frame])
      return try object.file().storedFrame(0).pixels
    }
    // A length that ends in the middle of the picture's data.
    let reach = plain.count - 30
    let comment: [UInt8] = [0xFF, 0xFE, 0, 6, 0xFF, 0xDA, UInt8(reach >> 8), UInt8(reach & 0xFF)]
    #expect(try decode(plain[..<2] + comment + plain[2...]) == decode(plain))
  }

  /// Regression: a palette gives three samples of the one component that the header counts, and the
  /// program stopped.
  @Test(arguments: ["MONOCHROME2", "PALETTE COLOR", "RGB"])
  func aPaletteInsideTheCodestreamMakesColours(_ photometric: String) throws {
    let codestream = try JPEG2000Codec.encode(
      .uint8([0, 1, 1, 0]), width: 2, height: 2, samplesPerPixel: 1, precision: 8)
    func box(_ name: String, _ content: [UInt8]) -> [UInt8] {
      let length = content.count + 8
      return [0, 0, UInt8(length >> 8), UInt8(length & 0xFF)] + Array(name.utf8) + content
    }
    let header =
      box("ihdr", [0, 0, 0, 2, 0, 0, 0, 2, 0, 1, 7, 7, 0, 0]) + box("colr", [1, 0, 0, 0, 0, 0, 16])
      + box("pclr", [0, 2, 3, 7, 7, 7, 10, 20, 30, 40, 50, 60])
      + box("cmap", [0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 1, 2])
    let file =
      box("jP  ", [0x0D, 0x0A, 0x87, 0x0A]) + box("ftyp", Array("jp2 \0\0\0\0jp2 ".utf8))
      + box("jp2h", header) + box("jp2c", codestream)
    var object = TestObject(transferSyntax: "1.2.840.10008.1.2.4.90")
    object.describe(
      columns: 2, rows: 2, samples: photometric == "RGB" ? 3 : 1, photometric: photometric,
      allocated: 8)
    object.encapsulated([file])
    guard photometric != "RGB" else {
      let colours: [UInt8] = [10, 20, 30, 40, 50, 60, 40, 50, 60, 10, 20, 30]
      #expect(try object.file().storedFrame(0).pixels == .uint8(colours))
      return
    }
    let error = #expect(throws: DICOMError.self) { try object.file().storedFrame(0) }
    #expect(error?.description.contains("samples a pixel") == true)
  }

  /// Regression: sixteen segments do not fit the header, and the program stopped.
  @Test func moreRunLengthSegmentsThanTheHeaderHoldsAreRefused() throws {
    var object = TestObject(transferSyntax: "1.2.840.10008.1.2.5")
    object.describe(columns: 1, rows: 1, samples: 4, photometric: "CMYK", allocated: 32)
    let header = [16] + [Int](repeating: 64, count: 15)
    object.encapsulated([header.flatMap { object.number(UInt32($0)) } + [0, 1]])
    let error = #expect(throws: DICOMError.self) { try object.file().storedFrame(0) }
    #expect(error?.description.contains("16 RLE segments") == true)
  }

  /// Lossless, 3 x 3 pixels of 8 bits, by CharLS.
  private static let ninePixels: [UInt8] = [
    0xFF, 0xD8, 0xFF, 0xE8, 0x00, 0x20, 0x53, 0x50, 0x49, 0x46, 0x46, 0x00, 0x02, 0x00, 0x00,
    0x01, 0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00, 0x03, 0x0A, 0x08, 0x06, 0x01, 0x00, 0x00,
    0x01, 0x2C, 0x00, 0x00, 0x01, 0x2C, 0xFF, 0xE8, 0x00, 0x08, 0x00, 0x00, 0x00, 0x01, 0xFF,
    0xD8, 0xFF, 0xF7, 0x00, 0x0B, 0x08, 0x00, 0x03, 0x00, 0x03, 0x01, 0x01, 0x11, 0x00, 0xFF,
    0xDA, 0x00, 0x08, 0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0xA0, 0xE0, 0x00, 0x00, 0x2D, 0xCE,
    0x70, 0x00, 0x00, 0x16, 0xEC, 0x07, 0xFF, 0xD9,
  ]

  /// Near-lossless (3), 4 x 4 pixels of 16 bits whose values lie below 4095, by CharLS.
  private static let nearlyLossless: [UInt8] = [
    0xFF, 0xD8, 0xFF, 0xE8, 0x00, 0x20, 0x53, 0x50, 0x49, 0x46, 0x46, 0x00, 0x02, 0x00, 0x00,
    0x01, 0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x04, 0x0A, 0x10, 0x06, 0x01, 0x00, 0x00,
    0x01, 0x2C, 0x00, 0x00, 0x01, 0x2C, 0xFF, 0xE8, 0x00, 0x08, 0x00, 0x00, 0x00, 0x01, 0xFF,
    0xD8, 0xFF, 0xF7, 0x00, 0x0B, 0x10, 0x00, 0x04, 0x00, 0x04, 0x01, 0x01, 0x11, 0x00, 0xFF,
    0xF8, 0x00, 0x0D, 0x01, 0xFF, 0xFF, 0x00, 0x1B, 0x00, 0x52, 0x01, 0x29, 0x00, 0x40, 0xFF,
    0xDA, 0x00, 0x08, 0x01, 0x01, 0x00, 0x03, 0x00, 0x00, 0x40, 0x43, 0x1E, 0x19, 0x02, 0x8F,
    0x0C, 0x84, 0x00, 0x32, 0x10, 0x00, 0x04, 0x79, 0x48, 0x00, 0x12, 0x05, 0x20, 0x00, 0x90,
    0x80, 0x14, 0x94, 0x00, 0xFF, 0xD9,
  ]

  /// Reversible HTJ2K, 8 x 8 pixels of 8 bits, by OpenJPH.
  private static let highThroughput: [UInt8] = [
    0xFF, 0x4F, 0xFF, 0x51, 0x00, 0x29, 0x40, 0x00, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00,
    0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00,
    0x00, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x07, 0x01, 0x01,
    0xFF, 0x50, 0x00, 0x08, 0x00, 0x02, 0x00, 0x00, 0x00, 0x02, 0xFF, 0x52, 0x00, 0x0C, 0x00,
    0x02, 0x00, 0x01, 0x00, 0x05, 0x04, 0x04, 0x40, 0x01, 0xFF, 0x5C, 0x00, 0x13, 0x20, 0x48,
    0x50, 0x50, 0x50, 0x50, 0x50, 0x50, 0x50, 0x50, 0x50, 0x50, 0x50, 0x50, 0x48, 0x48, 0x48,
    0xFF, 0x64, 0x00, 0x17, 0x00, 0x01, 0x4F, 0x70, 0x65, 0x6E, 0x4A, 0x50, 0x48, 0x20, 0x56,
    0x65, 0x72, 0x20, 0x30, 0x2E, 0x32, 0x36, 0x2E, 0x33, 0x2E, 0xFF, 0x90, 0x00, 0x0A, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x49, 0x00, 0x01, 0xFF, 0x93, 0xC0, 0x25, 0x83, 0x01, 0x07, 0x74,
    0x00, 0x00, 0x00, 0xC0, 0x12, 0xC0, 0x12, 0x80, 0xFA, 0x00, 0xC7, 0x74, 0x00, 0xDA, 0x01,
    0x07, 0x74, 0x00, 0xC0, 0x12, 0xC0, 0x13, 0x00, 0xE4, 0x00, 0x42, 0x74, 0x00, 0x6A, 0xF5,
    0x00, 0x23, 0x54, 0x00, 0xC0, 0x25, 0x80, 0x54, 0x80, 0x00, 0xA9, 0xE2, 0x74, 0x00, 0xAE,
    0x73, 0xEE, 0xC0, 0x00, 0x01, 0xEC, 0xB6, 0x00, 0xFF, 0xD9,
  ]
}
