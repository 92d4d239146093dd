import Codecs
import Imaging
import Testing

/// Truncated, flipped and lying files give an error, or a picture where nothing tells the damage.
struct RobustnessTests {
  private static let picture = Image(
    width: 40, height: 24, pixels: .uint8((0..<960).map { UInt8(truncatingIfNeeded: $0 * $0) }))

  private static let files: [(format: ImageFormat, bytes: [UInt8])] = {
    let samples = (0..<960).map { UInt16(truncatingIfNeeded: $0 * 977) }
    let made = [
      (ImageFormat.png, try? PNGCodec.encode(picture)),
      (.jpeg, try? JPEGCodec.encode(picture)),
      (
        .jpeg2000,
        try? JPEG2000Codec.encode(
          .uint16(samples), width: 40, height: 24, samplesPerPixel: 1, precision: 16)
      ),
    ]
    // The directory comes last, so that no cut leaves a whole one.
    let tiff = TIFFBuilder(
      TIFFBuilder.Page(
        width: 40, height: 24, bits: 16, rowsPerStrip: 10,
        strips: [800, 800, 320].map { size in (0..<size).map { UInt8($0 & 255) } }))
    return made.map { ($0, $1 ?? []) } + [(.tiff, tiff.bytes())]
  }()

  @Test(arguments: [0, 1, 2, 3]) func everyTruncationIsAnError(file: Int) {
    let (format, bytes) = Self.files[file]
    #expect(bytes.count > 200)
    // JPEG and JPEG 2000 end in a two-byte end marker, without which nothing is missing.
    let isMarked = format == .jpeg2000 || format == .jpeg
    let whole = isMarked ? bytes.count - 2 : bytes.count
    for length in 0..<whole {
      let cut = Array(bytes[..<length])
      #expect(throws: CodecError.self, "\(format) cut to \(length) of \(bytes.count)") {
        try ImageCodec.decode(cut)
      }
    }
  }

  /// Regression: a JPEG that lacks no sample was refused.
  @Test(arguments: [1, 2]) func aJPEGThatLacksItsEndMarkerIsRead(missing: Int) throws {
    let bytes = try #require(Self.files.first { $0.format == .jpeg }).bytes
    let cut = Array(bytes[..<(bytes.count - missing)])
    let image = try ImageCodec.image(from: cut)
    #expect(try image.pixels == ImageCodec.image(from: bytes).pixels)
    #expect(image.attributes.warnings.contains { $0.contains("end marker") })
  }

  @Test func everyFlippedByteOfAPNGIsAnError() {
    let bytes = Self.files[0].bytes
    for index in bytes.indices {
      var damaged = bytes
      damaged[index] ^= 0x24
      #expect(throws: CodecError.self, "byte \(index)") { try PNGCodec.image(from: damaged) }
    }
  }

  @Test(arguments: [1, 2, 3]) func flippedBytesDoNoHarm(file: Int) {
    let (_, bytes) = Self.files[file]
    for index in bytes.indices {
      for mask: UInt8 in [0x01, 0x80, 0xFF] {
        var damaged = bytes
        damaged[index] ^= mask
        // Sizes stay small: a flipped size of 2^24 columns would only test the memory.
        let limits = CodecLimits(maximumPixels: 1 << 20)
        if let image = try? ImageCodec.image(from: damaged, limits: limits) {
          #expect(image.width * image.height <= 1 << 20)
        }
      }
    }
  }

  @Test func sizesAreCheckedBeforeMemoryIsTaken() throws {
    let huge = PNGBuilder(width: 2_000_000_000, height: 2_000_000_000, rows: [[1]]).bytes()
    #expect(
      throws: CodecError.tooLarge(
        .png, width: 2_000_000_000, height: 2_000_000_000, maximumPixels: 1 << 28)
    ) { try PNGCodec.decode(huge) }
    // Within the limit, yet more than deflate could make of so short a file.
    let lying = PNGBuilder(width: 16000, height: 16000, rows: [[1]]).bytes()
    #expect(throws: CodecError.truncated(.png)) { try PNGCodec.decode(lying) }
    for (format, bytes) in Self.files {
      #expect(
        throws: CodecError.tooLarge(format, width: 40, height: 24, maximumPixels: 959)
      ) { try ImageCodec.decode(bytes, limits: CodecLimits(maximumPixels: 959)) }
    }
  }

  @Test func directoriesThatLieAreErrors() {
    // A loop of directories.
    var loop = TIFFBuilder(TIFFBuilder.Page(width: 1, height: 1, strips: [[1]])).bytes()
    loop.replaceSubrange((loop.count - 4)..<loop.count, with: loop[4..<8])
    #expect(throws: CodecError.corrupt(.tiff, reason: "its directories form a loop")) {
      try ImageCodec.header(of: loop)
    }
    // More pixels than there are bytes, and than a strip of PackBits or LZW could give.
    for compression in [1, 5, 8, 7, 32773] {
      let page = TIFFBuilder.Page(
        width: 16000, height: 16000, compression: compression, strips: [[1, 2, 3]])
      #expect(throws: CodecError.self) { try ImageCodec.decode(TIFFBuilder(page).bytes()) }
    }
    // Tiles of gigabytes for a picture of one pixel.
    let page = TIFFBuilder.Page(
      width: 1, height: 1, compression: 5, strips: [[1]],
      more: [(322, 4, [1 << 20]), (323, 4, [1 << 14])])
    #expect(throws: CodecError.self) { try ImageCodec.decode(TIFFBuilder(page).bytes()) }
  }

  @Test func foreignFilesAreToldApart() {
    #expect(throws: CodecError.unknownFormat) { try ImageCodec.image(from: []) }
    #expect(throws: CodecError.unknownFormat) { try ImageCodec.image(from: Array("GIF89a".utf8)) }
    #expect(throws: CodecError.notThisFormat(.png)) {
      try PNGCodec.image(from: Self.files[1].bytes)
    }
  }

  @Test func noiseBehindASignatureDoesNoHarm() {
    var state: UInt32 = 7
    for format in ImageFormat.allCases {
      for length in [0, 1, 7, 50, 500] {
        let noise = (0..<length).map { _ -> UInt8 in
          state = state &* 1_664_525 &+ 1_013_904_223
          return UInt8(state >> 24)
        }
        let limits = CodecLimits(maximumPixels: 1 << 20)
        #expect(throws: CodecError.self) {
          try ImageCodec.image(from: format.signature + noise, limits: limits)
        }
        _ = try? NPYArray(reading: format.signature + noise)
      }
    }
  }
}
