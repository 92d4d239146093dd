internal import Files
private import Foundation
private import Imaging
private import Screening

/// What the report's script works on, as JSON inside the page.
enum PageData {
  static func write(
    _ run: RunRecord, screened: TextSource, failed: TextSource,
    to sink: @escaping (String) throws -> Void
  ) throws {
    var writer = JSONObjectWriter(to: sink)
    try writer.add("program", .string(run.program))
    try writer.add("started", .string(run.started))
    try writer.add("finished", .string(run.finished))
    try writer.add("elapsed", JSONValue(run.elapsed, decimals: 1))
    try writer.add("interrupted", .bool(run.wasInterrupted))
    try writer.add("inputs", JSONValue(run.inputs))
    try writer.add(
      "model",
      [
        "name": .string(run.model.name), "sha256": .string(run.model.sha256),
        "summary": .string(run.modelSummary),
      ])
    try writer.add("labels", JSONValue(run.labels))
    try writer.add("suspiciousLabels", JSONValue(run.suspiciousLabels))
    try writer.add("masks", .bool(run.hasMasks))
    try writer.add("overlays", .bool(run.hasOverlays))
    try writer.add("cases", elements: screened)
    try writer.add("failed", elements: failed)
    try writer.close()
  }

  /// One image in `cases` or `failed`.
  static func card(_ record: CaseRecord, includesPHI: Bool) -> JSONValue {
    guard let findings = record.findings else {
      return ["file": .string(record.source.place), "reason": JSONValue(record.failure)]
    }
    var members: [JSONValue.Member] = [
      .init("name", .string(record.source.name)), .init("file", .string(record.source.place)),
      .init("facts", .string(facts(record.source))),
      .init("label", JSONValue(findings.decision?.label)),
      .init("suspicious", .bool(findings.isSuspicious)),
      .init("suspicion", JSONValue(findings.decision.map { Double($0.suspicion) }, decimals: 4)),
      .init(
        "probabilities",
        .array(findings.probabilities.map { JSONValue(Double($0.probability), decimals: 4) })),
      .init("lesions", .array(findings.lesions.map(lesion))),
      .init("segmented", .bool(findings.segments)),
      .init("warnings", JSONValue(findings.warnings)),
    ]
    if let thumbnail = record.thumbnail { members.append(.init("picture", picture(thumbnail))) }
    if includesPHI { members.append(.init("patient", .string(patient(record.source)))) }
    return .object(members)
  }

  private static func picture(_ thumbnail: Thumbnail) -> JSONValue {
    [
      "width": .integer(thumbnail.width), "height": .integer(thumbnail.height),
      "jpeg": .string(Data(thumbnail.jpeg).base64EncodedString()),
      "outline": .string(thumbnail.outline),
    ]
  }

  private static func lesion(_ lesion: Lesion) -> JSONValue {
    [
      "area": .integer(lesion.area), "areaMM2": JSONValue(lesion.areaMM2, decimals: 1),
      "longest": JSONValue(lesion.diameters.longest, decimals: 1),
      "shortest": JSONValue(lesion.diameters.shortest, decimals: 1),
      "longestMM": JSONValue(lesion.diametersMM?.longest, decimals: 1),
      "shortestMM": JSONValue(lesion.diametersMM?.shortest, decimals: 1),
      "probability": JSONValue(lesion.meanProbability, decimals: 3),
    ]
  }

  /// "DICOM, US, 640 x 480, 8 bits".
  private static func facts(_ source: CaseSource) -> String {
    var parts = [source.format, source.modality].compactMap { $0 }
    if let width = source.width, let height = source.height { parts.append("\(width) × \(height)") }
    if let bits = source.bits { parts.append("\(bits) bits") }
    return parts.joined(separator: ", ")
  }

  private static func patient(_ source: CaseSource) -> String {
    let identifiers = source.identifiers
    return [identifiers.patientName, identifiers.patientID, identifiers.patientBirthDate]
      .compactMap { $0 }.joined(separator: ", ")
  }
}

extension CaseSource {
  /// The file, and the frame where there are several.
  package var place: String { frame.map { "\(file), frame \($0)" } ?? file }
}
