private import GRDB

/// One ledger from several, as if one run had done it all.
extension Ledger {
  /// Forgets which files the latest run had; what is known of them stays.
  package func beginMerging() throws(LedgerError) {
    try write { database in
      try database.execute(sql: "DELETE FROM listing")
      try database.execute(sql: "UPDATE cases SET position = NULL, turn = 2")
    }
  }

  /// Takes over the listing and the cases of another ledger, which nobody else may be using.
  /// - Parameters:
  ///   - other: its output folder.
  ///   - remove: called with each file that an earlier run left of a case and the other ledger does
  ///     not know, before this one forgets it. By now it may be another shard's.
  package func adopt(from other: String, remove: (OutputFile) -> Void) throws(LedgerError) {
    do {
      try queue.writeWithoutTransaction { database in
        try database.execute(
          sql: "ATTACH DATABASE ? AS other", arguments: ["\(other)/\(Self.fileName)"])
        defer { try? database.execute(sql: "DETACH DATABASE other") }
        try database.inTransaction {
          try Self.staleFiles(in: database).forEach(remove)
          try database.execute(sql: Self.adoption)
          return .commit
        }
      }
    } catch {
      throw LedgerError(error, path: path)
    }
  }

  /// Cases of this ledger that the other one's take the place of.
  private static let replaced = """
    SELECT id FROM main.cases AS old WHERE EXISTS(
      SELECT 1 FROM other.cases AS new WHERE new.position IS NOT NULL AND new.path = old.path)
    OR old.position IS NULL AND EXISTS(
      SELECT 1 FROM other.cases AS new
      WHERE new.position IS NOT NULL AND new.name = old.name COLLATE NOCASE)
    """

  private static func staleFiles(in database: Database) throws -> [OutputFile] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT path, sha256 FROM main.outputs WHERE case_id IN (\(replaced))
          AND path NOT IN (SELECT path FROM other.outputs)
        """)
    return rows.map { OutputFile(path: $0["path"], sha256: $0["sha256"]) }
  }

  /// What a listed file is known by to all shards, which may see the inputs under different paths and
  /// at different times: its relative path, and which of the files with this one it is.
  private static let place =
    "relative || char(1) || ROW_NUMBER() OVER (PARTITION BY relative ORDER BY position)"

  private static let adoption = """
    DELETE FROM main.cases WHERE id IN (\(replaced));
    INSERT OR IGNORE INTO main.listing(path, resolved, relative, refusal)
      SELECT path, \(place), relative, refusal FROM other.listing ORDER BY position;
    UPDATE main.listing SET path = theirs.path FROM (
        SELECT cases.path AS path, listed.place AS place FROM other.cases AS cases
        JOIN (SELECT position, \(place) AS place FROM other.listing) AS listed
          ON listed.position = cases.position) AS theirs
      WHERE main.listing.resolved = theirs.place;
    INSERT INTO main.cases(path, position, name, refusal, state, turn, attempts, kills, reason,
        sha256, configuration_sha256, model_sha256, seconds)
      SELECT path, position, name, refusal, state, CASE turn WHEN 1 THEN 0 ELSE turn END, attempts, kills, reason,
        sha256, configuration_sha256, model_sha256, seconds
      FROM other.cases WHERE position IS NOT NULL;
    INSERT OR REPLACE INTO main.outputs(path, case_id, sha256, attempt)
      SELECT files.path, ours.id, files.sha256, files.attempt FROM other.outputs AS files
      JOIN other.cases AS theirs ON theirs.id = files.case_id AND theirs.position IS NOT NULL
      JOIN main.cases AS ours ON ours.path = theirs.path;
    INSERT INTO main.entries(case_id, frame, failure, label, suspicious, lesions, decoding,
        preprocessing, network, measuring, row, summary, card)
      SELECT ours.id, frame, failure, label, suspicious, lesions, decoding, preprocessing, network,
        measuring, row, summary, card FROM other.entries AS entry
      JOIN other.cases AS theirs ON theirs.id = entry.case_id AND theirs.position IS NOT NULL
      JOIN main.cases AS ours ON ours.path = theirs.path;
    """

  /// Ends what ``beginMerging()`` began: cases that ended up with one name, since inputs changed
  /// between the starts of the runs, are worth nothing and wait for another run; so do those whose
  /// results are not there as they were written.
  /// - Parameter isWhole: whether a file of results is; called with its place among so many.
  /// - Returns: the number of files that were listed and wait.
  package func endMerging(
    isWhole: (OutputFile, _ index: Int, _ count: Int) -> Bool
  ) throws(LedgerError) -> Int {
    try write { database in
      // In the order of all that was listed.
      try database.execute(
        sql: """
          UPDATE cases SET position = listing.position FROM listing
          WHERE cases.position IS NOT NULL AND listing.path = cases.path
          """)
      let count = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM outputs") ?? 0
      let files = try Row.fetchCursor(
        database, sql: "SELECT path, sha256, case_id FROM outputs ORDER BY case_id")
      var torn = Set<Int64>()
      var index = 0
      while let row = try files.next() {
        let file = OutputFile(path: row["path"], sha256: row["sha256"])
        if !isWhole(file, index, count) { torn.insert(row["case_id"]) }
        index += 1
      }
      for id in torn {
        try database.execute(
          sql: "UPDATE cases SET state = 'waiting', turn = 0 WHERE id = ?", arguments: [id])
      }
      try database.execute(
        sql: """
          UPDATE cases SET state = 'waiting', turn = 0 WHERE position IS NOT NULL AND EXISTS(
            SELECT 1 FROM cases AS other WHERE other.position IS NOT NULL
              AND other.id <> cases.id AND other.name = cases.name COLLATE NOCASE)
          """)
      return try Int.fetchOne(
        database,
        sql: """
          SELECT COUNT(*) FROM listing WHERE NOT EXISTS(
            SELECT 1 FROM cases WHERE cases.path = listing.path AND position IS NOT NULL
              AND state <> 'waiting' AND turn = 2)
          """) ?? 0
    }
  }
}
