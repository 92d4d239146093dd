import Codecs
import Imaging
import Testing

/// What is written comes back as it was.
struct RoundTripTests {
  @Test(arguments: [1, 2, 3, 4], [8, 16])
  func pngKeepsEverySample(samples: Int, bits: Int) throws {
    let (width, height) = (7, 5)
    let count = width * height * samples
    let pixels: PixelBuffer =
      bits == 8
      ? .uint8((0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37) })
      : .uint16((0..<count).map { UInt16(truncatingIfNeeded: $0 &* 4099) })
    let bytes = try PNGCodec.encode(
      pixels, width: width, height: height, samplesPerPixel: samples)
    let decoded = try PNGCodec.decode(bytes)
    #expect(decoded.pixels == pixels)
    #expect(decoded.samplesPerPixel == samples)
    #expect(decoded.precision == bits)
    let header = try ImageCodec.header(of: bytes)
    #expect((header.width, header.height) == (width, height))
    let again = try PNGCodec.encode(
      pixels, width: width, height: height, samplesPerPixel: samples)
    #expect(again == bytes)
  }

  @Test func pngLaysAlphaOverBlack() throws {
    let bytes = try PNGCodec.encode(
      .uint8([200, 255, 200, 128, 200, 0]), width: 3, height: 1, samplesPerPixel: 2)
    #expect(try PNGCodec.image(from: bytes).pixels == .uint8([200, 100, 0]))
  }

  @Test func aMaskBecomesBlackAndWhite() throws {
    let bytes = try PNGCodec.encode(Mask(width: 2, height: 1, pixels: [0, 1]))
    #expect(try PNGCodec.decode(bytes).pixels == .uint8([0, 255]))
  }

  @Test func pngRefusesToRoundSigned() {
    #expect(throws: CodecError.self) {
      try PNGCodec.encode(Image(width: 1, height: 1, pixels: .int16([-1])))
    }
  }

  @Test(arguments: [1, 3]) func jpegStaysClose(channels: Int) throws {
    let (width, height) = (33, 17)
    let samples = (0..<(width * height * channels)).map { index -> UInt8 in
      let x = index / channels % width
      return UInt8(40 + 5 * x)
    }
    let image = Image(width: width, height: height, channels: channels, pixels: .uint8(samples))
    let decoded = try JPEGCodec.image(from: try JPEGCodec.encode(image, quality: 95))
    guard case .uint8(let back) = decoded.pixels else {
      Issue.record("JPEG gives 8 bits")
      return
    }
    #expect((decoded.width, decoded.height, decoded.channels) == (width, height, channels))
    let largest = zip(samples, back).map { abs(Int($0) - Int($1)) }.max() ?? 255
    #expect(largest <= 4)
  }

  @Test func npyFloatsComeBack() throws {
    let array = NPYArray(shape: [1, 2, 3], values: .float32([0, -1.5, 2, .infinity, 5e-8, 6]))
    let bytes = array.encoded()
    #expect(try NPYArray(reading: bytes) == array)
    #expect(throws: CodecError.truncated(.npy)) {
      try NPYArray(reading: Array(bytes.dropLast()))
    }
    #expect(throws: CodecError.self) {
      try NPYArray(reading: NPYArray(shape: [1], values: .uint8([1])).encoded())
    }
  }
}
