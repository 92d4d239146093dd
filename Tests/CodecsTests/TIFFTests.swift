import Codecs
import Imaging
import Testing

/// TIFF: stored values of every width, layout and byte order, and the picture they make.
struct TIFFTests {
  typealias Page = TIFFBuilder.Page

  @Test(arguments: [false, true], [false, true])
  func bothByteOrdersAndSizesOfOffsetsAreRead(isLittle: Bool, isBig: Bool) throws {
    var builder = TIFFBuilder()
    builder.isLittle = isLittle
    builder.isBig = isBig
    let values = [1, 513, 65535, 0, 4096, 77]
    builder.pages = [
      Page(
        width: 3, height: 2, bits: 16, rowsPerStrip: 1,
        strips: [0, 3].map { row in (0..<3).flatMap { builder.number(values[row + $0], 2) } })
    ]
    let decoded = try ImageCodec.decode(builder.bytes())
    #expect(decoded.pixels == .uint16(values.map { UInt16($0) }))
    #expect((decoded.width, decoded.height, decoded.precision) == (3, 2, 16))
  }

  /// Three samples, most significant bit first, the row padded to a byte.
  @Test(arguments: [
    (1, [1, 0, 1]), (2, [3, 0, 2]), (4, [15, 1, 8]), (8, [255, 0, 7]), (10, [1023, 1, 512]),
    (12, [4095, 1, 2048]), (14, [1, 16383, 9000]), (20, [1, 0xFFFFF, 0x81234]),
  ]) func packedSamplesAreUnpacked(bits: Int, values: [Int]) throws {
    var row = values.flatMap { value in (0..<bits).reversed().map { value >> $0 & 1 } }
    row += [Int](repeating: 0, count: (8 - row.count % 8) % 8)
    let bytes = stride(from: 0, to: row.count, by: 8).map { start in
      UInt8(row[start..<(start + 8)].reduce(0) { $0 << 1 | $1 })
    }
    let file = TIFFBuilder(Page(width: 3, height: 1, bits: bits, strips: [bytes])).bytes()
    let decoded = try ImageCodec.decode(file)
    #expect(decoded.pixels.floats() == values.map { Float($0) })
    #expect(decoded.precision == bits)
    #expect(try ImageCodec.image(from: file).bitsStored == bits)
  }

  @Test func signedAndFloatingPointSamplesAreRead() throws {
    func decode(_ bits: Int, _ format: Int, _ bytes: [UInt8]) throws -> PixelBuffer {
      let more = [(tag: 339, type: 3, values: [format])]
      let page = Page(
        width: bytes.count * 8 / bits, height: 1, bits: bits, strips: [bytes], more: more)
      return try ImageCodec.decode(TIFFBuilder(page).bytes()).pixels
    }
    #expect(try decode(8, 2, [0xFF, 1]) == .int8([-1, 1]))
    #expect(try decode(16, 2, [0xFE, 0xFF]) == .int16([-2]))
    #expect(try decode(4, 2, [0x7F]) == .int8([7, -1]))
    #expect(try decode(32, 1, [1, 2, 3, 0x84]) == .uint32([0x8403_0201]))
    #expect(try decode(32, 2, [0xFD, 0xFF, 0xFF, 0xFF]) == .int32([-3]))
    #expect(try decode(32, 3, [0, 0, 0xC0, 0x3F]) == .float32([1.5]))
    #expect(try decode(64, 3, [0, 0, 0, 0, 0, 0, 0xF8, 0x3F]) == .float64([1.5]))
    #expect(throws: CodecError.self) { try decode(16, 3, [0, 0]) }
    #expect(throws: CodecError.self) { try decode(64, 1, [0, 0, 0, 0, 0, 0, 0, 0]) }
  }

