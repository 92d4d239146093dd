import Imaging
import Testing

@testable import Codecs

/// JPEG 2000: what was coded losslessly comes back, signs and odd precisions included.
struct JPEG2000Tests {
  static let cases: [(PixelBuffer, Int)] = {
    let values = (0..<(37 * 19)).map { $0 * 7919 % 65536 }
    return [
      (.uint8(values.map { UInt8($0 >> 8) }), 8),
      (.uint8(values.map { UInt8($0 >> 15) }), 1),
      (.int8(values.map { Int8(($0 >> 8) - 128) }), 8),
      (.uint16(values.map { UInt16($0) }), 16),
      (.uint16(values.map { UInt16($0 >> 4) }), 12),
      (.int16(values.map { Int16($0 - 32768) }), 16),
      (.int16(values.map { Int16(($0 >> 4) - 2048) }), 12),
    ]
  }()

  @Test(arguments: 0..<7) func samplesComeBack(index: Int) throws {
    let (pixels, precision) = Self.cases[index]
    let bytes = try JPEG2000Codec.encode(
      pixels, width: 37, height: 19, samplesPerPixel: 1, precision: precision)
    let decoded = try JPEG2000Codec.decode(bytes)
    #expect(decoded.pixels == pixels)
    #expect(decoded.precision == precision)
    #expect(decoded.isSigned == pixels.isSigned)
    let header = try ImageCodec.header(of: bytes)
    #expect((header.width, header.height, header.precision) == (37, 19, precision))
    let image = try ImageCodec.image(from: bytes)
    // A picture's signed values are shown from their smallest on.
    let shift = pixels.isSigned ? Float(1 << (precision - 1)) : 0
    #expect(image.pixels.floats() == pixels.floats().map { $0 + shift })
    #expect(image.bitsStored == precision && !image.pixels.isSigned)
  }

  @Test(arguments: [(1, 1), (5, 64), (33, 2)]) func colourComesBack(size: (Int, Int)) throws {
    let samples = (0..<(size.0 * size.1 * 3)).map { UInt8(truncatingIfNeeded: $0 * 71) }
    let bytes = try JPEG2000Codec.encode(
      .uint8(samples), width: size.0, height: size.1, samplesPerPixel: 3, precision: 8)
    #expect(try JPEG2000Codec.decode(bytes).pixels == .uint8(samples))
    #expect(try JPEG2000Codec.image(from: bytes).channels == 3)
  }

  /// Large pictures are decoded in strips, which must not show: compared with the whole at once.
  @Test(arguments: [1, 3], [2, 6]) func stripsMakeTheSamePicture(samples: Int, strips: Int) throws {
    let (width, height) = (75, 700)
    let values = (0..<(width * height * samples)).map { UInt16(truncatingIfNeeded: $0 * $0 / 7) }
    let bytes = try JPEG2000Codec.encode(
      .uint16(values), width: width, height: height, samplesPerPixel: samples, precision: 16)
    let header = try JPEG2000Header(of: bytes)
    func decode(_ bytes: [UInt8], strips: Int) throws -> JPEG2000Pixels {
      try bytes.withUnsafeBytes { try OpenJPEG.decode($0, header, strips: strips) }
    }
    let whole = try decode(bytes, strips: 1)
    #expect(whole.pixels == .uint16(values))
    #expect(try decode(bytes, strips: strips).pixels == whole.pixels)
    let cut = Array(bytes[..<(bytes.count - 200)])
    #expect(throws: CodecError.self) { try decode(cut, strips: strips) }
  }

  /// Regression: the product of rows and columns of tiles has more than 64 bits, and the program
  /// stopped.
  @Test func moreTilesThanCanBeCountedAreRefused() throws {
    var bytes = try JPEG2000Codec.encode(
      .uint8([1, 2, 3, 4]), width: 2, height: 2, samplesPerPixel: 1, precision: 8)
    // SIZ from byte 8 on: the grid's size, offset, and the tiles' size, 1 x 1.
    for position in 8..<16 { bytes[position] = 0xFF }
    for position in 24..<32 { bytes[position] = position % 4 == 3 ? 1 : 0 }
    #expect(throws: CodecError.self) { try ImageCodec.header(of: bytes) }
    #expect(throws: CodecError.self) { try ImageCodec.image(from: bytes) }
  }

