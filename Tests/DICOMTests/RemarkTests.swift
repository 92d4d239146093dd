import DICOM
import Testing

/// What a file says and the picture does not show.
struct RemarkTests {
  private func warnings(_ change: (inout TestObject) -> Void) throws -> [String] {
    var object = TestObject(grey: [1, 2], columns: 2, rows: 1, allocated: 8)
    change(&object)
    return try object.file().image(0).attributes.warnings
  }

  /// Regression: other viewers show such a file turned over, and nothing told.
  @Test(arguments: [("MONOCHROME2", "INVERSE"), ("MONOCHROME1", "IDENTITY")])
  func aPresentationShapeThatContradictsIsTold(_ photometric: String, _ shape: String) throws {
    func warnings(_ shape: String) throws -> [String] {
      try self.warnings { object in
        object = object.withoutFirst(0x28, 0x0004)
        object.text(0x28, 0x0004, "CS", photometric)
        object.text(0x2050, 0x0020, "CS", shape)
      }
    }
    #expect(try warnings(shape).first?.contains("contradicts") == true)
    #expect(try warnings(shape == "INVERSE" ? "IDENTITY" : "INVERSE").isEmpty)
  }

  /// Regression: frames under the window of their difference from a mask, without a word.
  @Test func subtractionIsTold() throws {
    #expect(try warnings { $0.text(0x28, 0x1090, "CS", "SUB") }.first?.contains("mask") == true)
    #expect(try warnings { $0.text(0x28, 0x1090, "CS", "NAT") }.isEmpty)
  }

  /// Regression: a mapping to real world values was neither applied nor told; one that says what the
  /// rescale does needs no word.
  @Test(arguments: [(2.5, 1), (2, 0)])
  func realWorldValuesAreTold(_ slope: Double, _ count: Int) throws {
    let found = try warnings { object in
      object.text(0x28, 0x1052, "DS", "-3")
      object.text(0x28, 0x1053, "DS", "2")
      var item = TestObject()
      item.set(0x40, 0x9224, "FD", item.number((-3.0).bitPattern))
      item.set(0x40, 0x9225, "FD", item.number(slope.bitPattern))
      object.sequence(0x40, 0x9096, [item])
    }
    #expect(found.count == count)
  }
}
