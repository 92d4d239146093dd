private import BatchLedger
private import Files
private import Foundation
private import Intake

/// What a run would do, without doing it: nothing is written.
package enum BatchPreview {
  package enum Verdict: String, Sendable, CaseIterable {
    /// No run had it.
    case new
    /// It, its results, the model, the configuration or its name changed since, or it is tried again.
    case again
    /// It is done, and that still holds.
    case done
    /// It failed before, and nothing has changed.
    case failed
  }

  /// Calls `body` with the path of each input in order; in a pseudonymous batch with its pseudonym,
  /// or "-" where no run has settled the key of those.
  /// - Parameter passOver: told of folders that are left out, with results of another batch.
  /// - Throws: ``BatchError``, or what `body` throws.
  package static func run(
    _ batch: BatchRun, passOver: (_ folder: String) -> Void = { _ in },
    _ body: (String, Verdict) throws -> Void
  ) throws {
    do {
      try preview(batch, passOver, body)
    } catch let error as BatchError where batch.configuration.isPseudonymous {
      throw error.hiding(batch.inputs)
    }
  }

  private static func preview(
    _ batch: BatchRun, _ passOver: (_ folder: String) -> Void,
    _ body: (String, Verdict) throws -> Void
  ) throws {
    try InputWalk.check(batch.inputs, outputFolder: batch.folder)
    let basis = LedgerBasis(
      configurationSHA256: batch.configuration.digest.description,
      modelSHA256: try BatchRun.digest(ofModel: batch.model),
      retriesFailed: batch.settings.retriesFailed)
    let hasLedger = access("\(batch.ledgerFolder)/\(Ledger.fileName)", F_OK) == 0
    let ledger = hasLedger ? try Ledger(reading: batch.ledgerFolder) : nil
    try NamePolicy.check(batch, ledger)
    let book = try NameBook(reading: batch.ledgerFolder)
    let pseudonyms = book.map(Pseudonyms.init)
    var names = OutputNames()
    try forEachFile(of: batch, passOver: passOver) {
      names.count(try pseudonyms?.disguised($0).relative ?? $0.relative)
    }
    var hasAny = false
    try forEachFile(of: batch) { file in
      hasAny = true
      let shown = try pseudonyms?.disguised(file) ?? file
      let name = names.name(for: shown.relative)
      guard batch.shard?.holds(file.relative) ?? true else { return }
      let known = try ledger?.knowledge(of: shown.path)
      let isNameless = batch.configuration.isPseudonymous && book == nil
      try body(isNameless ? "-" : shown.path, verdict(file, name, known, basis, batch))
    }
    if !hasAny { throw BatchError.noImages(inputs: batch.inputs) }
  }

  private static func forEachFile(
    of batch: BatchRun, passOver: (_ folder: String) -> Void = { _ in },
    _ body: (ListedFile) throws -> Void
  ) throws {
    // Hashes, as for names: a million paths would fill the memory. Of bytes: to a file system two
    // spellings of one text are two names.
    var seen = Set<Int>()
    try InputWalk.walk(batch.inputs, outputFolder: batch.folder, passOver: passOver) { file in
      if seen.insert(Array(file.resolved.utf8).hashValue).inserted { try body(file) }
    }
  }

  private static func verdict(
    _ file: ListedFile, _ name: String, _ known: LedgerKnowledge?, _ basis: LedgerBasis,
    _ batch: BatchRun
  ) -> Verdict {
    guard let known else { return .new }
    guard known.state != .waiting, known.name == name,
      known.configurationSHA256 == basis.configurationSHA256,
      known.modelSHA256 == basis.modelSHA256, !(known.state == .failed && basis.retriesFailed),
      file.refusal == nil, let sha256 = known.sha256
    else { return .again }
    let contents = try? ImageFile.contents(of: file.path, limits: batch.configuration.limits)
    let result = KnownResult(sha256: sha256, outputs: known.outputs)
    guard result.stands(contents.map { Digest(of: $0) }, in: batch.folder) else { return .again }
    return known.state == .done ? .done : .failed
  }
}
