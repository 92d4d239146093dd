/// The page's charts, as SVG that stands in it.
enum EvaluationCharts {
  private static let colors = ["#1f5fa8", "#c2571a", "#2b8a4b", "#8a3fa0", "#8f7a12", "#555555"]

  /// Receiver operating characteristics. - Parameter curves: points (false, true positive rate).
  static func curves(_ curves: [[(Double, Double)]], labels: [String]) -> String {
    var lines = ""
    var legend = ""
    for (index, points) in curves.enumerated() where !points.isEmpty {
      let color = colors[index % colors.count]
      let path = points.map { "\(number($0.0 * 260)),\(number(260 - $0.1 * 260))" }
      lines +=
        "<polyline fill='none' stroke='\(color)' stroke-width='2' "
        + "points='\(path.joined(separator: " "))'/>"
      legend += "<span style='color:\(color)'>■</span> \(EvaluationPage.escaped(labels[index])) "
    }
    return """
      <figure><figcaption>Receiver operating characteristic, each label against the rest</figcaption>
      <svg width="320" height="310" viewBox="-40 -10 320 310">
      <rect width="260" height="260" fill="none" stroke="#b8c2cc"/>
      <line x1="0" y1="260" x2="260" y2="0" stroke="#dde3ea"/>\(lines)
      \(ticks())<text x="130" y="294" text-anchor="middle" font-size="12">false positive rate</text>
      <text x="-28" y="130" text-anchor="middle" font-size="12" \
      transform="rotate(-90 -28 130)">recall</text></svg><div>\(legend)</div></figure>
      """
  }

  /// How many images have which Dice coefficient, in tenths.
  static func histogram(_ dice: [Double]) -> String {
    var counts = [Int](repeating: 0, count: 10)
    for value in dice { counts[min(max(Int(value * 10), 0), 9)] += 1 }
    let most = Double(max(counts.max() ?? 1, 1))
    let bars = counts.enumerated().map { bin, count in
      let height = 230 * Double(count) / most
      return "<rect x='\(bin * 26 + 1)' y='\(number(260 - height))' width='24' "
        + "height='\(number(height))' fill='#1f5fa8'/>"
        + "<text x='\(bin * 26 + 13)' y='\(number(254 - height))' text-anchor='middle' "
        + "font-size='11'>\(count)</text>"
    }
    return """
      <figure><figcaption>Dice of the images with a lesion</figcaption>
      <svg width="320" height="310" viewBox="-40 -10 320 310">
      <line x1="0" y1="260" x2="260" y2="260" stroke="#b8c2cc"/>\(bars.joined())
      \(ticks(vertical: false))<text x="130" y="294" text-anchor="middle" font-size="12">Dice</text>
      </svg></figure>
      """
  }

  private static func ticks(vertical: Bool = true) -> String {
    [0, 0.5, 1].map { value in
      "<text x='\(number(value * 260))' y='276' text-anchor='middle' font-size='11'>\(value)</text>"
        + (vertical
          ? "<text x='-6' y='\(number(264 - value * 260))' text-anchor='end' font-size='11'>"
            + "\(value)</text>" : "")
    }.joined()
  }

  private static func number(_ value: Double) -> String { EvaluationTables.decimal(value, 1) }
}
