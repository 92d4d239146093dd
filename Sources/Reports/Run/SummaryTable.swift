private import Imaging
private import Screening

/// The `summary.csv` of a run: a row an image, for spreadsheets (RFC 4180).
package enum SummaryTable {
  /// The first line.
  package static func header(labels: [String], includesPHI: Bool) -> String {
    line(
      ["name", "file", "status", "label", "suspicious"]
        + labels.map { "probability_\($0)" }
        + [
          "lesions", "lesion_pixels", "largest_area_pixels", "largest_longest_diameter_pixels",
          "largest_shortest_diameter_pixels", "largest_area_mm2", "largest_longest_diameter_mm",
          "largest_shortest_diameter_mm", "width", "height", "frame", "modality", "sha256",
          "warnings", "error",
        ] + (includesPHI ? ["patient_name", "patient_id", "patient_birth_date"] : []))
  }

  static func row(_ record: CaseRecord, labels: [String], includesPHI: Bool) -> String {
    line(fields(record, labels: labels, includesPHI: includesPHI))
  }

  private static func line(_ fields: [String]) -> String {
    fields.map(field).joined(separator: ",") + "\r\n"
  }

  private static func fields(_ record: CaseRecord, labels: [String], includesPHI: Bool) -> [String]
  {
    let (source, findings) = (record.source, record.findings)
    let largest = findings?.lesions.first
    let identifiers = source.identifiers
    let probabilities = labels.map { label in
      findings?.probabilities.first { $0.label == label }.map { number(Double($0.probability), 6) }
        ?? ""
    }
    return [
      source.name, source.file, record.failure == nil ? "done" : "failed",
      findings?.decision?.label ?? "", findings.map { $0.isSuspicious ? "yes" : "no" } ?? "",
    ] + probabilities + [
      findings.map { String($0.lesions.count) } ?? "",
      findings.map { String($0.lesions.reduce(0) { $0 + $1.area }) } ?? "",
      largest.map { String($0.area) } ?? "", number(largest?.diameters.longest, 2),
      number(largest?.diameters.shortest, 2), number(largest?.areaMM2, 3),
      number(largest?.diametersMM?.longest, 3), number(largest?.diametersMM?.shortest, 3),
      source.width.map(String.init) ?? "", source.height.map(String.init) ?? "",
      source.frame.map(String.init) ?? "", source.modality ?? "", source.sha256 ?? "",
      findings?.warnings.joined(separator: "; ") ?? "", record.failure ?? "",
    ]
      + (includesPHI
        ? [
          identifiers.patientName ?? "", identifiers.patientID ?? "",
          identifiers.patientBirthDate ?? "",
        ] : [])
  }

  private static func number(_ value: Double?, _ decimals: Int) -> String {
    guard let value, value.isFinite else { return "" }
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    return ((value * scale).rounded() / scale).description
  }

  /// Quoted where needed. What a spreadsheet would run as a formula gets an apostrophe in front.
  package static func field(_ text: String) -> String {
    var text = text
    if let first = text.unicodeScalars.first, "=+-@\t\r".unicodeScalars.contains(first),
      Double(text) == nil
    {
      text = "'" + text
    }
    guard text.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else {
      return text
    }
    var quoted = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" { quoted += "\"" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }
}
