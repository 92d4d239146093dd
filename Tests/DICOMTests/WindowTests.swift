import DICOM
import Imaging
import Testing

/// Windows, rescales and spacings that are no numbers, or only some of them.
struct WindowTests {
  private func attributes(_ fill: (inout TestObject) -> Void) throws -> ImageAttributes {
    var object = TestObject(grey: [1, 2], columns: 2, rows: 1, allocated: 8)
    fill(&object)
    return try object.file().attributes(ofFrame: 0)
  }

  /// Regression: the good window behind a bad one was lost, and nothing told of either.
  @Test(arguments: [
    ("\\600", "\\1500"), ("NaN\\600", "400\\1500"), ("40d\\600", "400f\\1500"),
    ("40\\600", "0x190\\1500"), ("40,5\\600", "400\\1500"),
  ])
  func aWindowWithoutNumbersIsToldAndPassedOver(centers: String, widths: String) throws {
    let found = try attributes { object in
      object.text(0x28, 0x1050, "DS", centers)
      object.text(0x28, 0x1051, "DS", widths)
    }
    #expect(found.windows == [Window(center: 600, width: 1500)])
    #expect(found.warnings == ["window 1 has no number as its centre or width"])
  }

  @Test func aCentreWithoutAWidthIsTold() throws {
    let found = try attributes { object in
      object.text(0x28, 0x1050, "DS", "40\\600")
      object.text(0x28, 0x1051, "DS", "400")
    }
    #expect(found.windows == [Window(center: 40, width: 400)] && found.warnings.count == 1)
    let trailing = try attributes { object in
      object.text(0x28, 0x1050, "DS", "40\\")
      object.text(0x28, 0x1051, "DS", "400\\")
    }
    #expect(trailing.windows == found.windows && trailing.warnings.isEmpty)
  }

  /// Regression: lower case, and what no edition of the standard knows, was LINEAR without a word.
  @Test func anUnknownFunctionIsTold() throws {
    func function(_ name: String) throws -> (Window.Function?, warnings: Int) {
      let found = try attributes { object in
        object.text(0x28, 0x1050, "DS", "40")
        object.text(0x28, 0x1051, "DS", "400")
        object.text(0x28, 0x1056, "CS", name)
      }
      return (found.windows.first?.function, found.warnings.count)
    }
    #expect(try function("linear_exact") == (.linearExact, 0))
    #expect(try function("FOO") == (.linear, 1))
  }

  /// Regression: a decimal comma was believed, and "1,024" became 1.024 mm.
  @Test func aCommaIsNoPoint() throws {
    let found = try attributes { $0.text(0x28, 0x0030, "DS", "1,024\\1,024") }
    #expect(found.pixelSpacing == nil && found.warnings == ["Pixel Spacing is not two numbers"])
    let half = try attributes { $0.text(0x28, 0x0030, "DS", "0.5\\0,5") }
    #expect(half.pixelSpacing == nil && half.warnings.count == 1)
  }

  /// Regression: a slope that is not a number made the picture black, and one frame differ from itself.
  @Test(arguments: [Double.nan, .infinity, 0], [0x1052, 0x1053] as [UInt16])
  func aRescaleThatIsNoNumberIsTold(value: Double, element: UInt16) throws {
    let isValid = value == 0 && element == 0x1052
    let found = try attributes { object in
      object.set(0x28, element, "FD", object.number(value.bitPattern))
    }
    #expect(found.rescale == .identity && found.warnings.isEmpty == isValid)
  }

  @Test func aBinaryWindowThatIsInfiniteIsTold() throws {
    let found = try attributes { object in
      object.set(0x28, 0x1050, "FD", object.number((50.0).bitPattern))
      object.set(0x28, 0x1051, "FD", object.number(Double.infinity.bitPattern))
    }
    #expect(found.windows.isEmpty && found.warnings.count == 1)
  }

  /// Regression: a factor stated as 0 kept the distances from being used.
  @Test(arguments: ["0", "0.5", "x", ""]) func aMagnificationOfNothingLeavesTheDistances(
    _ factor: String
  ) throws {
    let found = try attributes { object in
      object.text(0x18, 0x1110, "DS", "1000")
      object.text(0x18, 0x1111, "DS", "800")
      object.text(0x18, 0x1114, "DS", factor)
      object.text(0x18, 0x1164, "DS", "0.25\\0.25")
    }
    #expect(found.pixelSpacing == PixelSpacing(row: 0.2, column: 0.2) && found.warnings.isEmpty)
  }

  /// Regression: the spacing of RT images was not read (PS3.3 C.8.8.2).
  @Test func anRTImageHasTheSpacingOfItsPlane() throws {
    let known = try attributes { object in
      object.text(0x3002, 0x0011, "DS", "0.3\\0.6")
      object.text(0x3002, 0x0022, "DS", "1000")
      object.text(0x3002, 0x0026, "DS", "1500")
    }
    let spacing = try #require(known.pixelSpacing)
    #expect(abs(spacing.row - 0.2) < 1e-12 && abs(spacing.column - 0.4) < 1e-12)
    let unknown = try attributes { $0.text(0x3002, 0x0011, "DS", "0.3\\0.3") }
    #expect(unknown.pixelSpacing == PixelSpacing(row: 0.3, column: 0.3))
    #expect(unknown.warnings.count == 1)
  }

  /// Regression: stored numbers of an RT dose were taken for the dose.
  @Test func aDoseIsScaled() throws {
    let found = try attributes { $0.text(0x3004, 0x000E, "DS", "1e-6") }
    #expect(found.rescale == Rescale(slope: 1e-6, intercept: 0))
    #expect(try attributes { $0.text(0x3004, 0x000E, "DS", "0") }.warnings.count == 1)
  }
}
