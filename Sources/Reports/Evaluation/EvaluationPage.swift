private import Foundation
package import Training

/// An evaluation as one self-contained page: metrics with bounds, confusion, curves, the images
/// that went worst. Nothing in it comes from elsewhere, and no script runs.
package struct EvaluationPage {
  private let report: EvaluationReport
  private let images: [EvaluatedImage]

  package init(_ report: EvaluationReport, _ images: [EvaluatedImage]) {
    self.report = report
    self.images = images
  }

  package var html: String {
    """
    <!doctype html>
    <html lang="en"><head><meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>Evaluation of \(Self.escaped(report.model ?? "a model"))</title>
    <style>\(Self.style)</style></head><body>
    <h1>Evaluation of \(Self.escaped(report.model ?? "a model"))</h1>
    <p class="notice">\(Self.escaped(report.notice))</p>
    <p>\(facts)</p>
    <h2>Metrics</h2>\(metrics)
    \(confusion)
    <div class="charts">\(curves)\(histogram)</div>
    \(worstMasks)\(surestMistakes)\(failures)
    </body></html>

    """
  }

  private static let style = """
    body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;\
    color:#1b2430;background:#fff}
    table{border-collapse:collapse;margin:.5rem 0}td,th{padding:.2rem .7rem;text-align:left;\
    border-bottom:1px solid #dde3ea}td.n{text-align:right;font-variant-numeric:tabular-nums}
    .notice{background:#fff4d6;padding:.4rem .8rem;border-radius:4px}
    .charts{display:flex;flex-wrap:wrap;gap:2rem}figure{margin:0}figcaption{font-weight:600}
    .bar{width:14rem}code{font-size:.85em}
    """

  private var facts: String {
    var facts = [EvaluationTables.counts(report)]
    if let data = report.data { facts.append("data <code>\(Self.escaped(data))</code>") }
    if let split = report.split { facts.append("side <code>\(Self.escaped(split))</code>") }
    if let digest = report.modelSHA256 {
      facts.append("model SHA-256 <code>\(Self.escaped(String(digest.prefix(16))))…</code>")
    }
    let caution = report.warning.map { " <b>Caution: \(Self.escaped($0)).</b>" } ?? ""
    return facts.joined(separator: " · ") + "." + caution
      + " Bounds hold the true value 95 times out of 100: \(Self.escaped(report.intervals.method)), "
      + "\(report.intervals.resamples) resamples."
  }

  private var metrics: String {
    let rows = EvaluationTables.summary(report).compactMap { line -> String? in
      guard let value = line.value else { return nil }
      let bounds = line.interval.map {
        "\(EvaluationTables.decimal($0.low, 3)) – \(EvaluationTables.decimal($0.high, 3))"
      }
      return
        "<tr><td>\(Self.escaped(line.name))</td><td class=n>\(EvaluationTables.decimal(value, 3))"
        + "</td><td class=n>\(bounds ?? "")</td><td>\(bar(value, line.interval))</td></tr>"
    }
    return "<table><tr><th>metric<th>value<th>95 % bounds<th></tr>\(rows.joined())</table>"
  }

  /// A value between 0 and 1 with its bounds.
  private func bar(_ value: Double, _ interval: Interval?) -> String {
    let range = interval.map {
      "<rect x='\(place($0.low))' y='6' width='\(place(max($0.high - $0.low, 0.005)))' height='6' "
        + "fill='#9dbbe0'/>"
    }
    return "<svg class=bar viewBox='-5 0 210 18'><rect x=0 y=8 width=200 height=2 fill='#dde3ea'/>"
      + "\(range ?? "")<circle cx='\(place(value))' cy=9 r=4 fill='#1f5fa8'/></svg>"
  }

  private func place(_ value: Double) -> String { EvaluationTables.decimal(value * 200, 1) }

  private var confusion: String {
    guard !report.labels.isEmpty else { return "" }
    let header = report.labels.map { "<th>\(Self.escaped($0))" }.joined()
    let rows = zip(report.labels, report.confusion).map { label, counts in
      let total = max(counts.reduce(0, +), 1)
      let cells = counts.map { count in
        let share = EvaluationTables.decimal(0.85 * Double(count) / Double(total), 2)
        return "<td class=n style='background:rgba(70,130,200,\(share))'>\(count)</td>"
      }
      return "<tr><th>\(Self.escaped(label))</th>\(cells.joined())</tr>"
    }
    return "<h2>Confusion</h2><table><tr><th>true \\ given\(header)</tr>\(rows.joined())</table>"
  }

  private var curves: String {
    let measured = images.compactMap { try? $0.result.get() }
      .filter { $0.truth != nil && !$0.probabilities.isEmpty }
    let curves = report.labels.indices.map { label in
      RankingCurve(
        scores: measured.map { $0.probabilities[label] },
        isPositive: measured.map { $0.truth == label })
    }
    let drawn = curves.map { $0.points().map { ($0.falsePositiveRate, $0.truePositiveRate) } }
    guard drawn.contains(where: { !$0.isEmpty }) else { return "" }
    return EvaluationCharts.curves(drawn, labels: report.labels)
  }

  private var histogram: String {
    let dice = images.compactMap { try? $0.result.get() }.compactMap(\.overlap)
      .filter(\.hasLesion).map(\.dice)
    return dice.isEmpty ? "" : EvaluationCharts.histogram(dice)
  }

  private var worstMasks: String {
    let found = images.compactMap { image -> (String, MaskOverlap)? in
      guard let overlap = try? image.result.get().overlap else { return nil }
      return (image.item.name, overlap)
    }
    let worst = found.filter { $0.1.dice < 0.7 }.sorted { ($0.1.dice, $0.0) < ($1.1.dice, $1.0) }
    let rows = worst.prefix(20).map { name, overlap in
      "<tr><td>\(Self.escaped(name))<td class=n>\(EvaluationTables.decimal(overlap.dice, 3))"
        + "<td class=n>\(overlap.found)<td class=n>\(overlap.actual)</tr>"
    }
    return rows.isEmpty
      ? ""
      : "<h2>Masks furthest off</h2><table><tr><th>image<th>Dice<th>found pixels<th>true pixels</tr>"
        + "\(rows.joined())</table>"
  }

  private var surestMistakes: String {
    let mistakes = images.compactMap { image -> (String, Int, Int, Float)? in
      guard let truth = image.truth, let measured = try? image.result.get(),
        let given = measured.prediction, given != truth
      else { return nil }
      return (image.item.name, truth, given, measured.probabilities[given])
    }
    let rows = mistakes.sorted { ($1.3, $0.0) < ($0.3, $1.0) }.prefix(20).map {
      "<tr><td>\(Self.escaped($0.0))<td>\(Self.escaped(report.labels[$0.1]))<td>"
        + "\(Self.escaped(report.labels[$0.2]))<td class=n>\(EvaluationTables.decimal(Double($0.3), 3))</tr>"
    }
    return rows.isEmpty
      ? ""
      : "<h2>Surest mistakes</h2><table><tr><th>image<th>is<th>said<th>probability</tr>"
        + "\(rows.joined())</table>"
  }

  private var failures: String {
    let rows = images.compactMap { image -> String? in
      guard case .failure(let error) = image.result else { return nil }
      return "<li>\(Self.escaped("\(error)"))</li>"
    }
    return rows.isEmpty ? "" : "<h2>Not evaluated</h2><ul>\(rows.joined())</ul>"
  }

  /// Text that stands in HTML, also within quotes.
  static func escaped(_ text: String) -> String {
    var result = ""
    for character in text.unicodeScalars {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }
}
