internal import BatchLedger
private import Files
private import Foundation

/// Names in an output folder are real or pseudonyms, one and the same for good: a ledger keeps what
/// was once written in it even after it is deleted.
enum NamePolicy {
  /// The pseudonyms of a run, nil for one with real names.
  /// - Parameter ledger: the run's own.
  /// - Throws: ``BatchError`` where the folder is of the other kind or its names are lost.
  static func pseudonyms(of batch: BatchRun, _ ledger: Ledger) throws -> Pseudonyms? {
    try check(batch, ledger)
    guard batch.configuration.isPseudonymous else { return nil }
    // Shards share the key of the whole, whoever makes it first.
    let whole = try NameBook(folder: batch.folder, key: KeyedHash.randomKey)
    guard let shard = batch.shard else { return Pseudonyms(whole) }
    let isNew = !hasBook(batch.ledgerFolder)
    let own = try NameBook(folder: batch.ledgerFolder, key: { whole.key })
    guard own.key == whole.key else { throw BatchError.keysDiffer(shard: shard) }
    if isNew { try own.adopt(from: batch.folder) }
    return Pseudonyms(own)
  }

  /// - Parameter ledger: nil where the run has none yet.
  static func check(_ batch: BatchRun, _ ledger: Ledger?) throws {
    let modes = try Set(earlierModes(batch, ledger))
    let hasBook = [batch.folder, batch.ledgerFolder].contains(where: hasBook)
    if batch.configuration.isPseudonymous {
      if modes.contains(false) { throw BatchError.namesAreReal(folder: batch.folder) }
      if modes.contains(true) && !hasBook { throw BatchError.namesAreLost(folder: batch.folder) }
    } else if hasBook || modes.contains(true) {
      throw BatchError.namesArePseudonyms(folder: batch.folder)
    }
  }

  /// Whether earlier runs were pseudonymous, as far as ledgers tell that nobody else is writing.
  private static func earlierModes(_ batch: BatchRun, _ ledger: Ledger?) throws -> [Bool] {
    var ledgers = [ledger].compactMap { $0 }
    if batch.shard != nil {
      if hasLedger(batch.folder) { ledgers.append(try Ledger(reading: batch.folder)) }
    } else {
      for shard in try ShardFolders.all(in: batch.folder) {
        if let part = try ShardFolders.ledger(of: shard, in: batch.folder) { ledgers.append(part) }
      }
    }
    return try ledgers.compactMap { try $0.latestRun()?.configuration }
      .map(BatchConfiguration.isPseudonymous(json:))
  }

  /// Whether the runs into a folder, or those of its shards, were pseudonymous.
  /// - Throws: ``BatchError/ledger(_:)``, also where there was no run.
  static func isPseudonymous(_ folder: String) throws(BatchError) -> Bool {
    do {
      var ledgers = hasLedger(folder) ? [try Ledger(reading: folder)] : []
      for shard in try ShardFolders.all(in: folder) {
        if let part = try ShardFolders.ledger(of: shard, in: folder) { ledgers.append(part) }
      }
      guard !ledgers.isEmpty else {
        throw LedgerError.missing(path: "\(folder)/\(Ledger.fileName)")
      }
      return try ledgers.compactMap { try $0.latestRun()?.configuration }
        .contains(where: BatchConfiguration.isPseudonymous(json:))
    } catch let error as BatchError {
      throw error
    } catch {
      throw .ledger(LedgerError(error, path: folder))
    }
  }

  private static func hasLedger(_ folder: String) -> Bool {
    access("\(folder)/\(Ledger.fileName)", F_OK) == 0
  }

  private static func hasBook(_ folder: String) -> Bool {
    access("\(folder)/\(NameBook.fileName)", F_OK) == 0
  }
}

extension BatchError {
  /// The same with "input 2" where the inputs themselves are named.
  func hiding(_ inputs: [String]) -> BatchError {
    func place(_ input: String) -> String {
      inputs.firstIndex(of: input).map { "input \($0 + 1)" } ?? "an input"
    }
    return switch self {
    case .missing(let inputs): .missing(inputs: inputs.map(place))
    case .noImages(let inputs): .noImages(inputs: inputs.map(place))
    case .outputIsInput(let path): .outputIsInput(path: place(path))
    case .outputHoldsInput(let path, let folder):
      .outputHoldsInput(path: place(path), folder: folder)
    default: self
    }
  }
}