  /// 20 x 18 in tiles of 16 x 16, by pixel and by plane.
  @Test(arguments: [1, 2]) func tilesAndPlanesAreAssembled(planar: Int) throws {
    func sample(_ x: Int, _ y: Int, _ channel: Int) -> UInt8 {
      x < 20 && y < 18 ? UInt8((x * 11 + y * 3 + channel * 17) & 255) : 0xEE
    }
    var tiles: [[UInt8]] = []
    for plane in 0..<(planar == 1 ? 1 : 3) {
      for (left, top) in [(0, 0), (16, 0), (0, 16), (16, 16)] {
        tiles.append(
          (0..<256).flatMap { cell in
            (planar == 1 ? 0..<3 : plane..<(plane + 1)).map {
              sample(left + cell % 16, top + cell / 16, $0)
            }
          })
      }
    }
    let page = Page(
      width: 20, height: 18, samples: 3, photometric: 2, strips: tiles,
      more: [(284, 3, [planar]), (322, 3, [16]), (323, 3, [16])])
    let decoded = try ImageCodec.decode(TIFFBuilder(page).bytes())
    let expected = (0..<(20 * 18 * 3)).map { sample($0 / 3 % 20, $0 / 60, $0 % 3) }
    #expect(decoded.pixels == .uint8(expected))
  }

