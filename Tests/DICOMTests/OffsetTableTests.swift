import DICOM
import Testing

/// Which fragments make up which frame, where a table says so.
struct OffsetTableTests {
  /// Two bytes a frame, as they are: the table alone tells the frames.
  private func object(
    _ fragments: [[UInt8]], frames: Int, offsets: [Int], isExtended: Bool
  ) -> TestObject {
    var object = TestObject(transferSyntax: "1.2.840.10008.1.2.1.98")
    object.describe(columns: 2, rows: 1, allocated: 8)
    object.text(0x28, 0x0008, "IS", String(frames))
    if isExtended {
      object.set(0x7FE0, 0x0001, "OV", offsets.flatMap { object.number(UInt64($0)) })
    }
    object.encapsulated(fragments, table: isExtended ? [] : offsets.map { UInt32($0) })
    return object
  }

  private func levels(_ object: TestObject) throws -> [[UInt8]] {
    let file = try object.file()
    return try (0..<file.pixels.frames).map { index in
      guard case .uint8(let samples) = try file.storedFrame(index).pixels else { return [] }
      return samples
    }
  }

  private static let fragments: [[UInt8]] = [[20, 21], [0, 1], [30, 31], [10, 11]]

  /// Regression: frames came in the order of their fragments where the table's offsets do not rise.
  @Test(arguments: [false, true]) func framesLieInAnyOrder(isExtended: Bool) throws {
    let object = object(
      Self.fragments, frames: 4, offsets: [10, 30, 0, 20], isExtended: isExtended)
    #expect(try levels(object) == [[0, 1], [10, 11], [20, 21], [30, 31]])
    #expect(try object.file().warnings.isEmpty)
  }

  @Test(arguments: [false, true]) func framesShareTheirFragments(isExtended: Bool) throws {
    let object = object(
      Self.fragments, frames: 4, offsets: [0, 10, 10, 30], isExtended: isExtended)
    #expect(try levels(object) == [[20, 21], [0, 1], [0, 1], [10, 11]])
  }

  @Test func framesOfSeveralFragmentsLieInAnyOrder() throws {
    let halves: [[UInt8]] = [[20, 21], [0, 1], [22, 23], [2, 3]]
    var object = object(halves, frames: 2, offsets: [20, 0], isExtended: false)
    object = object.withoutFirst(0x28, 0x0011)
    object.us(0x28, 0x0011, [4])
    #expect(try levels(object) == [[22, 23, 2, 3], [20, 21, 0, 1]])
  }

  /// A table that hits no fragments, or of zeros, which was never filled.
  @Test(arguments: [[0, 4, 8, 12], [0, 0, 0, 0], [0, 10]])
  func aTableThatDoesNotFitIsNotFollowedAndTold(offsets: [Int]) throws {
    let object = object(Self.fragments, frames: 4, offsets: offsets, isExtended: false)
    #expect(try levels(object) == Self.fragments)
    #expect(try object.file().warnings.contains { $0.contains("offsets") })
  }
}
