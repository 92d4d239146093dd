package import Files
private import Screening

/// The `run.json` of a run: counts and circumstances, for programs.
package enum RunDocument {
  package static let schema = "imgdx.run/1"

  package static func json(_ run: RunRecord) -> JSONValue {
    [
      "schema": .string(schema), "notice": .string(researchNotice),
      "program": .string(run.program), "model": CaseDocument.model(run.model),
      "inputs": JSONValue(run.inputs), "started": .string(run.started),
      "finished": .string(run.finished), "elapsed_seconds": JSONValue(run.elapsed, decimals: 3),
      "interrupted": .bool(run.wasInterrupted), "includes_phi": .bool(run.includesPHI),
      "counts": counts(run),
      "cases": .array(run.screened.map(screened)),
      "failed": .array(run.failed.map(failed)),
    ]
  }

  private static func counts(_ run: RunRecord) -> JSONValue {
    [
      "images": .integer(run.cases.count), "screened": .integer(run.screened.count),
      "failed": .integer(run.failed.count), "suspicious": .integer(run.suspicious.count),
      "with_lesions": .integer(run.withLesions.count),
      "labels": .object(
        run.labels.map { label in
          let count = run.cases.count { $0.findings?.decision?.label == label }
          return .init(label, .integer(count))
        }),
    ]
  }

  private static func screened(_ record: CaseRecord) -> JSONValue {
    let findings = record.findings
    return [
      "name": .string(record.source.name), "file": .string(record.source.file),
      "label": JSONValue(findings?.decision?.label),
      "suspicious": .bool(findings?.isSuspicious ?? false),
      "lesions": .integer(findings?.lesions.count ?? 0),
    ]
  }

  private static func failed(_ record: CaseRecord) -> JSONValue {
    [
      "name": .string(record.source.name), "file": .string(record.source.file),
      "error": JSONValue(record.failure),
    ]
  }
}