  /// Regression: the header told of one channel where the picture has the colours of a palette.
  @Test func aPaletteTellsItsColours() throws {
    let codestream = try JPEG2000Codec.encode(
      .uint8([0, 1]), width: 2, height: 1, samplesPerPixel: 1, precision: 1)
    let size = Self.box("ihdr", [0, 0, 0, 1, 0, 0, 0, 2, 0, 1, 0, 7, 0, 0])
    let colours = Self.box("colr", [1, 0, 0, 0, 0, 0, 16])
    let palette = Self.box("pclr", [0, 2, 3, 7, 7, 7, 10, 20, 30, 40, 50, 60])
    let mapping = Self.box("cmap", [0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 1, 2])
    // The box of the codestream reaches to the end.
    let end = [0, 0, 0, 0] + Array("jp2c".utf8) + codestream
    let file = Self.start + Self.box("jp2h", size + colours + palette + mapping) + end
    let header = try ImageCodec.header(of: file)
    #expect((header.channels, header.samplesPerPixel, header.precision) == (3, 3, 8))
    #expect(try ImageCodec.decode(file).pixels == .uint8([10, 20, 30, 40, 50, 60]))
    let plain = try ImageCodec.header(of: Self.start + Self.box("jp2h", size + colours) + end)
    #expect((plain.channels, plain.samplesPerPixel, plain.precision) == (1, 1, 1))
  }

  /// Regression: a channel whose meaning is not specified was taken for opacity, and so was the last of
  /// four of which nothing is said: the picture was multiplied by it.
  @Test(arguments: [
    (nil, [200, 150, 100]), (0, [200, 150, 100]), (1, [31, 24, 16]), (65535, [200, 150, 100]),
  ])
  func onlyWhatIsStatedToBeOpacityIsApplied(type: Int?, shown: [UInt8]) throws {
    var file = Self.start
    let channels = [[0, 0, 1], [1, 0, 2], [2, 0, 3], [3, type ?? 0, type == 0 ? 4 : 0]]
    let definition = [[4]] + channels
    let words = definition.flatMap { $0 }.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    let size = Self.box("ihdr", [0, 0, 0, 1, 0, 0, 0, 1, 0, 4, 7, 7, 0, 0])
    let colours = Self.box("colr", [1, 0, 0, 0, 0, 0, 16])
    let meaning = type == nil ? [] : Self.box("cdef", words)
    file += Self.box("jp2h", size + colours + meaning)
    let planes = [200, 150, 100, 40].map { [Int32($0)] }
    file += Self.box(
      "jp2c",
      try OpenJPEG.encode(
        JPEG2000Planes(width: 1, height: 1, precision: 8, isSigned: false, components: planes)))
    let image = try ImageCodec.image(from: file)
    #expect(image.pixels == .uint8(shown))
    #expect(image.attributes.warnings.count == (type == 1 ? 0 : 1))
    #expect(try ImageCodec.decode(file).pixels == .uint8([200, 150, 100, 40]))
  }

  /// The library forgets the type of a channel that it moves behind the colours.
  @Test func opacityMayComeBeforeTheColours() throws {
    let words: [UInt8] = [4, 0, 1, 0, 1, 0, 1, 2, 0, 2, 3, 0, 3].flatMap { [0, $0] }
    let header =
      Self.box("ihdr", [0, 0, 0, 1, 0, 0, 0, 1, 0, 4, 7, 7, 0, 0])
      + Self.box("colr", [1, 0, 0, 0, 0, 0, 16]) + Self.box("cdef", words)
    let planes = [51, 255, 100, 0].map { [Int32($0)] }
    let codestream = try OpenJPEG.encode(
      JPEG2000Planes(width: 1, height: 1, precision: 8, isSigned: false, components: planes))
    let file = Self.start + Self.box("jp2h", header) + Self.box("jp2c", codestream)
    let image = try ImageCodec.image(from: file)
    #expect(image.pixels == .uint8([51, 20, 0]) && image.attributes.warnings.isEmpty)
  }

  private static func box(_ name: String, _ content: [UInt8]) -> [UInt8] {
    [0, 0, 0, UInt8(content.count + 8)] + Array(name.utf8) + content
  }

  private static let start =
    box("jP  ", [0x0D, 0x0A, 0x87, 0x0A]) + box("ftyp", Array("jp2 \0\0\0\0jp2 ".utf8))

