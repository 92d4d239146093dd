/// The `report.html` of a run.
package enum ReportPage {
  package static func html(_ run: RunRecord) -> String { "<!doctype html>" }
}