  @Test func compressedStripsAreDecoded() throws {
    func decode(_ compression: Int, bits: Int = 8, _ strip: [UInt8]) throws -> PixelBuffer {
      let page = Page(width: 4, height: 2, bits: bits, compression: compression, strips: [strip])
      return try ImageCodec.decode(TIFFBuilder(page).bytes()).pixels
    }
    // PackBits: a run of four, then four as they are.
    #expect(try decode(32773, [0xFD, 9, 3, 1, 2, 3, 4]) == .uint8([9, 9, 9, 9, 1, 2, 3, 4]))
    // LZW: clear, eight literals, end, nine bits each.
    #expect(
      try decode(5, packed([256, 5, 6, 7, 8, 1, 2, 3, 4, 257], bits: 9))
        == .uint8([5, 6, 7, 8, 1, 2, 3, 4]))
    // Deflate, stored.
    let deflated: [UInt8] = [
      0x78, 1, 1, 8, 0, 0xF7, 0xFF, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0x80, 0, 0x25,
    ]
    #expect(try decode(8, deflated) == .uint8([1, 2, 3, 4, 5, 6, 7, 8]))
    // Group 4: two rows like the imaginary white one.
    #expect(try decode(4, bits: 1, [0xC0, 0x04, 0x00, 0x40]) == .uint8([0, 0, 0, 0, 0, 0, 0, 0]))
    #expect(throws: CodecError.self) { try decode(12345, [1, 2, 3]) }
    let named = #expect(throws: CodecError.self) { try decode(34712, [1, 2, 3]) }
    #expect(named?.description.contains("JPEG 2000 (34712)") == true)
  }

  @Test func jpegStripsBecomeRGB() throws {
    let rgb = Image(
      width: 16, height: 16, channels: 3,
      pixels: .uint8((0..<768).map { UInt8($0 % 3 * 60 + $0 / 48) }))
    let strip = try JPEGCodec.encode(rgb)
    let page = Page(
      width: 16, height: 16, samples: 3, photometric: 6, compression: 7, strips: [strip],
      more: [(530, 3, [1, 1])])
    let file = TIFFBuilder(page).bytes()
    #expect(try ImageCodec.decode(file).pixels == JPEGCodec.decode(strip).pixels)
    #expect(try ImageCodec.image(from: file).isColor)
  }

  @Test func pagesAreFramesAndThumbnailsAreNot() throws {
    let file = TIFFBuilder(
      Page(width: 1, height: 1, strips: [[10]]),
      Page(width: 1, height: 1, strips: [[20]], more: [(254, 4, [1])]),
      Page(width: 2, height: 1, strips: [[30, 31]]),
      Page(width: 1, height: 1, strips: [[40]], more: [(254, 4, [4])])
    ).bytes()
    #expect(try ImageCodec.header(of: file).frames == 2)
    #expect(try ImageCodec.decode(file, frame: 1).pixels == .uint8([30, 31]))
    let header = try ImageCodec.header(of: file)
    #expect(try ImageCodec.decode(file, frame: 1, header: header).pixels == .uint8([30, 31]))
    #expect(throws: CodecError.noSuchFrame(3, count: 2)) {
      try ImageCodec.image(from: file, frame: 2)
    }
    #expect(throws: CodecError.tooManyFrames(.tiff, maximumFrames: 3)) {
      try ImageCodec.header(of: file, limits: CodecLimits(maximumFrames: 3))
    }
  }

  @Test func paletteInksAlphaAndOrientationAreResolved() throws {
    func image(_ page: Page) throws -> Image {
      try ImageCodec.image(from: TIFFBuilder(page).bytes())
    }
    let inverted = try image(Page(width: 2, height: 1, photometric: 0, strips: [[1, 2]]))
    #expect(inverted.attributes.isInverted && inverted.pixels == .uint8([1, 2]))
    let colours = (0..<3).flatMap { channel in (0..<256).map { ($0 * (channel + 1) & 255) << 8 } }
    let palette = try image(
      Page(width: 2, height: 1, photometric: 3, strips: [[3, 200]], more: [(320, 3, colours)]))
    #expect(palette.pixels == .uint8([3, 6, 9, 200, 144, 88]))
    let inks = try image(
      Page(width: 1, height: 1, samples: 4, photometric: 5, strips: [[0, 255, 100, 51]]))
    #expect(inks.pixels == .uint8([204, 0, 124]))
    let straight = try image(
      Page(
        width: 1, height: 1, samples: 4, photometric: 2, strips: [[255, 100, 0, 51]],
        more: [(338, 3, [2])]))
    #expect(straight.pixels == .uint8([51, 20, 0]))
    let laid = try image(
      Page(
        width: 1, height: 1, samples: 4, photometric: 2, strips: [[255, 100, 0, 51]],
        more: [(338, 3, [1])]))
    #expect(laid.pixels == .uint8([255, 100, 0]))
    // Alpha is of light: 255 is black here, and what is transparent must be, too.
    let clear = try image(
      Page(
        width: 2, height: 1, samples: 2, photometric: 0, strips: [[55, 51, 0, 0]],
        more: [(338, 3, [2])]))
    #expect(clear.pixels == .uint8([40, 0]) && !clear.attributes.isInverted)
    let turned = try image(
      Page(width: 3, height: 2, strips: [[1, 2, 3, 4, 5, 6]], more: [(274, 3, [6])]))
    #expect((turned.width, turned.height) == (2, 3))
    #expect(turned.pixels == .uint8([4, 1, 5, 2, 6, 3]))
  }

  /// ImageJ's pixels by millimetre are the object's; an inch of paper is not.
  @Test func printResolutionIsNoSpacing() throws {
    func spacing(_ description: String, orientation: Int = 1) throws -> PixelSpacing? {
      let page = Page(
        width: 1, height: 1, strips: [[1]],
        more: [
          (270, 2, Array(description.utf8).map { Int($0) } + [0]), (274, 3, [orientation]),
          (282, 5, [20, 1]), (283, 5, [10, 1]), (296, 3, [3]),
        ])
      let file = TIFFBuilder(page).bytes()
      let image = try ImageCodec.image(from: file)
      #expect(try ImageCodec.header(of: file).pixelSpacing == image.attributes.pixelSpacing)
      return image.attributes.pixelSpacing
    }
    #expect(try spacing("a scan") == nil)
    #expect(try spacing("ImageJ=1.54\nunit=mm\n") == PixelSpacing(row: 0.1, column: 0.05))
    #expect(
      try spacing("ImageJ=1.54\nunit=mm\n", orientation: 6) == PixelSpacing(row: 0.05, column: 0.1))
    #expect(try spacing("ImageJ=1.54\nunit=inch\n") == nil)
  }

  private func packed(_ codes: [Int], bits: Int) -> [UInt8] {
    var row = codes.flatMap { code in (0..<bits).reversed().map { code >> $0 & 1 } }
    row += [Int](repeating: 0, count: (8 - row.count % 8) % 8)
    return stride(from: 0, to: row.count, by: 8).map { start in
      UInt8(row[start..<(start + 8)].reduce(0) { $0 << 1 | $1 })
    }
  }

  /// Regression: the row was given as 4294967295.
  @Test func aStripThatIsTooShortIsNamed() throws {
    let page = Page(width: 4, height: 2, strips: [[1, 2, 3, 4, 5, 6, 7, 8]])
    var file = TIFFBuilder(page).bytes()
    // The strip's offset: seven bytes before the end.
    let entry: [UInt8] = [0x11, 1, 4, 0, 1, 0, 0, 0]
    let start = try #require(file.indices.first { file[$0...].starts(with: entry) })
    file[start + 8] = UInt8(file.count - 7)
    let error = #expect(throws: CodecError.self) { try ImageCodec.image(from: file) }
    #expect(error?.description.contains("a strip holds fewer bytes") == true)
  }
}
