internal import CTIFF
internal import Imaging

/// The size of a pixel in the object, which TIFF itself cannot say: its resolution is that of print.
///
/// ImageJ writes pixels by a unit of length of the object, and names the unit in the description.
enum TIFFSpacing {
  private static let millimetres: [String: Double] = [
    "mm": 1, "millimeter": 1, "cm": 10, "centimeter": 10, "um": 1e-3,
    "\\u00B5m": 1e-3, "\u{B5}m": 1e-3, "\u{3BC}m": 1e-3, "micron": 1e-3, "nm": 1e-6,
  ]

  static func ofPixels(_ page: CTIFFPage) -> PixelSpacing? {
    let text = TIFFLibrary.description(of: page)
    guard text.hasPrefix("ImageJ="),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("unit=") }),
      let unit = millimetres[String(line.dropFirst(5))], page.xResolution > 0,
      page.yResolution > 0
    else { return nil }
    let (row, column) = (unit / Double(page.yResolution), unit / Double(page.xResolution))
    // Of the upright picture.
    let spacing =
      page.orientation >= 5
      ? PixelSpacing(row: column, column: row) : PixelSpacing(row: row, column: column)
    return spacing.flatMap { $0.isPlausible ? $0 : nil }
  }
}
