internal import BatchLedger
private import Files
private import Foundation
private import Intake

/// What a run has to do, before it does any of it.
extension BatchRun {
  /// Lists the inputs, settles names, and clears away what no longer belongs to any.
  /// - Parameters:
  ///   - adds: to what was listed before, of which nothing is given up.
  ///   - choice: told path and relative path, what to do with a file.
  ///   - pause: called every thousand files with their number so far.
  ///   - passOver: told of folders with the results of another batch, which are left out.
  func makePlan(
    _ books: Books, adds: Bool,
    choosing choice: (_ path: String, _ relative: String) -> LedgerChoice,
    pause: (Int) throws -> Void, passOver: (_ folder: String) -> Void
  ) throws -> LedgerPlan {
    var names = OutputNames()
    var count = 0
    func list(_ disguise: (ListedFile) throws -> ListedFile) throws {
      try books.ledger.list(keepingOld: adds) { add in
        try InputWalk.walk(inputs, outputFolder: folder, passOver: passOver) { file in
          let file = try disguise(file)
          guard try add(file) else { return }
          count += 1
          if count % 1000 == 0 { try pause(count) }
        }
      }
    }
    if let pseudonyms = books.pseudonyms { try pseudonyms.list(list) } else { try list { $0 } }
    try books.ledger.forEachListed { names.count($0) }
    let writer = CaseWriter(
      CaseOutputs(
        folder: folder, pictures: .all, thumbnailSide: 0, includesPHI: false, program: ""))
    let cleaning = LedgerCleaning(
      file: { if $0.isWhole(in: folder) { unlink("\(folder)/\($0.path)") } },
      torn: { writer.removeAll(named: $0) })
    return try books.ledger.plan(
      books.basis, cleaning: cleaning,
      choice: { path, relative in
        // Shards and watches go by real names.
        let file = try books.pseudonyms?.file(of: path)
        let (path, relative) = (file?.path ?? path, file?.relative ?? relative)
        return shard?.holds(relative) ?? true ? choice(path, relative) : .leave
      },
      isUnchanged: { path, sha256 in
        let path = try books.pseudonyms?.file(of: path).path ?? path
        let contents = try? ImageFile.contents(of: path, limits: configuration.limits)
        return contents.map { Digest(of: $0).description } == sha256
      },
      name: { names.name(for: $0) })
  }
}
