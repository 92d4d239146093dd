import DICOM
import Imaging
import Testing

/// Lookup tables, windows, spacing and functional groups.
struct MeaningTests {
  @Test func palettesOfEightPackedAndSixteenBits() throws {
    for isPacked in [true, false] {
      var object = TestObject(grey: [0, 2, 1, 3], columns: 4, rows: 1, allocated: 8)
      object.text(0x28, 0x0004, "CS", "PALETTE COLOR")
      for color in 0..<3 {
        object.us(0x28, UInt16(0x1101 + color), [4, 0, isPacked ? 8 : 16])
        let entries = (0..<4).map { $0 * 10 + color }
        object.set(
          0x28, UInt16(0x1201 + color), "OW",
          isPacked ? entries.map { UInt8($0) } : entries.flatMap { object.number(UInt16($0 * 256)) }
        )
      }
      let image = try object.withoutFirst(0x28, 0x0004).file().image(0)
      let levels = [0, 1, 2, 20, 21, 22, 10, 11, 12, 30, 31, 32]
      #expect(
        image.pixels
          == (isPacked
            ? .uint8(levels.map { UInt8($0) }) : .uint16(levels.map { UInt16($0 * 256) })))
    }
  }

  @Test func segmentedPalettes() throws {
    var object = TestObject(grey: [0, 1, 2, 3, 4, 5], columns: 6, rows: 1, allocated: 8)
    object.text(0x28, 0x0004, "CS", "PALETTE COLOR")
    // Discrete: 100, 110; linear over 2 steps to 150; indirect: the discrete segment again.
    let segments = [0, 2, 100, 110, 1, 2, 150, 2, 1, 0, 0]
    for color in 0..<3 {
      object.us(0x28, UInt16(0x1101 + color), [6, 0, 8])
      object.set(
        0x28, UInt16(0x1221 + color), "OW", segments.flatMap { object.number(UInt16($0)) })
    }
    let image = try object.withoutFirst(0x28, 0x0004).file().image(0)
    let levels = [100, 110, 130, 150, 100, 110].flatMap { [$0, $0, $0] }
    #expect(image.pixels == .uint8(levels.map { UInt8($0) }))
  }

  /// Indirect segments that repeat empty ones made reading take for ever.
  @Test func segmentsThatGoNowhereEnd() throws {
    var object = TestObject(grey: [0, 1], columns: 2, rows: 1, allocated: 8)
    object.text(0x28, 0x0004, "CS", "PALETTE COLOR")
    let empty = [[Int]](repeating: [0, 0], count: 6000).flatMap { $0 }
    let repeats = [[Int]](repeating: [2, 6000, 0, 0], count: 5000).flatMap { $0 }
    for color in 0..<3 {
      object.us(0x28, UInt16(0x1101 + color), [6, 0, 8])
      object.set(
        0x28, UInt16(0x1221 + color), "OW",
        (empty + repeats).flatMap { object.number(UInt16($0)) })
    }
    let file = try object.withoutFirst(0x28, 0x0004).file()
    #expect(throws: DICOMError.self) { try file.image(0) }
  }

  /// Regression: whatever stood in Modality was copied into results, a patient's name too.
  @Test func aModalityThatIsNoCodeIsLeftOut() throws {
    for (text, modality) in [
      ("US", "US"), ("DOE^JANE", nil), ("DOEJANE", nil), ("Jane", nil), ("", nil),
    ] {
      var object = TestObject(grey: [0, 1], columns: 2, rows: 1, allocated: 8)
      object.text(0x08, 0x0060, "CS", text)
      #expect(try object.file().image(0).attributes.modality == modality)
    }
  }

  @Test func aModalityTableIsApplied() throws {
    var object = TestObject(grey: [0, 1, 2, 9], columns: 4, rows: 1, allocated: 8)
    var item = TestObject()
    item.us(0x28, 0x3002, [3, 1, 16])
    item.us(0x28, 0x3006, [500, 600, 700])
    object.sequence(0x28, 0x3000, [item])
    #expect(try object.file().image(0).pixels == .uint16([500, 500, 600, 700]))
  }

  @Test func windowsWithExplanationsAndFunction() throws {
    var object = TestObject(grey: [0, 0], columns: 2, rows: 1, allocated: 8)
    object.text(0x28, 0x1050, "DS", "40\\-600")
    object.text(0x28, 0x1051, "DS", "400\\1500")
    object.text(0x28, 0x1055, "LO", "SOFT\\LUNG")
    object.text(0x28, 0x1056, "CS", "SIGMOID")
    object.text(0x28, 0x1052, "DS", "-1024")
    object.text(0x28, 0x1053, "DS", "2")
    let attributes = try object.file().image(0).attributes
    #expect(
      attributes.windows == [
        Window(center: 40, width: 400, function: .sigmoid, explanation: "SOFT"),
        Window(center: -600, width: 1500, function: .sigmoid, explanation: "LUNG"),
      ])
    #expect(attributes.rescale == Rescale(slope: 2, intercept: -1024))
  }

  @Test func aVOITableGoesBeforeWindowsUntilOneIsSet() throws {
    var object = TestObject(grey: [0, 1, 2, 9], columns: 4, rows: 1, allocated: 8)
    object.text(0x28, 0x1050, "DS", "40")
    object.text(0x28, 0x1051, "DS", "400")
    object.text(0x28, 0x1052, "DS", "-1")
    object.text(0x28, 0x1053, "DS", "1")
    var item = TestObject()
    // The first modality value is -1, in 16 bits.
    item.us(0x28, 0x3002, [3, -1, 8])
    item.us(0x28, 0x3006, [0, 51, 255])
    object.sequence(0x28, 0x3010, [item])
    var attributes = try object.file().image(0).attributes
    let table = try #require(attributes.voiLookupTable)
    #expect([-5, -1, 0, 1, 8].map { table($0) } == [0, 0, 0.2, 1, 1])
    attributes.windows = [Window(center: 1, width: 2)]
    #expect(attributes.voiLookupTable == nil)
  }

  @Test func functionalGroupsHoldForTheirFrame() throws {
    func transformation(_ intercept: String) -> TestObject {
      var values = TestObject()
      values.text(0x28, 0x1052, "DS", intercept)
      values.text(0x28, 0x1053, "DS", "1")
      var groups = TestObject()
      groups.sequence(0x28, 0x9145, [values])
      return groups
    }
    var measures = TestObject()
    measures.text(0x28, 0x0030, "DS", "0.5\\0.25")
    var shared = TestObject()
    shared.sequence(0x28, 0x9110, [measures])
    var object = TestObject(grey: [1, 2], columns: 1, rows: 1, allocated: 8)
    object.text(0x28, 0x0008, "IS", "2")
    object.sequence(0x5200, 0x9229, [shared])
    object.sequence(0x5200, 0x9230, [transformation("-10"), transformation("-20")])
    let file = try object.file()
    #expect(try file.image(0).attributes.rescale.intercept == -10)
    #expect(try file.image(1).attributes.rescale.intercept == -20)
    #expect(try file.image(1).attributes.pixelSpacing == PixelSpacing(row: 0.5, column: 0.25))
  }

  @Test func paddingIsSignedWhereSamplesAre() throws {
    var object = TestObject(
      grey: [0, 0, 0, 0], columns: 2, rows: 1, allocated: 16, isSigned: true)
    object.us(0x28, 0x0120, [-2000])
    object.us(0x28, 0x0121, [-1990])
    #expect(try object.file().image(0).attributes.padding == -2000...(-1990))
  }

  /// Regression: a value written as SS did not reach unsigned samples, nor any value floating ones.
  @Test func paddingIsUnsignedOrFloatingWhereSamplesAre() throws {
    var unsigned = TestObject(grey: [0x30, 0xF8, 1, 0], columns: 2, rows: 1, allocated: 16)
    unsigned.set(0x28, 0x0120, "SS", [0x30, 0xF8])
    #expect(try unsigned.file().image(0).attributes.padding == 63536...63536)
    var floating = TestObject()
    floating.describe(columns: 1, rows: 1, allocated: 32)
    floating.set(0x28, 0x0122, "FL", floating.number(Float(-9999).bitPattern))
    floating.set(0x7FE0, 0x0008, "OF", floating.number(Float(1).bitPattern))
    #expect(try floating.file().image(0).attributes.padding == -9999 ... -9999)
  }

  /// Regression: Pixel Spacing that repeats the detector's was taken for the patient's.
  @Test func theDetectorsSpacingRepeatedIsNotThePatients() throws {
    var object = TestObject(grey: [0, 0], columns: 2, rows: 1, allocated: 8)
    object.text(0x18, 0x1164, "DS", "0.2\\0.2")
    object.text(0x28, 0x0030, "DS", "0.2\\0.2")
    let unknown = try object.file().attributes(ofFrame: 0)
    #expect(unknown.pixelSpacing == PixelSpacing(row: 0.2, column: 0.2))
    #expect(unknown.warnings.count == 1)
    object.text(0x18, 0x1114, "DS", "2")
    let known = try object.file().attributes(ofFrame: 0)
    #expect(known.pixelSpacing == PixelSpacing(row: 0.1, column: 0.1) && known.warnings.isEmpty)
    #expect(
      try object.withoutFirst(0x28, 0x0030).file().attributes(ofFrame: 0).pixelSpacing
        == known.pixelSpacing)
  }

  /// Enhanced X-ray objects say it in their functional groups.
  @Test func enhancedProjectionsSayTheirSpacingInGroups() throws {
    func spacing(_ fill: (inout TestObject) -> Void) throws -> PixelSpacing? {
      var groups = TestObject(.explicitLittle, transferSyntax: nil)
      fill(&groups)
      var object = TestObject(grey: [0, 0], columns: 2, rows: 1, allocated: 8)
      object.sequence(0x5200, 0x9229, [groups])
      return try object.file().attributes(ofFrame: 0).pixelSpacing
    }
    let calibrated = try spacing { groups in
      var item = TestObject(.explicitLittle, transferSyntax: nil)
      let size = item.number(Double(0.25).bitPattern)
      item.set(0x18, 0x9404, "FD", size + size)
      groups.sequence(0x18, 0x9401, [item])
    }
    #expect(calibrated == PixelSpacing(row: 0.25, column: 0.25))
    let detector = try spacing { groups in
      var item = TestObject(.explicitLittle, transferSyntax: nil)
      item.text(0x18, 0x1164, "DS", "0.4\\0.4")
      groups.sequence(0x28, 0x9443, [item])
    }
    #expect(detector == PixelSpacing(row: 0.4, column: 0.4))
  }

  @Test func projectionsAreSmallerThanTheDetectorShows() throws {
    var object = TestObject(grey: [0, 0], columns: 2, rows: 1, allocated: 8)
    object.text(0x18, 0x1164, "DS", "0.2\\0.2")
    let unknown = try object.file().image(0).attributes
    #expect(unknown.pixelSpacing == PixelSpacing(row: 0.2, column: 0.2))
    #expect(unknown.warnings.count == 1)
    object.text(0x18, 0x1114, "DS", "1.25")
    let known = try object.file().image(0).attributes.pixelSpacing
    #expect(abs((known?.row ?? 0) - 0.16) < 1e-12)
  }

  /// Regression: a spacing of 1e30 mm was measured with, and a window without width passed over
  /// without a word.
  @Test(arguments: ["1e30\\1e30", "0\\0", "-1\\-1", "0.5\\200"])
  func sizesThatNoImageHasAreNotBelieved(_ spacing: String) throws {
    var object = TestObject(grey: [0, 0], columns: 2, rows: 1, allocated: 8)
    object.text(0x28, 0x0030, "DS", spacing)
    let attributes = try object.file().image(0).attributes
    #expect(attributes.pixelSpacing == nil)
    #expect(attributes.warnings.contains { $0.contains("not believed") })
  }

  @Test func windowsWithoutWidthAreNotBelieved() throws {
    var object = TestObject(grey: [0, 0], columns: 2, rows: 1, allocated: 8)
    object.text(0x28, 0x1050, "DS", "40\\50\\60")
    object.text(0x28, 0x1051, "DS", "0\\100\\-3")
    let attributes = try object.file().image(0).attributes
    #expect(attributes.windows == [Window(center: 50, width: 100)])
    #expect(attributes.warnings == ["a window of width 0.0 is not believed"])
  }

  @Test func ultrasoundRegionsOfImpossibleScaleAreNotBelieved() throws {
    var region = TestObject()
    for (element, value) in [(0x6012, 1), (0x6024, 3), (0x6026, 3)] {
      region.us(0x18, UInt16(element), [value])
    }
    for element in [0x602C, 0x602E] {
      region.set(0x18, UInt16(element), "FD", region.number((1e12).bitPattern))
    }
    var object = TestObject(grey: [0, 0], columns: 2, rows: 1, allocated: 8)
    object.sequence(0x18, 0x6011, [region])
    let attributes = try object.file().image(0).attributes
    #expect(attributes.pixelSpacing == nil)
    #expect(attributes.warnings.contains { $0.contains("not believed") })
  }

  @Test func overlaysAreReported() throws {
    var object = TestObject(grey: [0, 0], columns: 2, rows: 1, allocated: 8)
    object.us(0x6000, 0x0010, [1])
    #expect(try object.file().image(0).attributes.warnings.count == 1)
  }

  @Test func linearWindowsNarrowerThanOneAreNotBelieved() throws {
    for (function, isBelieved) in [("LINEAR", false), ("LINEAR_EXACT", true), ("SIGMOID", true)] {
      var object = TestObject(grey: [1, 2], columns: 2, rows: 1, allocated: 8)
      object.text(0x28, 0x1050, "DS", "1")
      object.text(0x28, 0x1051, "DS", "0.5")
      object.text(0x28, 0x1056, "CS", function)
      let attributes = try object.file().image(0).attributes
      #expect(attributes.windows.isEmpty == !isBelieved)
      #expect(attributes.warnings.contains { $0.contains("width 0.5") } == !isBelieved)
    }
  }

  @Test func moreFramesThanStatedAreTold() throws {
    let native = TestObject(grey: Array(0..<12), columns: 2, rows: 2, allocated: 8)
    #expect(try native.file().warnings.contains { $0.contains("data for 3 frames") })
    let whole = TestObject(grey: Array(0..<4), columns: 2, rows: 2, allocated: 8)
    #expect(try whole.file().warnings.isEmpty)
  }

  @Test func photometricThatContradictsTheSamplesIsTold() throws {
    let object = TestObject(grey: [1, 2], columns: 2, rows: 1, allocated: 8)
    var contrary = object.withoutFirst(0x28, 0x0004)
    contrary.text(0x28, 0x0004, "CS", "RGB")
    #expect(try contrary.file().warnings.contains { $0.contains("shown as grey") })
  }

  @Test func pixelsThatAreNotSquareAreTold() throws {
    var object = TestObject(grey: [1, 2], columns: 2, rows: 1, allocated: 8)
    object.text(0x28, 0x0034, "IS", "2\\1")
    #expect(
      try object.file().image(0).attributes.warnings.contains { $0.contains("not square") })
  }

  /// Padding values that the table mixed with others were shown white.
  @Test func paddingRangesOutliveAModalityTable() throws {
    var object = TestObject(grey: [0, 1, 2, 3], columns: 4, rows: 1, allocated: 8)
    object.us(0x28, 0x0120, [2])
    object.us(0x28, 0x0121, [3])
    var table = TestObject(.explicitLittle, transferSyntax: nil)
    table.us(0x28, 0x3002, [4, 0, 16])
    table.us(0x28, 0x3006, [500, 100, 900, 100])
    object.sequence(0x28, 0x3000, [table])
    let image = try object.file().image(0)
    let padding = try #require(image.attributes.padding)
    #expect(
      image.pixels.floats().map { padding.contains(Double($0)) } == [false, false, true, true])
    #expect(Array(image.pixels.floats().prefix(2)) == [500, 100])
  }

  /// PS3.5 6.2.2 asks for implicit items; some writers keep the data set's own encoding.
  @Test(arguments: [TestObject.Form.implicitLittle, .explicitLittle])
  func sequencesOfUnknownVRAreReadAsTheyAreEncoded(form: TestObject.Form) throws {
    var object = TestObject(grey: [1, 2], columns: 2, rows: 1, allocated: 8)
    var values = TestObject(form, transferSyntax: nil)
    values.text(0x28, 0x1050, "DS", "1000")
    values.text(0x28, 0x1051, "DS", "500 ")
    var group = TestObject(form, transferSyntax: nil)
    group.sequence(0x28, 0x9132, [values])
    let body = group.dataSet
    let item =
      object.number(UInt16(0xFFFE)) + object.number(UInt16(0xE000))
      + object.number(UInt32(body.count)) + body
    let end = object.number(UInt16(0xFFFE)) + object.number(UInt16(0xE0DD)) + [0, 0, 0, 0]
    object.raw(0x5200, 0x9229, "UN", length: .max, item + end)
    #expect(try object.file().image(0).attributes.windows.map(\.center) == [1000])
  }
}
