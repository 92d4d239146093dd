internal import BatchLedger
internal import Reports

/// What an image adds to the run's files, as the ledger keeps it.
extension LedgerEntry {
  init(_ entry: RunEntry) {
    self.init(
      failure: entry.failureRow, label: entry.label, isSuspicious: entry.isSuspicious,
      lesions: entry.lesions,
      times: StageTimes(
        decoding: entry.decoding, preprocessing: entry.preprocessing, network: entry.network,
        measuring: entry.measuring),
      row: entry.row, summary: entry.summary, card: entry.card)
  }
}
