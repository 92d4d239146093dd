/// A bar of a round number of millimetres in the lower left corner, ticked at its ends and with its
/// length beside it.
struct ScaleBar {
  /// 1, 2, 5 times a power of ten.
  let millimeters: Int
  let length: Int

  /// The longest round length that takes at most a third of the picture's width; nil when not even
  /// 1 mm fits or the picture is too small to hold text.
  init?(millimetersPerPixel: Double, in picture: Picture) {
    guard picture.width >= 120, picture.height >= 80, millimetersPerPixel > 0 else { return nil }
    let candidates = [100, 50, 20, 10, 5, 2, 1]
    let room = Double(picture.width) / 3
    guard let fit = candidates.first(where: { Double($0) / millimetersPerPixel <= room }) else {
      return nil
    }
    let pixels = Int((Double(fit) / millimetersPerPixel).rounded())
    guard pixels >= 8 else { return nil }
    (millimeters, length) = (fit, pixels)
  }

  func draw(on picture: inout Picture) {
    let unit = max(picture.width / 480, 1)
    let (left, bottom) = (8 * unit, picture.height - 8 * unit)
    fill(&picture, left - unit, bottom - 5 * unit, length + 2 * unit, 6 * unit, .black, 0.5)
    fill(&picture, left, bottom - 2 * unit, length, unit, .white, 1)
    fill(&picture, left, bottom - 4 * unit, unit, 4 * unit, .white, 1)
    fill(&picture, left + length - unit, bottom - 4 * unit, unit, 4 * unit, .white, 1)
    let origin = (x: left + length + 4 * unit, y: bottom - 7 * unit)
    for (column, row) in DotFont.dots(of: "\(millimeters) mm") {
      let (x, y) = (origin.x + column * unit, origin.y + row * unit)
      fill(&picture, x + unit, y + unit, unit, unit, .black, 0.7)
    }
    for (column, row) in DotFont.dots(of: "\(millimeters) mm") {
      fill(&picture, origin.x + column * unit, origin.y + row * unit, unit, unit, .white, 1)
    }
  }

  private func fill(
    _ picture: inout Picture, _ x: Int, _ y: Int, _ width: Int, _ height: Int, _ color: Color,
    _ opacity: Float
  ) {
    for row in max(y, 0)..<max(min(y + height, picture.height), max(y, 0)) {
      for column in max(x, 0)..<max(min(x + width, picture.width), max(x, 0)) {
        picture.blend(color, at: row * picture.width + column, opacity: opacity)
      }
    }
  }
}

/// The eleven letters that a scale bar needs, 7 rows high.
enum DotFont {
  private static let glyphs: [Character: [String]] = [
    "0": [".###.", "#...#", "#..##", "#.#.#", "##..#", "#...#", ".###."],
    "1": ["..#..", ".##..", "..#..", "..#..", "..#..", "..#..", ".###."],
    "2": [".###.", "#...#", "....#", "..##.", ".#...", "#....", "#####"],
    "5": ["#####", "#....", "####.", "....#", "....#", "#...#", ".###."],
    "m": [".....", ".....", "##.#.", "#.#.#", "#.#.#", "#.#.#", "#.#.#"],
    " ": ["...", "...", "...", "...", "...", "...", "..."],
  ]

  /// Columns and rows of the dots, the text's upper left corner at (0, 0).
  static func dots(of text: String) -> [(column: Int, row: Int)] {
    var dots: [(Int, Int)] = []
    var left = 0
    for glyph in text.compactMap({ glyphs[$0] }) {
      for (row, line) in glyph.enumerated() {
        for (column, dot) in line.enumerated() where dot == "#" {
          dots.append((left + column, row))
        }
      }
      left += (glyph.first?.count ?? 0) + 1
    }
    return dots
  }
}
