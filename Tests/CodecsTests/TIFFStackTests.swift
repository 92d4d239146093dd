import Imaging
import Testing

@testable import Codecs

/// TIFF files that hold more, or something else, than their directories show at first sight.
struct TIFFStackTests {
  typealias Page = TIFFBuilder.Page

  private func described(_ text: String) -> [(tag: Int, type: Int, values: [Int])] {
    [(270, 2, Array(text.utf8).map { Int($0) } + [0])]
  }

  /// Regression: all slices but the first of these were lost without a word.
  @Test func slicesBehindOneDirectoryAreRefused() {
    let stacks = [
      described("ImageJ=1.54f\nimages=5\nslices=5\n"), described("{\"shape\": [5, 1, 2]}"),
      described("{\"shape\": [5, 1, 2], \"axes\": \"ZYX\"}"), [(32997, 4, [5])],
    ]
    for more in stacks {
      let file = TIFFBuilder(Page(width: 2, height: 1, strips: [[1, 2]], more: more)).bytes()
      let error = #expect(throws: CodecError.self) { try ImageCodec.header(of: file) }
      #expect(error?.description.contains("5 slices in one page") == true)
      #expect(throws: error ?? .unknownFormat) { try ImageCodec.image(from: file) }
    }
  }

  /// Sizes and shapes that no file has.
  @Test func shapesWithoutSenseAreNoStacks() {
    for shape in ["4294967295, 4294967295, 4294967295", "-5, 1, 2", "x", ""] {
      for side in [1, 0xFFFF_FFFF] {
        let page = Page(
          width: side, height: side, strips: [[1]], more: described("{\"shape\": [\(shape)]}"))
        let header = try? ImageCodec.header(of: TIFFBuilder(page).bytes())
        #expect(header?.frames ?? 1 == 1)
      }
    }
    let whole = Page(width: 1, height: 1, strips: [[1]], more: described("{\"shape\": [-5, -1]}"))
    #expect(throws: Never.self) { try ImageCodec.image(from: TIFFBuilder(whole).bytes()) }
  }

  @Test func slicesWithDirectoriesOfTheirOwnAreFrames() throws {
    for text in ["ImageJ=1.54f\nimages=2\n", "{\"shape\": [2, 1, 2]}"] {
      let file = TIFFBuilder(
        Page(width: 2, height: 1, strips: [[1, 2]], more: described(text)),
        Page(width: 2, height: 1, strips: [[3, 4]])
      ).bytes()
      #expect(try ImageCodec.header(of: file).frames == 2)
      #expect(try ImageCodec.image(from: file, frame: 1).pixels == .uint8([3, 4]))
    }
    let single = TIFFBuilder(
      Page(
        width: 2, height: 1, samples: 3, photometric: 2, strips: [[1, 2, 3, 4, 5, 6]],
        more: described("{\"shape\": [1, 2, 3]}")))
    #expect(try ImageCodec.image(from: single.bytes()).isColor)
  }

  /// Regression: the first of three samples was shown, and the header told of colour.
  @Test func samplesWithoutAMeaningAreTold() throws {
    let grey = TIFFBuilder(Page(width: 1, height: 1, samples: 3, strips: [[7, 8, 9]])).bytes()
    let image = try ImageCodec.image(from: grey)
    #expect(image.pixels == .uint8([7]) && image.attributes.warnings.count == 1)
    #expect(try ImageCodec.header(of: grey).channels == 1)
    func warnings(_ kind: Int) throws -> Int {
      let page = Page(
        width: 1, height: 1, samples: 4, photometric: 2, strips: [[1, 2, 3, 255]],
        more: [(338, 3, [kind])])
      return try ImageCodec.image(from: TIFFBuilder(page).bytes()).attributes.warnings.count
    }
    #expect(try [0, 1, 2].map(warnings) == [1, 0, 0])
  }

  /// Regression: inks of any colour were taken for cyan, magenta, yellow and black.
  @Test func inksOfOtherColoursAreRefused() throws {
    func file(_ inkSet: Int) -> [UInt8] {
      TIFFBuilder(
        Page(
          width: 1, height: 1, samples: 4, photometric: 5, strips: [[1, 2, 3, 4]],
          more: [(332, 3, [inkSet])])
      ).bytes()
    }
    #expect(throws: CodecError.self) { try ImageCodec.image(from: file(2)) }
    #expect(try ImageCodec.decode(file(2)).pixels == .uint8([1, 2, 3, 4]))
    #expect(try ImageCodec.image(from: file(1)).isColor)
  }

  /// Regression: the older tag for thumbnails was not known.
  @Test func oldThumbnailsAreNoFrames() throws {
    let file = TIFFBuilder(
      Page(width: 1, height: 1, strips: [[10]], more: [(255, 3, [1])]),
      Page(width: 1, height: 1, strips: [[20]], more: [(255, 3, [2])]),
      Page(width: 1, height: 1, strips: [[30]], more: [(255, 3, [3])])
    ).bytes()
    #expect(try ImageCodec.header(of: file).frames == 2)
    #expect(try ImageCodec.decode(file, frame: 1).pixels == .uint8([30]))
  }

  /// Regression: what a library says in two lines stood with the line break in messages.
  @Test func messagesHaveOneLine() {
    let message = "Improper sampling factors 2,2\nApparently should be 1,1.".utf8CString
    #expect(
      text(of: Array(message)) == "Improper sampling factors 2,2; Apparently should be 1,1")
  }

  /// Regression: such a file was called corrupt.
  @Test func aFileOfPreviewsAloneSaysSo() {
    let file = TIFFBuilder(Page(width: 1, height: 1, strips: [[10]], more: [(254, 4, [1])]))
    let error = #expect(throws: CodecError.self) { try ImageCodec.header(of: file.bytes()) }
    #expect(error?.description.contains("previews") == true)
  }
}
