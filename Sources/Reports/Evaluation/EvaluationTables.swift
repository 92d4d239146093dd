private import Foundation
package import Training

/// The tables that an evaluation leaves behind, as CSV, and as text for the terminal.
package enum EvaluationTables {
  /// A row an image: what it is, what was said, how far off. No patient appears in it.
  package static func images(_ images: [EvaluatedImage], labels: [String]) -> String {
    var lines = [
      CommaSeparatedTable.line(
        ["image", "label", "answer", "right"] + labels.map { "probability_\($0)" }
          + ["dice", "iou", "found_pixels", "actual_pixels", "error"])
    ]
    lines += images.map { CommaSeparatedTable.line(row($0, labels)) }
    return lines.map { $0 + "\r\n" }.joined()
  }

  private static func row(_ image: EvaluatedImage, _ labels: [String]) -> [String] {
    let truth = image.truth.map { labels[$0] } ?? ""
    switch image.result {
    case .failure(let error):
      return [image.item.name, truth]
        + [String](repeating: "", count: labels.count + 6) + ["\(error)"]
    case .success(let measured):
      let answer = measured.prediction.map { labels[$0] } ?? ""
      let probabilities = labels.indices.map { label in
        label < measured.probabilities.count
          ? decimal(Double(measured.probabilities[label]), 6) : ""
      }
      let overlap = measured.overlap
      return [
        image.item.name, truth, answer,
        truth.isEmpty || answer.isEmpty ? "" : truth == answer ? "1" : "0",
      ] + probabilities + [
        overlap.map { decimal($0.dice, 4) } ?? "", overlap.map { decimal($0.iou, 4) } ?? "",
        overlap.map { String($0.found) } ?? "", overlap.map { String($0.actual) } ?? "", "",
      ]
    }
  }

  /// True labels down, given labels across.
  package static func confusion(_ report: EvaluationReport) -> String {
    var lines = [CommaSeparatedTable.line(["label"] + report.labels)]
    for (label, counts) in zip(report.labels, report.confusion) {
      lines.append(CommaSeparatedTable.line([label] + counts.map(String.init)))
    }
    return lines.map { $0 + "\r\n" }.joined()
  }

  /// What a person at a terminal wants to know.
  package static func text(_ report: EvaluationReport) -> String {
    var lines = ["\(counts(report)), with 95 % bounds", ""]
    for line in summary(report) {
      guard let value = line.value else { continue }
      let name = line.name.padding(toLength: 34, withPad: " ", startingAt: 0)
      lines.append(name + decimal(value, 3) + bounds(line.interval))
    }
    if !report.labels.isEmpty {
      lines += [
        "", "true label, then how often each was given (\(report.labels.joined(separator: ", "))):",
      ]
      for (label, counts) in zip(report.labels, report.confusion) {
        lines.append("  \(label): \(counts.map(String.init).joined(separator: ", "))")
      }
    }
    if let warning = report.warning { lines += ["", "Caution: \(warning)."] }
    return (lines + ["", report.notice]).map { $0 + "\n" }.joined()
  }

  /// A row a fold, then mean and standard deviation of the folds.
  package static func folds(_ reports: [EvaluationReport]) -> String {
    let rows = foldRows(reports).map { name, images, values in
      [name, images] + values.map { $0.map { decimal($0, 6) } ?? "" }
    }
    return
      (["fold,images,dice,auc,balanced_accuracy,accuracy"]
      + rows.map(CommaSeparatedTable.line)).map { $0 + "\r\n" }.joined()
  }

  /// The same for a person at a terminal.
  package static func foldsText(_ reports: [EvaluationReport]) -> String {
    func line(_ fields: [String]) -> String {
      fields.map { $0.padding(toLength: 20, withPad: " ", startingAt: 0) }.joined()
        .trimmingCharacters(in: .whitespaces) + "\n"
    }
    return line(["fold", "images", "Dice", "AUC", "balanced accuracy", "accuracy"])
      + foldRows(reports).map { name, images, values in
        line([name, images] + values.map { $0.map { decimal($0, 3) } ?? "-" })
      }.joined()
  }

  private static func foldRows(_ reports: [EvaluationReport]) -> [(
    name: String, images: String, values: [Double?]
  )] {
    let measures: [(EvaluationReport) -> Double?] = [
      \.dice, \.auc, \.balancedAccuracy, \.accuracy,
    ]
    let rows = reports.enumerated().map { index, report in
      (String(index), String(report.images), measures.map { $0(report) })
    }
    let columns = measures.map { reports.compactMap($0) }
    return rows + [
      ("mean", "", columns.map(mean)), ("standard deviation", "", columns.map(deviation)),
    ]
  }

  private static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  /// Of the folds as a sample.
  private static func deviation(_ values: [Double]) -> Double? {
    guard values.count > 1, let mean = mean(values) else { return nil }
    let squares = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
    return (squares / Double(values.count - 1)).squareRoot()
  }

  /// "5 images of 1 patient".
  static func counts(_ report: EvaluationReport) -> String {
    "\(report.images) image\(report.images == 1 ? "" : "s") of \(report.patients) "
      + "patient\(report.patients == 1 ? "" : "s")"
  }

  struct Line {
    let name: String
    let value: Double?
    let interval: Interval?
  }

  /// All metrics in the order in which people ask for them.
  static func summary(_ report: EvaluationReport) -> [Line] {
    let intervals = report.intervals
    return [
      Line(name: "AUC, mean of one against rest", value: report.auc, interval: intervals.auc),
      Line(
        name: "Balanced accuracy", value: report.balancedAccuracy,
        interval: intervals.balancedAccuracy),
      Line(name: "Accuracy", value: report.accuracy, interval: intervals.accuracy),
      Line(name: "F1, mean of labels", value: report.f1, interval: intervals.f1),
    ]
      + report.labels.map {
        Line(name: "Recall, \($0)", value: report.recall[$0], interval: intervals.recall[$0])
      }
      + report.labels.map {
        Line(
          name: "Precision, \($0)", value: report.precision[$0],
          interval: intervals.precision[$0])
      }
      + report.labels.map {
        Line(name: "AUC, \($0)", value: report.labelAUC[$0], interval: intervals.labelAUC[$0])
      } + [
        Line(name: "Dice, images with a lesion", value: report.dice, interval: intervals.dice),
        Line(name: "IoU, images with a lesion", value: report.iou, interval: intervals.iou),
        Line(
          name: "Lesions touched", value: report.lesionSensitivity,
          interval: intervals.lesionSensitivity),
        Line(
          name: "Found where there is none", value: report.falsePositiveRate,
          interval: intervals.falsePositiveRate),
      ]
  }

  static func bounds(_ interval: Interval?) -> String {
    interval.map { "  (\(decimal($0.low, 3)) to \(decimal($0.high, 3)))" } ?? ""
  }

  static func decimal(_ value: Double, _ places: Int) -> String {
    String(format: "%.\(places)f", value)
  }
}
