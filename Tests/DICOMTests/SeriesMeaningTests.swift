import DICOM
import Testing

/// What the slices of a series are, beside where they lie.
struct SeriesMeaningTests {
  /// A slice of one row; a depth places it.
  private func object(
    _ instance: Int?, depth: Int? = nil, _ change: (inout TestObject) -> Void = { _ in }
  ) throws -> DICOMFile {
    var object = TestObject(grey: [1, 2], columns: 2, rows: 1, allocated: 8)
    object.text(0x08, 0x0018, "UI", "1.2.3.\(instance ?? 0)\(depth ?? 0)")
    object.text(0x20, 0x000D, "UI", "1.2")
    object.text(0x20, 0x000E, "UI", "1.3")
    if let instance { object.text(0x20, 0x0013, "IS", "\(instance)") }
    if let depth {
      object.text(0x20, 0x0032, "DS", "0\\0\\\(depth)")
      object.text(0x20, 0x0037, "DS", "1\\0\\0\\0\\1\\0")
    }
    change(&object)
    return try object.file()
  }

  private func series(_ files: [DICOMFile]) throws -> Series {
    var collector = SeriesCollector()
    for (index, file) in files.enumerated() { collector.add(file, path: "\(index)") }
    return try #require(collector.series.first)
  }

  /// Of three slices in order, each changed.
  private func findings(_ change: (inout TestObject, Int) -> Void) throws -> [SeriesFinding] {
    try series((1...3).map { index in try object(index, depth: index) { change(&$0, index) } })
      .findings
  }

  /// Regression: nothing was said where no slice at all tells a place.
  @Test func aSeriesWithoutPlacesSaysSo() throws {
    let numbered = try series([object(2), object(1)])
    #expect(numbered.findings == [.unplaced(count: 2, of: 2)])
    #expect(numbered.slices.map(\.path) == ["1", "0"])
    let equal = try series([object(1), object(1) { $0.us(0x20, 0x4000, [1]) }])
    #expect(equal.findings.contains(.unordered))
    #expect(try series([object(nil), object(1)]).findings.contains(.unordered))
    #expect(try series([object(1)]).findings.isEmpty)
    // The frames of one object are in its order.
    let loop = try object(1) { $0.text(0x28, 0x0008, "IS", "2") }
    #expect(try series([loop]).findings.isEmpty)
  }

  /// Regression: frames of ultrasound volumes stayed in the file's order, and had no spacing.
  @Test func framesOfUltrasoundVolumesLieInTheVolume() throws {
    func item(_ change: (inout TestObject) -> Void) -> TestObject {
      var item = TestObject()
      change(&item)
      return item
    }
    func doubles(_ values: [Double]) -> [UInt8] {
      values.flatMap { TestObject().number($0.bitPattern) }
    }
    let axes = item { $0.set(0x20, 0x9302, "FD", doubles([1, 0, 0, 0, 1, 0])) }
    let own = [4.0, 0, 6, 2].map { depth in
      item { groups in
        groups.sequence(
          0x20, 0x930E, [item { $0.set(0x20, 0x9301, "FD", doubles([0, 0, depth])) }])
      }
    }
    var object = TestObject(grey: [1, 2, 3, 4], columns: 1, rows: 1, allocated: 8)
    object.text(0x20, 0x000D, "UI", "1.2")
    object.text(0x20, 0x000E, "UI", "1.3")
    object.text(0x28, 0x0008, "IS", "4")
    object.sequence(0x5200, 0x9229, [item { $0.sequence(0x20, 0x930F, [axes]) }])
    object.sequence(0x5200, 0x9230, own)
    let found = try series([try object.file()])
    #expect(found.slices.map(\.frame) == [1, 3, 0, 2])
    #expect(found.sliceSpacing == 2 && found.findings.isEmpty)
  }

  /// Regression: MONOCHROME1 among MONOCHROME2, other units and other types were not told.
  @Test func valuesThatDoNotCompareAreTold() throws {
    #expect(try findings { _, _ in }.isEmpty)
    let mixed = try series([
      object(1, depth: 1),
      object(2, depth: 2) { object in
        object = object.withoutFirst(0x28, 0x0004)
        object.text(0x28, 0x0004, "CS", "MONOCHROME1")
      },
    ])
    #expect(mixed.findings == [.mixedPhotometrics])
    #expect(SeriesFinding.mixedPhotometrics.isOfStoredValues)
    #expect(
      try findings { $0.text(0x28, 0x1054, "LO", $1 == 2 ? "US" : "HU") }
        == [.mixedRescaleTypes(count: 2)])
    #expect(
      try findings { $0.text(0x54, 0x1001, "CS", $1 == 2 ? "CNTS" : "BQML") }
        == [.mixedUnits(count: 2)])
  }

  /// Regression: a part of a concatenation that is missing was not told.
  @Test func aConcatenationThatLacksPartsIsTold() throws {
    func parts(_ numbers: [Int], of count: Int?) throws -> [SeriesFinding] {
      let files = try numbers.map { number in
        try object(number, depth: number) { object in
          object.text(0x20, 0x9161, "UI", "1.7")
          object.us(0x20, 0x9162, [number])
          if let count { object.us(0x20, 0x9163, [count]) }
        }
      }
      return try series(files).findings
    }
    #expect(try parts([1, 2], of: 2).isEmpty)
    #expect(try parts([2], of: 2) == [.incompleteConcatenation(missing: [1], of: 2)])
    #expect(try parts([2, 3], of: nil) == [.incompleteConcatenation(missing: [1], of: 3)])
    #expect(
      "\(SeriesFinding.incompleteConcatenation(missing: [1, 3], of: 4))"
        == "the series lacks parts 1 and 3 of 4 of a concatenation")
  }

  /// Regression: tiles of a whole slide were slices of a volume.
  @Test func tilesAreNoSlices() throws {
    func tiled(_ columns: Int, frames: Int) throws -> DICOMFile {
      var object = TestObject(
        grey: [UInt8](repeating: 1, count: 2 * frames), columns: 2, rows: 1, allocated: 8)
      object.text(0x20, 0x000D, "UI", "1.2")
      object.text(0x20, 0x000E, "UI", "1.3")
      object.text(0x28, 0x0008, "IS", "\(frames)")
      object.text(0x20, 0x9311, "CS", "TILED_FULL")
      object.set(0x48, 0x0006, "UL", object.number(UInt32(columns)))
      object.set(0x48, 0x0007, "UL", object.number(UInt32(1)))
      return try object.file()
    }
    let file = try tiled(6, frames: 3)
    #expect(try series([file]).findings == [.tiles(TiledPicture(columns: 6, rows: 1))])
    let warnings = try file.image(1).attributes.warnings
    #expect(warnings.contains { $0.contains("tiles of a picture of 6 x 1 pixels") })
    let whole = try tiled(2, frames: 1)
    #expect(try series([whole]).findings.isEmpty && whole.image(0).attributes.warnings.isEmpty)
  }
}
