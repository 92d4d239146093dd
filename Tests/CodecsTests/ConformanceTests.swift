import Codecs
import Files
import Imaging
import Testing

/// Stored samples of the shared corpus, bit for bit as Pillow and OpenCV give them.
@Suite(.enabled(if: Corpus.isPresent))
struct ConformanceTests {
  @Test(arguments: Corpus.rows("png") + Corpus.rows("jpeg"))
  func samplesAreThoseOfOtherDecoders(row: Corpus.Row) throws {
    let bytes = try Corpus.bytes(row.path)
    guard row.shape != "refused" else {
      #expect(throws: CodecError.self) { try ImageCodec.decode(bytes) }
      #expect(throws: CodecError.self) { try ImageCodec.image(from: bytes) }
      return
    }
    let decoded = try ImageCodec.decode(bytes)
    var shape = [decoded.height, decoded.width]
    if decoded.samplesPerPixel > 1 { shape.append(decoded.samplesPerPixel) }
    #expect(shape.map(String.init).joined(separator: "x") == row.shape)
    #expect(Digest(of: decoded.pixels.littleEndianBytes()).description == row.digest)
    let image = try ImageCodec.image(from: bytes)
    let header = try ImageCodec.header(of: bytes)
    #expect((image.width, image.height) == header.displaySize)
  }

  /// Damaged files give an error or a picture, and nothing else: no crash, no hang.
  @Test(arguments: Corpus.files(below: "jpeg"))
  func noFileDoesHarm(path: String) throws {
    let bytes = try Corpus.bytes(path)
    do throws(CodecError) {
      _ = try ImageCodec.image(from: bytes)
    } catch {
      #expect(!error.description.isEmpty)
    }
  }

  @Test func twelveBitAndLosslessJPEGAreNamed() throws {
    for (path, word) in [
      ("jpeg/libjpeg-turbo/monkey12.jpg", "precision 12"),
      ("jpeg/reference/lossless/1/jpeg_lossless_sel1.jpg", "losslessly"),
    ] {
      let bytes = try Corpus.bytes(path)
      let error = #expect(throws: CodecError.self) { try JPEGCodec.decode(bytes) }
      #expect(error?.description.contains(word) == true)
    }
  }
}
