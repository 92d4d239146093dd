import DICOM
import Imaging
import Testing

/// Slices that do not lie where those of a volume do, built by hand and read from objects.
struct SeriesGeometryTests {
  private func slice(
    _ depth: Double?, x: Double = 0, spacing: Double? = nil, statesPlane: Bool? = nil,
    uid: String = ""
  ) -> Slice {
    let geometry = depth.flatMap {
      PlaneGeometry(position: .init(x, 0, $0), row: .init(1, 0, 0), column: .init(0, 1, 0))
    }
    return Slice(
      path: "a", frame: 0, sopInstanceUID: "\(depth ?? 0) \(uid)", instanceNumber: 1, width: 4,
      height: 4, geometry: geometry, statesPlane: statesPlane,
      pixelSpacing: spacing.flatMap { PixelSpacing(row: $0, column: $0) })
  }

  private func series(_ slices: [Slice]) -> Series {
    Series(studyInstanceUID: "1", seriesInstanceUID: "2", modality: "CT", slices: slices)
  }

  private let flat = "1\\0\\0\\0\\1\\0"

  /// One slice of a series of single frames.
  private func object(
    _ instance: Int, position: String?, axes: String?,
    _ change: (inout TestObject) -> Void = { _ in }
  ) throws -> DICOMFile {
    var object = TestObject(grey: [1, 2], columns: 2, rows: 1, allocated: 8)
    object.text(0x08, 0x0018, "UI", "1.2.3.\(instance)")
    object.text(0x20, 0x000D, "UI", "1.2")
    object.text(0x20, 0x000E, "UI", "1.3")
    object.text(0x20, 0x0013, "IS", "\(instance)")
    if let position { object.text(0x20, 0x0032, "DS", position) }
    if let axes { object.text(0x20, 0x0037, "DS", axes) }
    change(&object)
    return try object.file()
  }

  /// An enhanced object: one item of functional groups a depth, empty where that is nil.
  private func enhanced(
    frames: Int, depths: [Double?], spacings: [String] = []
  ) throws -> DICOMFile {
    func item(_ change: (inout TestObject) -> Void) -> TestObject {
      var item = TestObject()
      change(&item)
      return item
    }
    let shared = item { groups in
      groups.sequence(0x20, 0x9116, [item { $0.text(0x20, 0x0037, "DS", flat) }])
    }
    let own = depths.enumerated().map { index, depth in
      item { groups in
        if let depth {
          groups.sequence(
            0x20, 0x9113, [item { $0.text(0x20, 0x0032, "DS", "0\\0\\\(depth)") }])
        }
        if index < spacings.count {
          groups.sequence(0x28, 0x9110, [item { $0.text(0x28, 0x0030, "DS", spacings[index]) }])
        }
      }
    }
    var object = TestObject(
      grey: [UInt8](repeating: 1, count: 2 * frames), columns: 2, rows: 1, allocated: 8)
    object.text(0x08, 0x0018, "UI", "1.2.3")
    object.text(0x20, 0x000D, "UI", "1.2")
    object.text(0x20, 0x000E, "UI", "1.3")
    object.text(0x28, 0x0008, "IS", "\(frames)")
    object.sequence(0x5200, 0x9229, [shared])
    object.sequence(0x5200, 0x9230, own)
    return try object.file()
  }

  private func findings(_ files: [DICOMFile]) throws -> [SeriesFinding] {
    var collector = SeriesCollector()
    for (index, file) in files.enumerated() { collector.add(file, path: "\(index)") }
    return try #require(collector.series.first).findings
  }

