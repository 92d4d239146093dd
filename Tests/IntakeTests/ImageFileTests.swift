import Codecs
import DICOM
import Files
import Foundation
import Imaging
import Intake
import Testing

/// One door for all formats, told by content; bad files end in a sentence that names them.
struct ImageFileTests {
  private let folder: TemporaryFolder
  private let image = Image(width: 3, height: 2, pixels: .uint8([1, 2, 3, 4, 5, 6]))

  init() throws { folder = try TemporaryFolder() }

  private var formats: [(name: String, bytes: [UInt8])] {
    get throws {
      [
        ("PNG", try PNGCodec.encode(image)), ("JPEG", try JPEGCodec.encode(image)),
        ("DICOM", try DICOMWriter.encode([image], ObjectDescription(.ultrasound, seed: "x"))),
      ]
    }
  }

  @Test func theContentTellsTheFormat() throws {
    for (format, bytes) in try formats {
      let path = try folder.write("misleading.tiff", bytes)
      let file = try ImageFile(path: path)
      #expect(file.facts.format == format)
      #expect((file.facts.width, file.facts.height, file.facts.channels) == (3, 2, 1))
      #expect(file.facts.fileSize == bytes.count)
      #expect(file.digest == Digest(of: bytes))
      #expect(try file.frame(0).width == 3)
      #expect(try file.storedFrame(0).pixels.count == 6)
      #expect(throws: IntakeError.noSuchFrame(path: path, frame: 2, count: 1)) {
        try file.frame(1)
      }
    }
  }

  @Test func dicomFactsAreTold() throws {
    let path = try folder.write("a", try formats[2].bytes)
    let facts = try ImageFile(path: path).facts
    #expect(facts.modality == "US")
    #expect(facts.transferSyntaxUID == "1.2.840.10008.1.2.1")
    #expect(facts.photometricInterpretation == "MONOCHROME2")
  }

  @Test func badPathsAreNamed() throws {
    let missing = folder.path + "/missing"
    #expect(throws: IntakeError.unreadable(path: missing, reason: "no such file")) {
      try ImageFile(path: missing)
    }
    #expect(
      throws: IntakeError.unreadable(path: folder.path, reason: "it is a folder, not a file")
    ) { try ImageFile(path: folder.path) }
    let empty = try folder.write("empty.png", [])
    #expect(throws: IntakeError.empty(path: empty)) { try ImageFile(path: empty) }
  }

  @Test func foreignFilesAreNamed() throws {
    let pdf = try folder.write("scan.dcm", Array("%PDF-1.7 and so on".utf8))
    #expect(throws: IntakeError.foreign(path: pdf, kind: "a PDF document")) {
      try ImageFile(path: pdf)
    }
    let signatures: [(String, [UInt8])] = [
      ("a HEIC image", [0, 0, 0, 24] + Array("ftypheic".utf8)),
      ("an AVIF image", [0, 0, 0, 32] + Array("ftypavif".utf8)),
      ("an MP4 or QuickTime video", [0, 0, 0, 32] + Array("ftypisom".utf8)),
      ("a NIfTI image", [0, 0, 1, 0x5C]), ("a NIfTI-2 image", [0x1C, 2, 0, 0, 0x6E, 0x2B]),
      ("a PNM image (PBM, PGM, PPM or PAM)", Array("P5 2 2 255\n".utf8)),
      ("a MetaImage (MHA)", Array("ObjectType = Image\n".utf8)),
    ]
    for (kind, bytes) in signatures {
      let path = try folder.write("scan", bytes)
      #expect(throws: IntakeError.foreign(path: path, kind: kind)) { try ImageFile(path: path) }
    }
    let text = try folder.write("notes.png", Array("just words".utf8))
    #expect(throws: IntakeError.foreign(path: text, kind: nil)) { try ImageFile(path: text) }
  }

  /// Every cut of every format gives an error when it is opened or decoded, never a picture.
  @Test func cutFilesAreErrors() throws {
    for (format, bytes) in try formats {
      // Without the end marker of a JPEG, of two bytes, no sample is missing; that of a PNG is missed.
      for length in 1..<(format == "JPEG" ? bytes.count - 2 : bytes.count) {
        let path = try folder.write("cut", Array(bytes[..<length]))
        let error = #expect(throws: IntakeError.self, "\(format) cut to \(length) bytes") {
          try ImageFile(path: path).frame(0)
        }
        #expect(error?.path == path)
      }
    }
  }

  @Test func limitsAreCheckedBeforePixels() throws {
    var limits = Limits()
    limits.maximumPixels = 5
    for (_, bytes) in try formats {
      let path = try folder.write("large", bytes)
      let error = #expect(throws: IntakeError.self) { try ImageFile(path: path, limits: limits) }
      guard case .tooLarge = error else {
        Issue.record("\(String(describing: error)) should speak of the limit")
        continue
      }
    }
    limits = Limits()
    limits.maximumBytes = 10
    let path = try folder.write("long", try formats[0].bytes)
    #expect(throws: IntakeError.self) { try ImageFile(path: path, limits: limits) }
  }
}
