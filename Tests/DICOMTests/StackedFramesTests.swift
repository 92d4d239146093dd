import DICOM
import Testing

/// Frames of objects that state one plane, and how far along its normal each frame lies.
struct StackedFramesTests {
  private func object() -> TestObject {
    var object = TestObject(grey: [0, 1, 2, 3], columns: 1, rows: 1, allocated: 8)
    object.text(0x28, 0x0008, "IS", "4")
    return object
  }

  private func plane(_ object: inout TestObject, z: Int) {
    object.text(0x20, 0x0032, "DS", "5\\6\\\(z)")
    object.text(0x20, 0x0037, "DS", "1\\0\\0\\0\\1\\0")
  }

  private func heights(_ object: TestObject) throws -> [Double?] {
    try object.file().slices(path: "file").map { $0.geometry?.position.z }
  }

  /// Regression: all frames of a dose were said to lie in one place (PS3.3 C.8.8.3.2).
  @Test(arguments: ["0\\2\\4\\7", "10\\12\\14\\17", "0\\-2\\-4\\-7"])
  func aDoseLiesWhereItsGridSays(_ vector: String) throws {
    var object = object()
    plane(&object, z: 10)
    object.text(0x3004, 0x000C, "DS", vector)
    let expected: [Double] = vector.contains("-") ? [10, 8, 6, 3] : [10, 12, 14, 17]
    #expect(try heights(object) == expected)
  }

  @Test func aVectorOfAnotherLengthPlacesNothing() throws {
    var object = object()
    plane(&object, z: 10)
    object.text(0x3004, 0x000C, "DS", "0\\2\\4")
    #expect(try heights(object) == [10, 10, 10, 10])
  }

  /// Regression: slices of reconstructed nuclear medicine had no place (PS3.3 C.8.4.15).
  @Test(arguments: [("4", [50, 54, 58, 62]), ("-4", [50, 46, 42, 38])])
  func reconstructedSlicesLieByTheirNumbers(spacing: String, expected: [Double]) throws {
    var detector = TestObject(.explicitLittle, transferSyntax: nil)
    plane(&detector, z: 50)
    var object = object()
    object.text(0x18, 0x0088, "DS", spacing)
    object.sequence(0x54, 0x0022, [detector])
    object.us(0x54, 0x0080, [1, 2, 3, 4])
    #expect(try heights(object) == [nil, nil, nil, nil])
    object.text(0x08, 0x0008, "CS", "ORIGINAL\\PRIMARY\\RECON TOMO\\EMISSION")
    #expect(try heights(object) == expected)
  }
}
