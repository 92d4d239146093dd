internal import BatchLedger
internal import Reports

extension RunEntry {
  /// What a worker says is believed only so far, since a file may have taken it over: its files are
  /// those of its case, and its text cannot become markup.
  func isPlausible(with files: [OutputFile], for item: LedgerCase) -> Bool {
    let opening = UInt8(ascii: "<")
    return files.allSatisfy { CaseWriter.isOutput($0.path, of: item.name) }
      && !card.utf8.contains(opening) && !summary.utf8.contains(opening)
  }
}
