import DICOM
import Files
import Imaging
import Testing

/// What is written reads back as it was.
struct WriterTests {
  private static let samples: [PixelBuffer] = [
    .uint8((0..<35).map { UInt8($0 * 7) }),
    .int8((0..<35).map { Int8($0 * 7 - 119) }),
    .uint16((0..<35).map { UInt16($0 * 1873) }),
    .int16((0..<35).map { Int16($0 * 1800 - 30000) }),
  ]

  @Test(arguments: ObjectDescription.Compression.allCases, samples)
  func greyComesBack(_ compression: ObjectDescription.Compression, _ pixels: PixelBuffer) throws {
    let image = Image(width: 7, height: 5, pixels: pixels)
    var description = ObjectDescription(.secondaryCapture, seed: "grey")
    description.compression = compression
    let file = try DICOMFile(FileBytes(DICOMWriter.encode([image], description)))
    #expect(try file.image(0).pixels == pixels)
    #expect(file.warnings.isEmpty)
  }

  @Test(arguments: ObjectDescription.Compression.allCases)
  func colourAndFramesComeBack(_ compression: ObjectDescription.Compression) throws {
    let frames = (0..<3).map { frame in
      Image(
        width: 5, height: 3, channels: 3,
        pixels: .uint8((0..<45).map { UInt8(truncatingIfNeeded: $0 * (frame + 3)) }))
    }
    var description = ObjectDescription(.ultrasound, seed: "loop")
    description.compression = compression
    let file = try DICOMFile(FileBytes(DICOMWriter.encode(frames, description)))
    #expect(file.pixels.frames == 3)
    for (index, frame) in frames.enumerated() {
      let back = try file.image(index)
      #expect(back.pixels == frame.pixels)
      #expect(back.attributes.identifiers.frame == index + 1)
    }
    #expect(throws: DICOMError.noSuchFrame(4, count: 3)) { try file.image(3) }
  }

  @Test func meaningComesBack() throws {
    var image = Image(width: 2, height: 2, pixels: .int16([-5, 0, 5, 7]), bitsStored: 12)
    image.attributes.rescale = Rescale(slope: 0.5, intercept: -1024)
    image.attributes.windows = [Window(center: 40, width: 400), Window(center: 600, width: 1500)]
    image.attributes.pixelSpacing = PixelSpacing(row: 0.1234, column: 0.5)
    image.attributes.isInverted = true
    var description = ObjectDescription(.secondaryCapture, seed: "meaning")
    description.patientName = "Müller^Zoë"
    let back = try DICOMFile(FileBytes(DICOMWriter.encode([image], description))).image(0)
    #expect(back.pixels == image.pixels)
    #expect(back.bitsStored == 12)
    #expect(back.attributes.rescale == image.attributes.rescale)
    #expect(back.attributes.windows == image.attributes.windows)
    #expect(back.attributes.pixelSpacing == image.attributes.pixelSpacing)
    #expect(back.attributes.isInverted)
    #expect(back.attributes.identifiers.patientName == "Müller^Zoë")
  }

  @Test func ultrasoundCarriesItsScaleAsARegion() throws {
    var image = Image(width: 4, height: 2, pixels: .uint8([1, 2, 3, 4, 5, 6, 7, 8]))
    image.attributes.pixelSpacing = PixelSpacing(row: 0.2, column: 0.1)
    let bytes = try DICOMWriter.encode([image], ObjectDescription(.ultrasound, seed: "us"))
    let file = try DICOMFile(FileBytes(bytes))
    #expect(file.ultrasoundRegions.map(\.columns) == [0...3])
    #expect(file.ultrasoundRegions.map(\.rows) == [0...1])
    let spacing = try file.image(0).attributes.pixelSpacing
    #expect(abs((spacing?.row ?? 0) - 0.2) < 1e-12)
    #expect(abs((spacing?.column ?? 0) - 0.1) < 1e-12)
  }

  @Test func theSameSeedGivesTheSameBytes() throws {
    let image = Image(width: 1, height: 1, pixels: .uint8([9]))
    let first = try DICOMWriter.encode([image], ObjectDescription(.ultrasound, seed: "a"))
    let again = try DICOMWriter.encode([image], ObjectDescription(.ultrasound, seed: "a"))
    let other = try DICOMWriter.encode([image], ObjectDescription(.ultrasound, seed: "b"))
    #expect(first == again)
    #expect(first != other)
  }