  @Test func slicesWithoutAPlaceAmongOthersAreCounted() throws {
    #expect(
      series([slice(0), slice(nil, uid: "a"), slice(5)]).findings == [.unplaced(count: 1, of: 3)])
    #expect(series([slice(nil, uid: "a"), slice(nil, uid: "b")]).findings.isEmpty)
    let senseless = ["a", "b"].map { slice(nil, statesPlane: true, uid: $0) }
    #expect(series(senseless).findings == [.unplaced(count: 2, of: 2)])
    #expect(
      "\(SeriesFinding.unplaced(count: 1, of: 4))"
        == "no usable position for 1 of 4 slices: in the order of their instance numbers")
  }

  @Test(
    arguments: [
      (nil, "1\\0\\0\\0\\1\\0"), ("0\\0\\5", nil), ("0\\0\\5", "2\\0\\0\\0\\2\\0"),
    ] as [(String?, String?)])
  func anObjectWithHalfAPlaceIsCounted(_ position: String?, _ axes: String?) throws {
    let files = [
      try object(1, position: "0\\0\\0", axes: flat),
      try object(2, position: position, axes: axes),
      try object(3, position: "0\\0\\9", axes: flat),
    ]
    #expect(try findings(files) == [.unplaced(count: 1, of: 3)])
  }

  @Test func framesOfEnhancedObjectsWithoutAPlaceAreCounted() throws {
    #expect(try findings([enhanced(frames: 3, depths: [0, 5, 10])]).isEmpty)
    #expect(
      try findings([enhanced(frames: 3, depths: [0, nil, 10])]) == [.unplaced(count: 1, of: 3)])
    #expect(try findings([enhanced(frames: 3, depths: [0])]) == [.unplaced(count: 2, of: 3)])
  }

  @Test func allSlicesInOnePlace() throws {
    let files = try (1...5).map { try object($0, position: "0\\0\\7", axes: flat) }
    #expect(try findings(files) == [.samePosition(slices: [2, 3, 4, 5])])
  }

  @Test func framesOfOneObjectInOnePlace() throws {
    let twice = try enhanced(frames: 6, depths: [0, 5, 10, 0, 5, 10])
    #expect(try findings([twice]) == [.samePosition(slices: [2, 4, 6])])
    // A copy of the file is one finding, not one more a frame.
    #expect(
      try findings([twice, twice])
        == [.duplicateInstances(paths: ["0", "1"]), .samePosition(slices: [2, 6, 10])])
  }

  @Test func manySlicesInOnePlaceAreNotAllListed() {
    #expect(
      "\(SeriesFinding.samePosition(slices: [2]))" == "slice 2 lies where the one before it does")
    #expect(
      "\(SeriesFinding.samePosition(slices: [2, 4]))"
        == "slices 2 and 4 lie where the ones before them do")
    #expect(
      "\(SeriesFinding.samePosition(slices: Array(2...9)))"
        == "slices 2, 3, 4, 5, 6 and 3 more lie where the ones before them do")
  }

  @Test(arguments: 0..<7) func aSliceShiftedSidewaysIsNoGantryTilt(_ stray: Int) {
    let found = series((0..<7).map { slice(Double($0) * 5, x: $0 == stray ? 50 : 0) })
    #expect(found.findings == [.misaligned(slices: [stray + 1])])
    let tilted = series(
      (0..<7).map { slice(Double($0) * 5, x: Double($0) * 2 + ($0 == stray ? 50 : 0)) })
    #expect(tilted.findings == [.misaligned(slices: [stray + 1])])
  }

  @Test func roundedPositionsOfATiltedStackAreAligned() throws {
    func findings(spacing: Double) -> [SeriesFinding] {
      series(
        (0..<200).map { slice(Double($0), x: (Double($0) * 0.34).rounded(), spacing: spacing) }
      ).findings
    }
    let found = findings(spacing: 2)
    guard case .gantryTilt(let degrees)? = found.first, found.count == 1 else {
      Issue.record("\(found) should be the tilt alone")
      return
    }
    #expect(abs(degrees - 18.78) < 0.2)
    // The same shifts are more than half of a smaller pixel.
    guard case .misaligned? = findings(spacing: 0.5).first else {
      Issue.record("slices beside the line by a pixel should be found")
      return
    }
  }

  @Test(arguments: [
    ([0.0, 5, 15], [SeriesFinding.gap(after: 2, missing: 1)]),
    (
      [0.0, 5, 10, 20, 30],
      [SeriesFinding.gap(after: 3, missing: 1), .gap(after: 4, missing: 1)]
    ),
  ])
  func gapsAreNotTakenForTheSpacing(_ depths: [Double], _ gaps: [SeriesFinding]) {
    let found = series(depths.map { slice($0) })
    #expect(found.sliceSpacing == 5)
    #expect(found.findings == gaps)
  }

  @Test func pixelSpacingsThatDiffer() throws {
    let files = try (1...3).map { index in
      try object(index, position: "0\\0\\\(index)", axes: flat) {
        $0.text(0x28, 0x0030, "DS", index < 3 ? "1\\1" : "0.5\\0.5")
      }
    }
    #expect(try findings(files) == [.mixedPixelSpacings(count: 2)])
    #expect(try findings(Array(files.prefix(2))).isEmpty)
    let frames = try enhanced(
      frames: 3, depths: [0, 5, 10], spacings: ["1\\1", "1.1\\1.1", "1\\1"])
    #expect(try findings([frames]) == [.mixedPixelSpacings(count: 2)])
  }

  @Test func framesOfReferenceThatDiffer() throws {
    let files = try (1...4).map { index in
      try object(index, position: "0\\0\\\(index)", axes: flat) {
        $0.text(0x20, 0x0052, "UI", "1.2.\(index / 2)")
      }
    }
    #expect(try findings(files) == [.mixedFramesOfReference(count: 3)])
  }

  @Test func rescalesThatDiffer() throws {
    let files = try (1...4).map { index in
      try object(index, position: "0\\0\\\(index)", axes: flat) {
        $0.text(0x28, 0x1052, "DS", "0")
        $0.text(0x28, 0x1053, "DS", "\(min(index, 3))")
      }
    }
    #expect(try findings(files) == [.mixedRescales(count: 3)])
  }

  @Test func anImageThatLostItsPixelsIsDamaged() throws {
    var object = TestObject()
    object.describe(columns: 2, rows: 1, allocated: 8)
    #expect(throws: DICOMError.malformed(reason: "it describes an image without pixel data")) {
      try object.file()
    }
  }
}
