/// One two-dimensional region of an ultrasound image that is calibrated in centimetres
/// (PS3.3 C.8.5.5.1).
package struct UltrasoundRegion: Sendable, Equatable {
  /// Columns and rows of the region in the picture, both ends included.
  package let columns: ClosedRange<Int>
  package let rows: ClosedRange<Int>
  /// Size of a pixel.
  package let millimetresX: Double
  package let millimetresY: Double

  private static let twoDimensional = 1
  private static let centimetres = 3

  /// Nil for regions of other kinds (M-mode, spectral) and units, and for nonsense.
  init?(_ item: DataSet) {
    guard item.integer(.regionSpatialFormat) == Self.twoDimensional,
      item.integer(.physicalUnitsX) == Self.centimetres,
      item.integer(.physicalUnitsY) == Self.centimetres,
      let x = item.number(.physicalDeltaX), let y = item.number(.physicalDeltaY), x != 0, y != 0,
      x.isFinite, y.isFinite
    else { return nil }
    let (left, right) = (item.integer(.regionX0) ?? 0, item.integer(.regionX1) ?? 0)
    let (top, bottom) = (item.integer(.regionY0) ?? 0, item.integer(.regionY1) ?? 0)
    columns = min(left, right)...max(left, right)
    rows = min(top, bottom)...max(top, bottom)
    millimetresX = abs(x) * 10
    millimetresY = abs(y) * 10
  }

  var area: Double { Double(columns.count) * Double(rows.count) }

  func isScaled(like other: UltrasoundRegion) -> Bool {
    abs(millimetresX / other.millimetresX - 1) < 1e-3
      && abs(millimetresY / other.millimetresY - 1) < 1e-3
  }
}

extension DICOMFile {
  /// The calibrated two-dimensional regions, in the order of the file.
  package var ultrasoundRegions: [UltrasoundRegion] {
    dataSet.items(.ultrasoundRegions).compactMap(UltrasoundRegion.init)
  }
}
