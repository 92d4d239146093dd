import Codecs
import Imaging
import Testing

/// EXIF orientation: each of the eight brings the picture upright.
struct OrientationTests {
  /// Two rows of three: 1 2 3 / 4 5 6, as each orientation's upright picture has it.
  static let upright: [(Int, [UInt8], width: Int)] = [
    (1, [1, 2, 3, 4, 5, 6], 3), (2, [3, 2, 1, 6, 5, 4], 3), (3, [6, 5, 4, 3, 2, 1], 3),
    (4, [4, 5, 6, 1, 2, 3], 3), (5, [1, 4, 2, 5, 3, 6], 2), (6, [4, 1, 5, 2, 6, 3], 2),
    (7, [6, 3, 5, 2, 4, 1], 2), (8, [3, 6, 2, 5, 1, 4], 2),
  ]

  @Test(arguments: 0..<8) func samplesMove(index: Int) throws {
    let (value, expected, width) = Self.upright[index]
    let orientation = try #require(Orientation(rawValue: value))
    let result = orientation.upright(.uint8([1, 2, 3, 4, 5, 6]), width: 3, height: 2, channels: 1)
    #expect(result.pixels == .uint8(expected))
    #expect(result.width == width)
  }

  /// Regression: an orientation of 32 bits was passed over.
  @Test(arguments: [false, true], [3, 4]) func theTagIsReadOfBothWidths(isLittle: Bool, type: Int)
    throws
  {
    let plain = try JPEGCodec.encode(Image(width: 2, height: 1, pixels: .uint8([1, 2])))
    let tagged = plain[..<2] + segment(6, isLittle, type: type) + plain[2...]
    #expect(try JPEGCodec.header(of: Array(tagged)).orientation.rawValue == 6)
  }

  @Test(arguments: [false, true], 1...8)
  func theTagIsReadInBothByteOrders(isLittle: Bool, value: Int) throws {
    let plain = try JPEGCodec.encode(
      Image(width: 20, height: 10, pixels: .uint8([UInt8](repeating: 90, count: 200))))
    let tagged = Array(plain[..<2]) + segment(value, isLittle) + Array(plain[2...])
    let header = try JPEGCodec.header(of: tagged)
    #expect(header.orientation.rawValue == value)
    let image = try JPEGCodec.image(from: tagged)
    #expect((image.width, image.height) == (value >= 5 ? (10, 20) : (20, 10)))
    let stored = try JPEGCodec.decode(tagged)
    #expect((stored.width, stored.height) == (20, 10))
  }

  @Test func aBrokenTagLeavesThePictureAsItIs() throws {
    let plain = try JPEGCodec.encode(Image(width: 2, height: 1, pixels: .uint8([1, 2])))
    for cut in 0..<30 {
      let body = Array(segment(6, true)[4...].prefix(cut))
      let length = [UInt8(0), UInt8(body.count + 2)]
      let bytes = Array(plain[..<2]) + [0xFF, 0xE1] + length + body + Array(plain[2...])
      let expected = cut == 30 ? 6 : 1
      #expect(try JPEGCodec.header(of: bytes).orientation.rawValue <= 6)
      if cut < 24 {
        #expect(try JPEGCodec.header(of: bytes).orientation.rawValue == expected)
      }
    }
  }

  /// An APP1 segment with one entry, the orientation.
  private func segment(_ value: Int, _ isLittle: Bool, type: Int = 3) -> [UInt8] {
    func bytes(_ value: Int, _ count: Int) -> [UInt8] {
      let big = (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
      return isLittle ? big.reversed() : big
    }
    let order: [UInt8] = isLittle ? [0x49, 0x49] : [0x4D, 0x4D]
    var tiff = order + bytes(42, 2) + bytes(8, 4) + bytes(1, 2)
    tiff += bytes(0x0112, 2) + bytes(type, 2) + bytes(1, 4)
    tiff += type == 3 ? bytes(value, 2) + bytes(0, 2) : bytes(value, 4)
    tiff += bytes(0, 4)
    let body = Array("Exif\0\0".utf8) + tiff
    return [0xFF, 0xE1, 0, UInt8(body.count + 2)] + body
  }
}
