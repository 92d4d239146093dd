import Imaging
import Testing

/// Segmented palettes of 8-bit and of 16-bit entries (PS3.3 C.7.9.2).
struct PaletteTests {
  /// One row of the indices 0, 1, 2 ... through the same table in all colours.
  private func shown(_ count: Int, bits: Int, segments: [UInt8]) throws -> PixelBuffer {
    var object = TestObject(transferSyntax: "1.2.840.10008.1.2.1")
    object.describe(
      columns: count, rows: 1, photometric: "PALETTE COLOR", allocated: 8)
    object.set(0x7FE0, 0x0010, "OB", (0..<count).map { UInt8($0) })
    for color in 0..<3 {
      object.us(0x28, UInt16(0x1101 + color), [count, 0, bits])
      object.set(0x28, UInt16(0x1221 + color), "OW", segments)
    }
    return try object.file().image(0).pixels
  }

  private func words(_ values: [Int]) -> [UInt8] {
    values.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
  }

  private func grey(_ levels: [Int]) -> [Int] { levels.flatMap { [$0, $0, $0] } }

  /// Regression: the standard's own SPRING, SUMMER, FALL and WINTER palettes were refused.
  @Test func segmentsOfBytes() throws {
    let segments: [UInt8] = [0, 2, 10, 20, 1, 4, 100, 0, 1, 5, 1, 2, 0, 0]
    let levels = grey([10, 20, 40, 60, 80, 100, 5, 2, 0])
    #expect(try shown(9, bits: 8, segments: segments) == .uint8(levels.map { UInt8($0) }))
  }

  @Test func indirectSegmentsOfBytes() throws {
    let segments: [UInt8] = [0, 2, 10, 20, 1, 2, 40, 0, 2, 7, 8, 2, 1, 4, 0, 0, 0, 0]
    let levels = grey([10, 20, 30, 40, 7, 8, 24, 40])
    #expect(try shown(8, bits: 8, segments: segments) == .uint8(levels.map { UInt8($0) }))
  }

  /// Regression: offsets were taken for entries; the standard counts bytes, some writers entries.
  @Test(arguments: [8, 4]) func indirectSegmentsOfWords(_ offset: Int) throws {
    let segments = words([0, 2, 1000, 2000, 1, 2, 4000, 0, 2, 700, 800, 2, 1, offset, 0])
    let levels = grey([1000, 2000, 3000, 4000, 700, 800, 2400, 4000])
    #expect(try shown(8, bits: 16, segments: segments) == .uint16(levels.map { UInt16($0) }))
  }

  @Test func anIndirectSegmentThatPointsBetweenOthersIsRefused() throws {
    let segments = words([0, 2, 1000, 2000, 1, 2, 4000, 2, 1, 3, 0])
    #expect(throws: (any Error).self) { try shown(6, bits: 16, segments: segments) }
  }
}
