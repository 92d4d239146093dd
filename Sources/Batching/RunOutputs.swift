internal import BatchLedger
private import Files
private import Foundation
internal import Reports

/// The files that a run leaves beside those of its cases, made from its ledger.
enum RunOutputs {
  /// Thumbnails shrink as runs grow, so that the page of ten thousand cases still opens.
  static func thumbnailSide(cases: Int) -> Int {
    switch cases {
    case ..<500: 384
    case ..<2000: 256
    case ..<6000: 192
    default: 128
    }
  }

  /// Writes `summary.csv`, `failures.csv`, `run.json` and `report.html` into the folder.
  /// - Throws: ``BatchError``; each file is whole or as it was.
  static func write(_ run: RunRecord, from ledger: Ledger, to folder: String) throws(BatchError) {
    func source(_ choice: Ledger.Choice, _ part: @escaping (LedgerEntry) -> String?) -> TextSource {
      Self.source(ledger, choice, part)
    }
    try writeDocument(run, from: ledger, to: folder)
    try withErrors {
      try write(to: "\(folder)/summary.csv") { sink in
        try sink(SummaryTable.header(labels: run.labels, includesPHI: run.includesPHI))
        try source(.all, \.row)(sink)
      }
      try write(to: "\(folder)/failures.csv") { sink in
        try sink(FailureTable.header)
        try source(.failed, \.failure)(sink)
      }
      try write(to: "\(folder)/report.html") { sink in
        try ReportPage.write(
          run, screened: source(.screened, \.card), failed: source(.failed, \.card), to: sink)
      }
    }
  }

  /// Writes `run.json` alone.
  /// - Throws: ``BatchError``; the file is whole or as it was.
  static func writeDocument(_ run: RunRecord, from ledger: Ledger, to folder: String)
    throws(BatchError)
  {
    try withErrors {
      try write(to: "\(folder)/run.json") { sink in
        try RunDocument.write(
          run, screened: source(ledger, .screened, \.summary),
          failed: source(ledger, .failed, \.summary), to: sink)
      }
    }
  }

  private static func source(
    _ ledger: Ledger, _ choice: Ledger.Choice, _ part: @escaping (LedgerEntry) -> String?
  ) -> TextSource {
    { body in
      try ledger.forEachEntry(choice) { entry in
        if let text = part(entry) { try body(text) }
      }
    }
  }

  private static func withErrors(_ body: () throws -> Void) throws(BatchError) {
    do {
      try body()
    } catch let error as FileError {
      throw .cannotWrite(error)
    } catch let error as LedgerError {
      throw .ledger(error)
    } catch {
      throw .worker(reason: "the report cannot be written: \(error)")
    }
  }

  private static func write(
    to path: String, _ body: (_ sink: @escaping (String) throws -> Void) throws -> Void
  ) throws {
    let writer = try AtomicFileWriter(path: path)
    try body { try writer.append($0) }
    try writer.commit()
  }
}
