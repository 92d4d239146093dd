private import Files
package import Reports

/// The files that a run leaves beside those of its cases.
package enum RunOutputs {
  /// Thumbnails shrink as runs grow, so that the page of ten thousand cases still opens.
  package static func thumbnailSide(cases: Int) -> Int {
    switch cases {
    case ..<500: 384
    case ..<2000: 256
    case ..<6000: 192
    default: 128
    }
  }

  /// Writes `summary.csv`, `run.json` and `report.html` into the folder.
  package static func write(_ run: RunRecord, to folder: String) throws(BatchError) {
    do {
      try makeFolder(folder)
      try AtomicFile.write(SummaryTable.csv(run), to: "\(folder)/summary.csv")
      try AtomicFile.write(
        RunDocument.json(run).text(isIndented: true) + "\n", to: "\(folder)/run.json")
      try AtomicFile.write(ReportPage.html(run), to: "\(folder)/report.html")
    } catch {
      throw .cannotWrite(error)
    }
  }
}
