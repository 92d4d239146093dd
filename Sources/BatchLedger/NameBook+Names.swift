private import GRDB

/// Names into the book, and out of it.
extension NameBook {
  /// Notes the files of one listing.
  /// - Parameter body: calls its argument with each file and the pseudonym that is wanted for it; it
  ///   answers the one to use, the same or, where that stands for another file, one with a number
  ///   behind it. What a pseudonym once stood for it stands for for good: reports of earlier nights
  ///   are about that file.
  /// - Throws: ``LedgerError``, or what `body` throws; the book stays as it was then.
  package func list(
    _ body: (_ note: @escaping (ListedFile, _ wanted: String) throws -> String) throws -> Void
  ) throws {
    do {
      try queue.write { database in
        try database.execute(sql: "UPDATE book SET listing = listing + 1")
        let listing = try Int64.fetchOne(database, sql: "SELECT listing FROM book") ?? 0
        try body { file, wanted in
          let pseudonym = try Self.free(wanted, for: file, in: database)
          let insert = try database.cachedStatement(
            sql: """
              INSERT INTO names(pseudonym, path, relative, resolved, listing)
              VALUES (?, ?, ?, ?, ?) ON CONFLICT(pseudonym) DO UPDATE SET path = excluded.path,
                relative = excluded.relative, resolved = excluded.resolved,
                listing = excluded.listing
              """)
          try insert.execute(
            arguments: [pseudonym, file.path, file.relative, file.resolved, listing])
          return pseudonym
        }
      }
    } catch let error as DatabaseError {
      throw LedgerError(names: error, path: path)
    }
  }

  /// The pseudonym that a file has, or would get first.
  package func pseudonym(of file: ListedFile, wanted: String) throws(LedgerError) -> String {
    try read { database in try Self.free(wanted, for: file, in: database) }
  }

  /// The first of `wanted`, `wanted-2`, … that is free or the file's own.
  private static func free(_ wanted: String, for file: ListedFile, in database: Database) throws
    -> String
  {
    var (candidate, number) = (wanted, 1)
    let find = try database.cachedStatement(
      sql: "SELECT resolved FROM names WHERE pseudonym = ?")
    while let resolved = try String.fetchOne(find, arguments: [candidate]) {
      if resolved == file.resolved { break }
      number += 1
      candidate = "\(wanted)-\(number)"
    }
    return candidate
  }

  /// What a pseudonym stands for, nil for one that was never given.
  package func file(of pseudonym: String) throws(LedgerError) -> Named? {
    try read { database in
      let find = try database.cachedStatement(
        sql: "SELECT pseudonym, path, relative FROM names WHERE pseudonym = ?")
      return try Row.fetchOne(find, arguments: [pseudonym]).map(Self.named)
    }
  }

  /// Calls `body` with every name, or with those in a folder of pseudonyms, in their order.
  /// - Throws: ``LedgerError``, or what `body` throws.
  package func forEach(in folder: String? = nil, _ body: (Named) throws -> Void) throws {
    do {
      try queue.read { database in
        // "0" follows "/".
        let names = try Row.fetchCursor(
          database,
          sql: """
            SELECT pseudonym, path, relative FROM names
            WHERE pseudonym >= ? AND (? IS NULL OR pseudonym < ?) ORDER BY pseudonym
            """,
          arguments: [folder.map { $0 + "/" } ?? "", folder, folder.map { $0 + "0" }])
        while let row = try names.next() { try body(Self.named(row)) }
      }
    } catch let error as DatabaseError {
      throw LedgerError(names: error, path: path)
    }
  }

  /// Takes over the names of another folder's book with the same key, which nobody is writing.
  /// - Parameter onlyOwn: those that cases of the folder's ledger have, and its inputs': of the rest
  ///   of what a shard listed other shards know better.
  package func adopt(from other: String, onlyOwn: Bool = false) throws(LedgerError) {
    do {
      try queue.writeWithoutTransaction { database in
        try database.execute(
          sql: "ATTACH DATABASE ? AS other", arguments: ["\(other)/\(Self.fileName)"])
        defer { try? database.execute(sql: "DETACH DATABASE other") }
        let all = """
          INSERT OR REPLACE INTO main.names(pseudonym, path, relative, resolved, listing)
          SELECT pseudonym, path, relative, resolved, 0 FROM other.names
          """
        guard onlyOwn else { return try database.execute(sql: all) }
        try database.execute(
          sql: "ATTACH DATABASE ? AS ledger", arguments: ["\(other)/\(Ledger.fileName)"])
        defer { try? database.execute(sql: "DETACH DATABASE ledger") }
        try database.execute(
          sql: all
            + " WHERE relative = '' OR pseudonym IN (SELECT path FROM ledger.cases)")
      }
    } catch {
      throw LedgerError(names: error, path: path)
    }
  }

  private func read<T>(_ body: (Database) throws -> T) throws(LedgerError) -> T {
    do {
      return try queue.read(body)
    } catch {
      throw LedgerError(names: error, path: path)
    }
  }

  private static func named(_ row: Row) -> Named {
    Named(pseudonym: row["pseudonym"], path: row["path"], relative: row["relative"])
  }
}