  @Test func aDerivedObjectStaysInItsStudyAndKeepsThePatientOut() throws {
    var image = Image(width: 1, height: 1, pixels: .uint8([9]))
    image.attributes.modality = "CT"
    image.attributes.history = ["median:radius=1"]
    image.attributes.identifiers.patientName = "Doe^Jane"
    image.attributes.identifiers.studyInstanceUID = "1.2.3"
    image.attributes.identifiers.seriesInstanceUID = "1.2.3.4"
    image.attributes.identifiers.sopInstanceUID = "1.2.3.4.5"
    image.attributes.identifiers.sopClassUID = "1.2.840.10008.5.1.4.1.1.2"
    let plain = ObjectDescription(derivedFrom: image, sourceHash: "00")
    let back = try DICOMFile(FileBytes(DICOMWriter.encode([image], plain))).image(0)
    let identifiers = back.attributes.identifiers
    #expect(identifiers.studyInstanceUID == "1.2.3")
    #expect(identifiers.seriesInstanceUID != "1.2.3.4")
    #expect(identifiers.sopInstanceUID?.hasPrefix("2.25.") == true)
    #expect(back.attributes.modality == "CT")
    #expect((identifiers.patientName ?? "").isEmpty)
    let named = ObjectDescription(
      derivedFrom: image, sourceHash: "00", includesIdentifiers: true)
    #expect(named.patientName == "Doe^Jane")
    #expect(named.sopInstanceUID == plain.sopInstanceUID)
  }

  @Test func refusesWhatNoObjectHolds() {
    let float = Image(width: 1, height: 1, pixels: .float32([1]))
    let description = ObjectDescription(.secondaryCapture, seed: "x")
    let error = #expect(throws: DICOMWriteError.self) {
      try DICOMWriter.encode([float], description)
    }
    #expect(error?.description.contains("floating-point numbers of 32 bits") == true)
    #expect(throws: DICOMWriteError.self) { try DICOMWriter.encode([], description) }
    let small = Image(width: 1, height: 1, pixels: .uint8([1]))
    let large = Image(width: 2, height: 1, pixels: .uint8([1, 2]))
    #expect(throws: DICOMWriteError.self) {
      try DICOMWriter.encode([small, large], description)
    }
    var wrong = description
    wrong.patientID = String(repeating: "9", count: 65)
    #expect(throws: DICOMWriteError.self) { try DICOMWriter.encode([small], wrong) }
  }

  @Test func uidsAreValid() {
    let uid = UID.derived(from: "a", "b")
    #expect(uid.count <= 64)
    #expect(uid != UID.derived(from: "ab", ""))
    #expect(!uid.hasPrefix("2.25.0"))
  }

  /// The written object was shown otherwise than its source.
  @Test func tablePaddingAndExplanationsComeBack() throws {
    var image = Image(width: 2, height: 2, pixels: .int16([-2000, -3, 0, 2]))
    image.attributes.windows = [Window(center: 40, width: 400, explanation: "BRAIN")]
    image.attributes.voiLookupTable = VOILookupTable(firstMapped: -3, shades: [1, 0.5, 0.25, 0])
    image.attributes.padding = -2000 ... -1990
    let description = ObjectDescription(.secondaryCapture, seed: "shades")
    let bytes = try DICOMWriter.encode([image], description)
    let back = try DICOMFile(FileBytes(bytes)).image(0).attributes
    #expect(back.windows == image.attributes.windows)
    #expect(back.padding == image.attributes.padding)
    let table = try #require(back.voiLookupTable)
    #expect(table.firstMapped == -3 && table.shades.count == 4)
    for (shade, expected) in zip(table.shades, [1, 0.5, 0.25, 0]) {
      #expect(abs(Double(shade) - expected) < 1e-4)
    }
  }

  /// Every frame got the rescale and the window of the first.
  @Test func framesThatMeanDifferentThingsAreRefused() {
    var frames = [1.0, 2].map { slope in
      var image = Image(width: 1, height: 1, pixels: .uint16([7]))
      image.attributes.rescale = Rescale(slope: slope, intercept: 0)
      return image
    }
    let description = ObjectDescription(.secondaryCapture, seed: "frames")
    #expect(throws: DICOMWriteError.self) { try DICOMWriter.encode(frames, description) }
    frames[1].attributes.rescale = frames[0].attributes.rescale
    #expect(throws: Never.self) { try DICOMWriter.encode(frames, description) }
  }
}
