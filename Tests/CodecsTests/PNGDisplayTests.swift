import Codecs
import Imaging
import Testing

/// How PNG's colour types become pictures and stored samples.
struct PNGDisplayTests {
  /// Regression: the form that Apple's tools write was called corrupt.
  @Test func applesOwnFormIsNamed() {
    var bytes = PNGBuilder(rows: [[7]]).bytes()
    let chunk: [UInt8] = [0, 0, 0, 4] + Array("CgBI".utf8) + [0x50, 0, 0x20, 6]
    bytes.insert(contentsOf: chunk + [0x2B, 0xD5, 0xB3, 0x7F], at: 8)
    let error = #expect(throws: CodecError.self) { try PNGCodec.image(from: bytes) }
    #expect(error?.description.contains("Apple") == true)
  }

  @Test(arguments: [(1, 255), (2, 85), (4, 17)])
  func fewBitsAreScaledToEight(bits: Int, factor: Int) throws {
    let samples = (0..<8).map { $0 % (1 << bits) }
    let packed = samples.reduce(0) { $0 << bits | $1 }
    let row = (0..<bits).reversed().map { UInt8(truncatingIfNeeded: packed >> (8 * $0)) }
    let bytes = PNGBuilder(width: 8, bitDepth: bits, rows: [row]).bytes()
    #expect(try PNGCodec.image(from: bytes).pixels == .uint8(samples.map { UInt8($0 * factor) }))
    let stored = try PNGCodec.decode(bytes)
    let storedFactor = bits == 1 ? 1 : factor
    #expect(stored.pixels == .uint8(samples.map { UInt8($0 * storedFactor) }))
    #expect(stored.precision == (bits == 1 ? 1 : 8))
  }

  @Test func palettesBecomeColourAndStayIndicesWhenStored() throws {
    var file = PNGBuilder(width: 3, bitDepth: 8, colorType: 3, rows: [[2, 0, 1]])
    file.chunks = [("PLTE", [10, 20, 30, 40, 50, 60, 200, 100, 50]), ("tRNS", [255, 128])]
    let image = try PNGCodec.image(from: file.bytes())
    // Entry 1 is half transparent: over black.
    #expect(image.pixels == .uint8([200, 100, 50, 10, 20, 30, 20, 25, 30]))
    #expect(try PNGCodec.decode(file.bytes()).pixels == .uint8([2, 0, 1]))
  }

  @Test func anIndexWithoutColourIsAnError() {
    var file = PNGBuilder(width: 2, bitDepth: 8, colorType: 3, rows: [[0, 7]])
    file.chunks = [("PLTE", [1, 2, 3])]
    #expect(throws: CodecError.self) { try PNGCodec.image(from: file.bytes()) }
  }

  @Test func theTransparentValueIsBlack() throws {
    var grey = PNGBuilder(width: 2, bitDepth: 4, rows: [[0x9A]])
    grey.chunks = [("tRNS", [0, 9])]
    #expect(try PNGCodec.image(from: grey.bytes()).pixels == .uint8([0, 170]))
    var color = PNGBuilder(width: 2, bitDepth: 16, colorType: 2)
    color.rows = [[1, 0, 2, 0, 3, 0, 1, 0, 2, 0, 3, 1]]
    color.chunks = [("tRNS", [1, 0, 2, 0, 3, 0])]
    #expect(try PNGCodec.image(from: color.bytes()).pixels == .uint16([0, 0, 0, 256, 512, 769]))
  }

  @Test func gammaChangesNothing() throws {
    var file = PNGBuilder(width: 2, rows: [[100, 200]])
    file.chunks = [("gAMA", [0, 1, 0x86, 0xA0])]
    #expect(try PNGCodec.image(from: file.bytes()).pixels == .uint8([100, 200]))
  }
}