  @Test func valuesOverThePrecisionAreRefused() {
    #expect(throws: CodecError.self) {
      try JPEG2000Codec.encode(
        .uint16([4096]), width: 1, height: 1, samplesPerPixel: 1, precision: 12)
    }
  }

  private func picture(
    _ pixels: PixelBuffer, samples: Int, _ space: JPEG2000Pixels.Space, isSigned: Bool = false,
    _ opacity: JP2Boxes.Opacity = .straight
  ) -> JPEG2000Pixels {
    JPEG2000Pixels(
      width: 1, height: 1, samples: samples, precision: 8, isSigned: isSigned,
      extra: samples - 1, opacity: opacity, space: space,
      pixels: pixels)
  }

  /// The lower half was shown black.
  @Test func signedValuesAreShownFromTheirSmallestOn() throws {
    let signed = picture(.int8([-128, 0, 127]), samples: 3, .plain, isSigned: true)
    #expect(try JPEG2000Display.shown(signed, .jp2).pixels == .uint8([0, 128, 255]))
  }

  @Test func inksAndAlphaOfJP2AreResolvedAndOtherColoursRefused() throws {
    let inks = picture(.uint8([0, 255, 100, 51]), samples: 4, .inks)
    #expect(try JPEG2000Display.shown(inks, .jp2).pixels == .uint8([204, 0, 124]))
    let straight = picture(.uint8([255, 100, 0, 51]), samples: 4, .plain)
    #expect(try JPEG2000Display.shown(straight, .jp2).pixels == .uint8([51, 20, 0]))
    let laid = picture(.uint8([255, 100, 0, 51]), samples: 4, .plain, .premultiplied)
    #expect(try JPEG2000Display.shown(laid, .jp2).pixels == .uint8([255, 100, 0]))
    #expect(throws: CodecError.self) {
      try JPEG2000Display.shown(picture(.uint8([1, 2, 3]), samples: 3, .other("CIELab")), .jp2)
    }
  }

  /// Regression: a component of fewer samples was stretched over a width that is no multiple of its
  /// distance, where each of its samples lies on so many columns.
  @Test func samplesFarApartAreRepeatedNotStretched() throws {
    guard case .uint8(let samples) = try JPEG2000Codec.decode(Self.quartered).pixels else {
      Issue.record("samples of 8 bits are due")
      return
    }
    let row = [94, 94, 94, 94, 200] as [UInt8]
    #expect(stride(from: 1, to: samples.count, by: 3).map { samples[$0] } == row + row + row)
  }

  /// Lossless, 5 x 3 pixels of 8 bits, the second and third component at every fourth column and second
  /// row, by OpenJPEG.
  private static let quartered: [UInt8] = [
    0xFF, 0x4F, 0xFF, 0x51, 0x00, 0x2F, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05, 0x00, 0x00, 0x00,
    0x03, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05, 0x00, 0x00,
    0x00, 0x03, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x07, 0x01, 0x01,
    0x07, 0x04, 0x04, 0x07, 0x04, 0x04, 0xFF, 0x52, 0x00, 0x0C, 0x00, 0x00, 0x00, 0x01, 0x00,
    0x01, 0x04, 0x04, 0x00, 0x01, 0xFF, 0x5C, 0x00, 0x07, 0x40, 0x40, 0x48, 0x48, 0x50, 0xFF,
    0x64, 0x00, 0x25, 0x00, 0x01, 0x43, 0x72, 0x65, 0x61, 0x74, 0x65, 0x64, 0x20, 0x62, 0x79,
    0x20, 0x4F, 0x70, 0x65, 0x6E, 0x4A, 0x50, 0x45, 0x47, 0x20, 0x76, 0x65, 0x72, 0x73, 0x69,
    0x6F, 0x6E, 0x20, 0x32, 0x2E, 0x35, 0x2E, 0x30, 0xFF, 0x90, 0x00, 0x0A, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x42, 0x00, 0x01, 0xFF, 0x93, 0xCF, 0xB4, 0x1C, 0x0E, 0x3F, 0x6E, 0xD3, 0x94,
    0xD5, 0x1B, 0xC3, 0xE7, 0x04, 0x04, 0x1F, 0xCF, 0xB4, 0x08, 0x01, 0xCF, 0xCF, 0xC0, 0x16,
    0x3E, 0xD0, 0x48, 0x7D, 0xA0, 0x60, 0x0E, 0x9E, 0xC5, 0xEF, 0x45, 0x00, 0xB2, 0x7A, 0xBF,
    0x03, 0x5D, 0xA7, 0xC7, 0xDA, 0x04, 0x01, 0x87, 0xC0, 0xF9, 0x01, 0x00, 0x01, 0x7F, 0xFF,
    0xD9,
  ]
}
