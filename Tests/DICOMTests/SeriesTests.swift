import DICOM
import Testing

/// Slices in order, and what keeps them from being a regular volume.
struct SeriesTests {
  private func slice(
    _ depth: Double, shift: Double = 0, uid: String? = nil, width: Int = 4, turned: Bool = false
  ) -> Slice {
    let geometry =
      turned
      ? PlaneGeometry(
        position: .init(depth, 0, 0), row: .init(0, 1, 0), column: .init(0, 0, 1))
      : PlaneGeometry(
        position: .init(0, shift, depth), row: .init(1, 0, 0), column: .init(0, 1, 0))
    return Slice(
      path: "slice\(depth)", frame: 0, sopInstanceUID: uid ?? "1.\(depth)", instanceNumber: 1,
      width: width, height: 4, geometry: geometry)
  }

  private func series(_ slices: [Slice]) -> Series {
    Series(studyInstanceUID: "1", seriesInstanceUID: "2", modality: "CT", slices: slices)
  }

  @Test func slicesAreSortedByPosition() {
    let found = series([slice(5), slice(-5), slice(0)])
    #expect(found.slices.map(\.path) == ["slice-5.0", "slice0.0", "slice5.0"])
    #expect(found.sliceSpacing == 5)
    #expect(found.findings.isEmpty)
  }

  @Test func gapsAndUnevenSpacingAreNamed() {
    #expect(
      series([0, 2, 4, 10, 12].map { slice($0) }).findings == [.gap(after: 3, missing: 2)])
    #expect(
      series([0, 2, 4, 6.5, 8.5].map { slice($0) }).findings
        == [.unevenSpacing(least: 2, most: 2.5)])
  }

  @Test func copiesAndNeighboursAtOnePlace() {
    let copies = series([slice(0), slice(1, uid: "9"), slice(1, uid: "9"), slice(2)])
    #expect(copies.findings == [.duplicateInstances(paths: ["slice1.0", "slice1.0"])])
    let neighbours = series([slice(0), slice(1, uid: "8"), slice(1, uid: "9"), slice(2)])
    #expect(neighbours.findings == [.samePosition(slices: [3])])
  }

  @Test func aTiltedGantryShearsTheStack() throws {
    let found = series((0..<4).map { slice(Double($0) * 10, shift: Double($0) * 10) }).findings
    guard case .gantryTilt(let degrees) = try #require(found.first) else {
      Issue.record("\(found) should name the tilt")
      return
    }
    #expect(abs(degrees - 45) < 1e-9)
  }

  @Test func mixedPlanesAndSizes() {
    #expect(
      series([slice(0), slice(1, width: 8), slice(2, turned: true)]).findings
        == [.mixedSizes(count: 2), .mixedOrientations(count: 2)])
  }

  @Test func filesAreGroupedByStudyAndSeries() throws {
    var collector = SeriesCollector()
    for (path, series) in [("a", "1.2.2"), ("b", "1.2.1"), ("c", "1.2.2")] {
      var object = TestObject(grey: [1, 2], columns: 2, rows: 1, allocated: 8)
      object.text(0x08, 0x0060, "CS", "MR")
      object.text(0x20, 0x000D, "UI", "1.2")
      object.text(0x20, 0x000E, "UI", series)
      let isTaken = collector.add(try object.file(), path: path)
      #expect(isTaken)
    }
    let lone = try TestObject(grey: [1, 2], columns: 2, rows: 1, allocated: 8).file()
    let isTaken = collector.add(lone, path: "d")
    #expect(!isTaken)
    #expect(collector.series.map(\.seriesInstanceUID) == ["1.2.1", "1.2.2"])
    #expect(collector.series.map(\.slices.count) == [1, 2])
    #expect(collector.series.first?.modality == "MR")
  }
}
