private import GRDB

/// One case after another, through the hands of workers.
extension Ledger {
  /// Hands out the next case, those that have killed a worker last; nil when none is left.
  package func take() throws(LedgerError) -> LedgerCase? {
    try write { database in
      let next = try database.cachedStatement(
        sql: """
          SELECT id, path, name, refusal, state, sha256, kills FROM cases
          WHERE turn = 0 AND position IS NOT NULL ORDER BY kills, position LIMIT 1
          """)
      guard let row = try Row.fetchOne(next) else { return nil }
      let id: Int64 = row["id"]
      try database.cachedStatement(sql: "UPDATE cases SET turn = 1 WHERE id = ?")
        .execute(arguments: [id])
      return LedgerCase(
        id: id, path: row["path"], name: row["name"], refusal: row["refusal"],
        state: CaseState(rawValue: row["state"]) ?? .waiting, sha256: row["sha256"],
        kills: row["kills"], outputs: try Self.outputs(of: id, in: database))
    }
  }

  /// Earlier results of a case still stand.
  package func confirm(_ id: Int64) throws(LedgerError) { try setTurn(2, of: id) }

  /// A case was taken, and not worked on.
  package func giveBack(_ id: Int64) throws(LedgerError) { try setTurn(0, of: id) }

  /// Work on a case begins: whatever was known of its results no longer holds.
  /// - Parameter sha256: of the input; nil where it could not be read.
  package func start(_ id: Int64, sha256: String?) throws(LedgerError) {
    try write { database in
      try database.cachedStatement(sql: "DELETE FROM entries WHERE case_id = ?")
        .execute(arguments: [id])
      let update = try database.cachedStatement(
        sql: """
          UPDATE cases SET state = 'waiting', reason = NULL, seconds = NULL,
            attempts = attempts + 1, sha256 = ? WHERE id = ?
          """)
      try update.execute(arguments: [sha256, id])
    }
  }

  /// One image of a case is finished, and its files are on disk.
  package func add(_ entry: LedgerEntry, files: [OutputFile], to id: Int64) throws(LedgerError) {
    try write { database in
      try Self.insert(entry, to: id, in: database)
      try Self.record(files, of: id, in: database)
    }
  }

  /// A case is finished: its results stand from now on.
  /// - Parameter remove: called with the path of each file that an earlier attempt left and this one
  ///   did not make, before the ledger forgets it.
  package func finish(
    _ id: Int64, as state: CaseState, reason: String?, seconds: Double, _ basis: LedgerBasis,
    remove: (String) -> Void
  ) throws(LedgerError) {
    try write { database in
      let stale =
        "FROM outputs WHERE case_id = ?1 AND attempt < (SELECT attempts FROM cases WHERE id = ?1)"
      let paths = try String.fetchAll(
        database.cachedStatement(sql: "SELECT path " + stale), arguments: [id])
      paths.forEach(remove)
      if !paths.isEmpty { try database.execute(sql: "DELETE " + stale, arguments: [id]) }
      let update = try database.cachedStatement(
        sql: """
          UPDATE cases SET state = ?, reason = ?, seconds = ?, configuration_sha256 = ?,
            model_sha256 = ?, turn = 2 WHERE id = ?
          """)
      try update.execute(
        arguments: [
          state.rawValue, reason, seconds, basis.configurationSHA256, basis.modelSHA256, id,
        ])
    }
  }

  /// A worker died over a case.
  /// - Returns: how many have by now.
  package func noteKill(_ id: Int64, reason: String) throws(LedgerError) -> Int {
    try write { database in
      try database.execute(
        sql: """
          UPDATE cases SET state = 'waiting', kills = kills + 1, reason = ?, turn = 0 WHERE id = ?
          """,
        arguments: [reason, id])
      return try Int.fetchOne(
        database, sql: "SELECT kills FROM cases WHERE id = ?", arguments: [id]) ?? 0
    }
  }

  /// Forgets the entries and files of a case that will not be finished by a worker.
  /// - Parameter remove: called with the path of each file, before the ledger forgets it.
  package func discard(_ id: Int64, remove: (String) -> Void) throws(LedgerError) {
    try write { database in
      try Self.outputs(of: id, in: database).forEach { remove($0.path) }
      try database.execute(sql: "DELETE FROM entries WHERE case_id = ?", arguments: [id])
      try database.execute(sql: "DELETE FROM outputs WHERE case_id = ?", arguments: [id])
    }
  }

  private func setTurn(_ turn: Int, of id: Int64) throws(LedgerError) {
    try write { database in
      try database.cachedStatement(sql: "UPDATE cases SET turn = ? WHERE id = ?")
        .execute(arguments: [turn, id])
    }
  }

  private static func outputs(of id: Int64, in database: Database) throws -> [OutputFile] {
    let select = try database.cachedStatement(
      sql: "SELECT path, sha256 FROM outputs WHERE case_id = ? ORDER BY path")
    return try Row.fetchAll(select, arguments: [id]).map {
      OutputFile(path: $0["path"], sha256: $0["sha256"])
    }
  }

  private static func insert(_ entry: LedgerEntry, to id: Int64, in database: Database) throws {
    let insert = try database.cachedStatement(
      sql: """
        INSERT INTO entries(case_id, frame, failure, label, suspicious, lesions, decoding,
          preprocessing, network, measuring, row, summary, card)
        VALUES (?1, (SELECT COALESCE(MAX(frame), 0) + 1 FROM entries WHERE case_id = ?1),
          ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
        """)
    try insert.execute(
      arguments: [
        id, entry.failure, entry.label, entry.isSuspicious, entry.lesions, entry.times.decoding,
        entry.times.preprocessing, entry.times.network, entry.times.measuring, entry.row,
        entry.summary, entry.card,
      ])
  }

  private static func record(_ files: [OutputFile], of id: Int64, in database: Database) throws {
    let insert = try database.cachedStatement(
      sql: """
        INSERT OR REPLACE INTO outputs(path, case_id, sha256, attempt)
        VALUES (?1, ?2, ?3, (SELECT attempts FROM cases WHERE id = ?2))
        """)
    for file in files { try insert.execute(arguments: [file.path, id, file.sha256]) }
  }
}
