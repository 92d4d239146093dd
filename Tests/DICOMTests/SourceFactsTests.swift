import DICOM
import Files
import Imaging
import Testing

/// What derived objects keep of their sources.
struct SourceFactsTests {
  private func source(_ change: (inout TestObject) -> Void) throws -> DICOMFile {
    var object = TestObject(grey: [1, 2], columns: 2, rows: 1, allocated: 8)
    change(&object)
    return try object.file()
  }

  /// Regression: that an image was compressed lossily, whose side it shows, where it lies and what its
  /// values are got lost in derived objects.
  @Test func meaningSurvivesDerivation() throws {
    let file = try source { object in
      object.text(0x28, 0x2110, "CS", "01")
      object.text(0x28, 0x2112, "DS", "12.5")
      object.text(0x28, 0x2114, "CS", "ISO_10918_1")
      object.text(0x28, 0x0301, "CS", "YES")
      object.text(0x20, 0x0062, "CS", "L")
      object.text(0x28, 0x1052, "DS", "-1024")
      object.text(0x28, 0x1053, "DS", "1")
      object.text(0x28, 0x1054, "LO", "HU")
      object.text(0x18, 0x0050, "DS", "2.5")
      object.text(0x20, 0x0032, "DS", "1\\2\\3")
      object.text(0x20, 0x0037, "DS", "1\\0\\0\\0\\1\\0")
      object.text(0x20, 0x0052, "UI", "1.2.8")
    }
    let image = try file.image(0)
    let facts = SourceFacts(file, frames: 0..<1, keepsValues: true)
    var description = ObjectDescription(derivedFrom: image, sourceHash: "00")
    description.sourceFacts = facts
    let back = try DICOMFile(FileBytes(DICOMWriter.encode([image], description)))
    #expect(SourceFacts(back, frames: 0..<1, keepsValues: true) == facts)
    #expect(facts.isLossy && facts.lossyRatios == [12.5] && facts.lossyMethods == ["ISO_10918_1"])
    #expect(facts.burnedInAnnotation == "YES" && facts.imageLaterality == "L")
    #expect(facts.rescaleType == "HU" && facts.sliceThickness == 2.5)
    #expect(facts.position == [1, 2, 3] && facts.axes == [1, 0, 0, 0, 1, 0])
    #expect(facts.frameOfReferenceUID == "1.2.8")
    #expect(SourceFacts(file, frames: 0..<1, keepsValues: false).rescaleType == nil)
    // One place is none for several frames.
    #expect(SourceFacts(file, frames: 0..<2, keepsValues: true).position.isEmpty)
  }

  /// What is no defined term may be a name.
  @Test func freeTextIsNotKept() throws {
    let file = try source { object in
      object.text(0x28, 0x2110, "CS", "01")
      object.text(0x28, 0x2114, "CS", "DOE^JANE")
      object.text(0x28, 0x0301, "CS", "DOE")
      object.text(0x20, 0x0060, "CS", "JANE")
      object.text(0x28, 0x1054, "LO", "Doe^Jane")
      object.text(0x20, 0x0052, "UI", "Doe")
    }
    var expected = SourceFacts()
    expected.isLossy = true
    #expect(SourceFacts(file, frames: 0..<1, keepsValues: true) == expected)
  }

  @Test(
    arguments: [
      ("50", nil, true), ("50", "00", true), ("91", nil, true), ("91", "00", false),
      ("90", nil, false), ("90", "01", true),
    ] as [(String, String?, Bool)])
  func lossySyntaxesCountAsStated(_ syntax: String, _ stated: String?, _ isLossy: Bool) throws {
    var object = TestObject(transferSyntax: "1.2.840.10008.1.2.4." + syntax)
    object.describe(columns: 1, rows: 1, allocated: 8)
    if let stated { object.text(0x28, 0x2110, "CS", stated) }
    object.encapsulated([[1, 2]])
    let facts = SourceFacts(try object.file(), frames: 0..<1, keepsValues: true)
    #expect(facts.isLossy == isLossy)
  }
}
