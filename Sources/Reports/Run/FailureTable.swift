/// The `failures.csv` of a run: a row an image that could not be screened (RFC 4180).
package enum FailureTable {
  package static let header = "name,file,frame,reason\r\n"

  static func row(_ source: CaseSource, reason: String) -> String {
    [source.name, source.file, source.frame.map(String.init) ?? "", reason]
      .map(SummaryTable.field).joined(separator: ",") + "\r\n"
  }
}
