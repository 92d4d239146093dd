private import BatchLedger

/// From pseudonyms back to files, for whoever may read the names of an output folder.
package struct NameLookup {
  private let books: [NameBook]

  /// - Throws: ``BatchError`` where the folder has no names to look up, or they may not be read.
  package init(folder: String) throws(BatchError) {
    var books: [NameBook] = []
    let shards = try ShardFolders.all(in: folder).map { $0.folder(in: folder) }
    for part in [folder] + shards {
      do throws(LedgerError) {
        if let book = try NameBook(reading: part) { books.append(book) }
      } catch {
        throw .ledger(error)
      }
    }
    self.books = books
    guard books.isEmpty else { return }
    let isPseudonymous = try NamePolicy.isPseudonymous(folder)
    throw isPseudonymous ? .namesAreLost(folder: folder) : .namesAreNotHidden(folder: folder)
  }

  /// Calls `body` with every pseudonym and its path.
  /// - Throws: ``BatchError``, or what `body` throws.
  package func forEach(_ body: (_ pseudonym: String, _ path: String) throws -> Void) throws {
    try list(in: nil, body)
  }

  /// Calls `body` with a pseudonym and its path; with those of the whole folder, where it is one's.
  /// - Parameter text: a pseudonym, or the name of a file that is called by one.
  /// - Returns: false for one that was never given.
  package func find(
    _ text: String, _ body: (_ pseudonym: String, _ path: String) throws -> Void
  ) throws -> Bool {
    let ending = /(\.frame-[0-9]+)?(\.(json|mask\.png|overlay\.png))?/
    // Names hold no dot.
    let stem = String(text.prefix { $0 != "." })
    guard text.dropFirst(stem.count).wholeMatch(of: ending) != nil else { return false }
    for book in books {
      guard let file = try book.file(of: stem) else { continue }
      try body(file.pseudonym, file.path)
      return true
    }
    var found = false
    try list(in: stem) { name, path in
      found = true
      try body(name, path)
    }
    return found
  }

  /// Shards list the same files: each is given once.
  private func list(
    in folder: String?, _ body: (_ pseudonym: String, _ path: String) throws -> Void
  ) throws {
    for (index, book) in books.enumerated() {
      try book.forEach(in: folder) { file in
        for earlier in books[..<index] where try earlier.file(of: file.pseudonym) != nil { return }
        try body(file.pseudonym, file.path)
      }
    }
  }
}
