import DICOM
import Files
import Imaging
import Testing

/// Modality LUTs, VOI LUTs and palettes that lack entries, or say nothing that makes sense.
struct LookupTableTests {
  /// A row of the stored values 0...3 with a table in the given sequence.
  private func object(
    _ sequence: UInt16, descriptor: [Int] = [4, 0, 16], data: [UInt8]?
  ) -> TestObject {
    var object = TestObject(grey: [0, 1, 2, 3], columns: 4, rows: 1, allocated: 8)
    var item = TestObject(.explicitLittle, transferSyntax: nil)
    item.us(0x28, 0x3002, descriptor)
    if let data { item.set(0x28, 0x3006, "OW", data) }
    object.sequence(0x28, sequence, [item])
    return object
  }

  private func words(_ values: [Int]) -> [UInt8] {
    values.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
  }

  /// Regression: the picture was shown as if there were no table, without a word.
  @Test(arguments: [[4, 0, 16], [4, 0, 0], [4]], [nil, [] as [UInt8], [1, 2]])
  func aModalityTableThatIsNoneIsAnError(descriptor: [Int], data: [UInt8]?) throws {
    let file = try object(0x3000, descriptor: descriptor, data: data).file()
    let error = #expect(throws: DICOMError.self) { try file.image(0) }
    #expect(error?.description.contains("Modality LUT Sequence") == true)
    #expect(try file.storedFrame(0).pixels == .uint8([0, 1, 2, 3]))
  }

  /// Regression: the table that leads from the stored values of angiography to the X-ray intensity was
  /// applied, which turned pictures over.
  @Test(arguments: ["12.1", "12.2", "12.3"])
  func aTableOfIntensitiesIsNotForDisplay(_ storage: String) throws {
    var object = object(0x3000, data: words([900, 800, 700, 600]))
    object.text(0x08, 0x0016, "UI", "1.2.840.10008.5.1.4.1.1." + storage)
    let file = try object.withoutFirst(0x08, 0x0016).file()
    #expect(try file.image(0).pixels == .uint8([0, 1, 2, 3]))
  }

  /// Regression: the values that a Modality LUT gives beside padding were of 32 bits, which no object
  /// holds.
  @Test(arguments: [[500, 100, 900, 100], [65535, 0, 1, 3]])
  func valuesOfATableBesidePaddingCanBeWritten(_ entries: [Int]) throws {
    var object = object(0x3000, data: words(entries))
    object.us(0x28, 0x0120, [3])
    let image = try object.file().image(0)
    let description = ObjectDescription(.secondaryCapture, seed: "padding")
    let back = try DICOMFile(FileBytes(DICOMWriter.encode([image], description))).image(0)
    #expect(back.pixels == image.pixels)
    let padding = try #require(back.attributes.padding)
    let values = back.pixels.floats()
    #expect(values.map { padding.contains(Double($0)) } == [false, false, false, true])
    #expect(values.prefix(3) == entries.map { Float($0) }.prefix(3))
  }

  /// Writers leave items empty where they have no table.
  @Test func anEmptyItemIsNoTable() throws {
    for sequence in [0x3000, 0x3010] as [UInt16] {
      var object = TestObject(grey: [0, 1], columns: 2, rows: 1, allocated: 8)
      var item = TestObject(.explicitLittle, transferSyntax: nil)
      item.us(0x28, 0x3002, [])
      item.us(0x28, 0x3006, [])
      object.sequence(0x28, sequence, [item])
      let image = try object.file().image(0)
      #expect(image.pixels == .uint8([0, 1]) && image.attributes.warnings.isEmpty)
    }
  }

  /// Regression: nothing told that the table was not applied.
  @Test func aVOITableThatIsNoneIsTold() throws {
    let attributes = try object(0x3010, data: [1, 2]).file().image(0).attributes
    #expect(attributes.voiLookupTable == nil)
    #expect(attributes.warnings.contains { $0.contains("VOI LUT") })
  }

  /// Regression: tables of words that lack some were read as tables of bytes.
  @Test func aShortTableOfWordsRepeatsItsLastEntry() throws {
    let entries = words([900, 800, 700])
    let image = try object(0x3000, data: entries).file().image(0)
    #expect(image.pixels == .uint16([900, 800, 700, 700]))
    #expect(image.attributes.warnings.contains { $0.contains("shorter than stated") })
    let attributes = try object(0x3010, data: words([0xFFFF, 0, 0xFFFF])).file().image(0).attributes
    let table = try #require(attributes.voiLookupTable)
    #expect((0..<4).map { table(Double($0)) } == [1, 0, 1, 1])
    #expect(attributes.warnings.count == 1)
  }

  @Test func aShortPaletteOfWordsRepeatsItsLastEntry() throws {
    var object = TestObject()
    object.describe(columns: 4, rows: 1, photometric: "PALETTE COLOR", allocated: 8)
    object.set(0x7FE0, 0x0010, "OB", [0, 1, 2, 3])
    for color in 0..<3 {
      object.us(0x28, UInt16(0x1101 + color), [4, 0, 16])
      object.set(0x28, UInt16(0x1201 + color), "OW", words([256, 512, 768]))
    }
    let image = try object.file().image(0)
    #expect(image.pixels == .uint16([256, 512, 768, 768].flatMap { [$0, $0, $0] }))
    #expect(image.attributes.warnings.contains { $0.contains("palette") })
  }

  /// Writers state 16 bits and pack entries of 8: the length tells.
  @Test func aTableWhoseLengthIsItsCountHasBytes() throws {
    let image = try object(0x3000, data: [9, 8, 7, 6]).file().image(0)
    #expect(image.pixels == .uint16([9, 8, 7, 6]) && image.attributes.warnings.isEmpty)
    let attributes = try object(0x3010, data: [0, 51, 204, 255]).file().image(0).attributes
    let table = try #require(attributes.voiLookupTable)
    #expect((0..<4).map { table(Double($0)) } == [0, 0.2, 0.8, 1])
  }
}
