internal import Files
private import Foundation
internal import Reports
private import Screening

/// The three forms in which `classify` prints an answer.
enum ClassificationOutput {
  static let schema = "imgdx.classification/1"

  /// One document an image; a failed one has `error` in place of the answer.
  static func json(_ record: CaseRecord) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("schema", .string(schema)), .init("file", .string(record.source.file)),
      .init("sha256", JSONValue(record.source.sha256)),
    ]
    if let frame = record.source.frame { members.append(.init("frame", .integer(frame))) }
    guard let findings = record.findings else {
      members.append(.init("error", JSONValue(record.failure)))
      return .object(members)
    }
    members += [
      .init("label", JSONValue(findings.decision?.label)),
      .init("suspicious", .bool(findings.isSuspicious)),
      .init("probabilities", CaseDocument.probabilities(findings)),
      .init("model", CaseDocument.model(findings.model)),
      .init("warnings", JSONValue(findings.warnings)),
    ]
    return .object(members)
  }

  static func csvHeader(_ labels: [String]) -> String {
    row(["file", "frame", "label", "suspicious"] + labels.map { "probability_\($0)" } + ["error"])
  }

  static func csvRow(_ record: CaseRecord, _ labels: [String]) -> String {
    let findings = record.findings
    let probabilities = labels.map { label in
      findings?.probabilities.first { $0.label == label }.map { decimal($0.probability, 6) } ?? ""
    }
    return row(
      [
        record.source.file, record.source.frame.map(String.init) ?? "",
        findings?.decision?.label ?? "", findings.map { $0.isSuspicious ? "yes" : "no" } ?? "",
      ] + probabilities + [record.failure ?? ""])
  }

  /// "scan.dcm: malignant 0.91 (benign 0.07, normal 0.02)"; nil for a failed one.
  static func line(_ record: CaseRecord) -> String? {
    guard let findings = record.findings else { return nil }
    guard let decision = findings.decision else {
      return "\(record.source.place.printable): the model does not classify"
    }
    let others = findings.probabilities.filter { $0.label != decision.label }
      .sorted { $0.probability > $1.probability }
      .map { "\($0.label) \(decimal($0.probability, 3))" }
    return "\(record.source.place.printable): \(decision.label) "
      + "\(decimal(decision.probability, 3)) (\(others.joined(separator: ", ")))"
  }

  private static func row(_ fields: [String]) -> String {
    fields.map(SummaryTable.field).joined(separator: ",") + "\r\n"
  }

  private static func decimal(_ value: Float, _ places: Int) -> String {
    String(format: "%.\(places)f", Double(value))
  }
}
