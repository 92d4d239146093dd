private import Files
private import Screening

/// What one image adds to the files of its run: text that is only copied later, so that a run of any
/// length ends at once and in little memory.
package struct RunEntry: Sendable, Equatable, Codable {
  /// The file, and the frame where there are several.
  package var place: String
  /// The reason, nil for a screened image.
  package var failure: String?
  package var label: String?
  package var isSuspicious: Bool
  package var lesions: Int
  /// Seconds that each stage took.
  package var decoding: Double
  package var preprocessing: Double
  package var network: Double
  package var measuring: Double
  /// Line of `summary.csv`.
  package var row: String
  /// Line of `failures.csv`, nil for a screened image.
  package var failureRow: String?
  /// Object in `run.json`.
  package var summary: String
  /// Object in `report.html`.
  package var card: String

  /// - Parameters:
  ///   - labels: of the model, in its order.
  ///   - includesPHI: the patient's name, ID and birth date are written.
  package init(_ record: CaseRecord, labels: [String], includesPHI: Bool) {
    let findings = record.findings
    place = record.source.place
    failure = record.failure
    label = findings?.decision?.label
    isSuspicious = findings?.isSuspicious ?? false
    lesions = findings?.lesions.count ?? 0
    decoding = record.source.decoding
    preprocessing = findings?.timings.preprocessing ?? 0
    network = findings?.timings.network ?? 0
    measuring = findings?.timings.measuring ?? 0
    row = SummaryTable.row(record, labels: labels, includesPHI: includesPHI)
    failureRow = failure.map { FailureTable.row(record.source, reason: $0) }
    summary = RunDocument.summary(record).text()
    card = PageData.card(record, includesPHI: includesPHI).text()
  }
}
