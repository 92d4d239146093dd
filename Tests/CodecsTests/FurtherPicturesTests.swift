import Codecs
import Imaging
import Testing

/// Files of several pictures, of which one is read: regressions, as nothing told of the others.
struct FurtherPicturesTests {
  @Test(arguments: [0, 1, 2]) func framesOfAnAnimationAreTold(_ frames: Int) throws {
    var builder = PNGBuilder(rows: [[7]])
    builder.chunks = [("acTL", [0, 0, 0, UInt8(frames), 0, 0, 0, 0])]
    let file = builder.bytes()
    let count = frames > 1 ? 1 : 0
    #expect(try ImageCodec.header(of: file).warnings.count == count)
    let image = try ImageCodec.image(from: file)
    #expect(image.attributes.warnings.count == count && image.pixels == .uint8([7]))
  }

  @Test(arguments: [1, 2]) func picturesBehindAJPEGAreTold(_ pictures: Int) throws {
    let plain = try JPEGCodec.encode(Image(width: 2, height: 1, pixels: .uint8([90, 90])))
    let entry: [UInt8] = [0xB0, 1, 0, 4, 0, 0, 0, 1, 0, 0, 0, UInt8(pictures)]
    let body = Array("MPF\0".utf8) + [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1] + entry
    let segment: [UInt8] = [0xFF, 0xE2, 0, UInt8(body.count + 2)] + body
    let file = Array(plain[..<2] + segment + plain[2...])
    let count = pictures > 1 ? 1 : 0
    #expect(try ImageCodec.header(of: file).warnings.count == count)
    #expect(try ImageCodec.image(from: file).attributes.warnings.count == count)
  }
}
