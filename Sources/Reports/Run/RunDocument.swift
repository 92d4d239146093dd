package import Files
private import Screening

/// The `run.json` of a run: counts and circumstances, for programs; a line an image.
package enum RunDocument {
  package static let schema = "imgdx.run/1"

  /// Writes the document.
  /// - Parameters:
  ///   - screened: the ``RunEntry/summary`` of each screened image.
  ///   - failed: of each failed one.
  package static func write(
    _ run: RunRecord, screened: TextSource, failed: TextSource,
    to sink: @escaping (String) throws -> Void
  ) throws {
    var writer = JSONObjectWriter(isIndented: true, to: sink)
    try writer.add("schema", .string(schema))
    try writer.add("notice", .string(researchNotice))
    try writer.add("program", .string(run.program))
    try writer.add("model", CaseDocument.model(run.model))
    try writer.add("inputs", JSONValue(run.inputs))
    try writer.add("started", .string(run.started))
    try writer.add("finished", .string(run.finished))
    try writer.add("elapsed_seconds", JSONValue(run.elapsed, decimals: 3))
    try writer.add("interrupted", .bool(run.wasInterrupted))
    try writer.add("includes_phi", .bool(run.includesPHI))
    try writer.add(run.circumstances)
    try writer.add("counts", counts(run))
    try writer.add("cases", elements: screened)
    try writer.add("failed", elements: failed)
    try writer.close()
    try sink("\n")
  }

  private static func counts(_ run: RunRecord) -> JSONValue {
    let counts = run.counts
    return [
      "images": .integer(counts.images), "screened": .integer(counts.screened),
      "failed": .integer(counts.failed), "suspicious": .integer(counts.suspicious),
      "with_lesions": .integer(counts.withLesions),
      "labels": .object(run.labels.map { .init($0, .integer(counts.labels[$0] ?? 0)) }),
    ]
  }

  /// One image in `cases` or `failed`.
  static func summary(_ record: CaseRecord) -> JSONValue {
    let source = record.source
    if let failure = record.failure {
      return [
        "name": .string(source.name), "file": .string(source.file), "error": .string(failure),
      ]
    }
    let findings = record.findings
    return [
      "name": .string(source.name), "file": .string(source.file),
      "label": JSONValue(findings?.decision?.label),
      "suspicious": .bool(findings?.isSuspicious ?? false),
      "lesions": .integer(findings?.lesions.count ?? 0),
    ]
  }
}
