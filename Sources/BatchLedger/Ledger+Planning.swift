private import GRDB

/// What a run has to do, from what its walk found and what earlier runs did.
package struct LedgerPlan: Sendable, Equatable {
  /// Files that the walk found.
  package var listed = 0
  /// Those of them that are this run's to work on or to check.
  package var files = 0
  /// Never done, or done with another configuration, model or name.
  package var waiting = 0
  /// Done or failed before; a worker checks by hash that this still holds.
  package var toCheck = 0
}

/// What a run has to do with a listed file.
package enum LedgerChoice: Sendable {
  /// It is another run's: a different shard's.
  case leave
  /// It is not there as a whole yet; what is known of it from before stands until it is, where the
  /// file has not changed.
  case wait
  /// It is not there any more; what was made of it stands.
  case gone
  /// It is to be worked on, or checked where it was before.
  case work
  /// The same process has looked at it a moment ago, and it has not changed since.
  case keep
}

/// Files that a plan finds to be nobody's results any more. They are removed before the ledger
/// forgets them, and before any work starts, since their names may be given anew.
package struct LedgerCleaning {
  /// Removes a file unless it has another hash by now: then it is somebody else's.
  package var file: (OutputFile) -> Void
  /// Removes whatever lies about of a case with this name: a worker had it in hand when an earlier
  /// run was killed, and some of its files may be unrecorded.
  package var torn: (String) -> Void

  package init(
    file: @escaping (OutputFile) -> Void, torn: @escaping (String) -> Void
  ) {
    self.file = file
    self.torn = torn
  }
}

/// What must be the same for an earlier result to stand.
package struct LedgerBasis: Sendable, Equatable {
  package var configurationSHA256: String
  package var modelSHA256: String
  /// Failed cases are tried again, whatever has changed.
  package var retriesFailed: Bool

  package init(configurationSHA256: String, modelSHA256: String, retriesFailed: Bool) {
    self.configurationSHA256 = configurationSHA256
    self.modelSHA256 = modelSHA256
    self.retriesFailed = retriesFailed
  }
}

extension Ledger {
  /// Replaces the listing by what `walk` finds.
  /// - Parameters:
  ///   - keepingOld: files of the old listing stay in it, also those that are not found any more.
  ///   - walk: calls its argument for each file in order; it answers false for a file that came
  ///     before, by whatever path.
  /// - Throws: ``LedgerError``, or what `walk` throws; the old listing is as it was then.
  package func list(
    keepingOld: Bool = false, _ walk: (_ add: (ListedFile) throws -> Bool) throws -> Void
  ) throws {
    do {
      try queue.write { database in
        if !keepingOld { try database.execute(sql: "DELETE FROM listing") }
        try walk { file in
          let statement = try database.cachedStatement(
            sql: """
              INSERT INTO listing(path, resolved, relative, refusal) VALUES (?, ?, ?, ?)
              ON CONFLICT(resolved) DO \(keepingOld ? "UPDATE SET refusal = excluded.refusal" : "NOTHING")
              """)
          try statement.execute(
            arguments: [file.path, file.resolved, file.relative, file.refusal])
          return database.changesCount > 0
        }
      }
    } catch let error as DatabaseError {
      throw LedgerError(error, path: path)
    }
  }

  /// Calls `body` with the relative path of each listed file, in order.
  package func forEachListed(_ body: (String) -> Void) throws(LedgerError) {
    try read { database in
      let paths = try String.fetchCursor(
        database, sql: "SELECT relative FROM listing ORDER BY position")
      while let relative = try paths.next() { body(relative) }
    }
  }

  /// Settles which listed files have to be worked on, and under which names.
  /// - Parameters:
  ///   - choice: told path and relative path, what to do with a file.
  ///   - isUnchanged: whether the file at a path still has a hash.
  ///   - name: gives each file its name, called with all relative paths in order.
  package func plan(
    _ basis: LedgerBasis, cleaning: LedgerCleaning,
    choice: (_ path: String, _ relative: String) throws -> LedgerChoice = { _, _ in .work },
    isUnchanged: (_ path: String, _ sha256: String) throws -> Bool = { _, _ in true },
    name: (String) -> String
  ) throws(LedgerError) -> LedgerPlan {
    try write { database in
      var plan = LedgerPlan()
      let torn = "SELECT name FROM cases WHERE turn = 1 AND state = 'waiting'"
      for name in try String.fetchAll(database, sql: torn) { cleaning.torn(name) }
      try database.execute(sql: "UPDATE cases SET position = NULL, turn = 2")
      let listing = try Row.fetchCursor(
        database, sql: "SELECT position, path, relative, refusal FROM listing ORDER BY position")
      while let row = try listing.next() {
        plan.listed += 1
        let name = name(row["relative"])
        let choice = try choice(row["path"], row["relative"])
        if choice == .wait || choice == .gone {
          let path: String = row["path"]
          guard let old = try standing(path, name: name, basis, in: database) else { continue }
          let isSame = try old.sha256.map { try isUnchanged(path, $0) } ?? false
          guard choice == .gone || isSame else { continue }
          try database.execute(
            sql: "UPDATE cases SET position = ? WHERE id = ?", arguments: [row["position"], old.id])
        }
        guard choice == .work || choice == .keep else { continue }
        let state = try place(
          row["path"], at: row["position"], name: name, refusal: row["refusal"],
          keeps: choice == .keep, basis, cleaning, in: database)
        guard let state else { continue }
        plan.files += 1
        if state == .waiting { plan.waiting += 1 } else { plan.toCheck += 1 }
      }
      try dropForgotten(cleaning, in: database)
      return plan
    }
  }

  /// The case of a file that is not looked into, where its results are of this basis.
  private func standing(
    _ path: String, name: String, _ basis: LedgerBasis, in database: Database
  ) throws -> (id: Int64, sha256: String?)? {
    try Row.fetchOne(
      database,
      sql: """
        SELECT id, sha256 FROM cases WHERE path = ? AND name = ? AND state <> 'waiting'
          AND configuration_sha256 = ? AND model_sha256 = ?
        """, arguments: [path, name, basis.configurationSHA256, basis.modelSHA256]
    ).map { ($0["id"], $0["sha256"]) }
  }

  /// - Parameter keeps: results that can stand do, without being checked.
  /// - Returns: nil where there is nothing left to do.
  private func place(
    _ path: String, at position: Int64, name: String, refusal: String?, keeps: Bool,
    _ basis: LedgerBasis, _ cleaning: LedgerCleaning, in database: Database
  ) throws -> CaseState? {
    let find = try database.cachedStatement(
      sql: """
        SELECT id, name, refusal, state, kills, configuration_sha256, model_sha256
        FROM cases WHERE path = ?
        """)
    guard let old = try Row.fetchOne(find, arguments: [path]) else {
      let insert = try database.cachedStatement(
        sql: """
          INSERT INTO cases(path, position, name, refusal, state, turn)
          VALUES (?, ?, ?, ?, 'waiting', 0)
          """)
      try insert.execute(arguments: [path, position, name, refusal])
      return .waiting
    }
    let id: Int64 = old["id"]
    let hasMoved = old["name"] != name
    let stands =
      !hasMoved && old["refusal"] == refusal
      && old["configuration_sha256"] as String? == basis.configurationSHA256
      && old["model_sha256"] as String? == basis.modelSHA256
    var state = CaseState(rawValue: old["state"]) ?? .waiting
    if state == .failed && basis.retriesFailed && !keeps || !stands { state = .waiting }
    if hasMoved { try dropOutputs(of: id, cleaning, in: database) }
    // A case that killed one worker keeps that mark until it is done or set aside.
    let kills: Int = old["state"] == CaseState.waiting.rawValue ? old["kills"] : 0
    let isSettled = keeps && state != .waiting
    let update = try database.cachedStatement(
      sql: """
        UPDATE cases SET position = ?, name = ?, refusal = ?, state = ?, turn = ?, kills = ?
        WHERE id = ?
        """)
    try update.execute(
      arguments: [position, name, refusal, state.rawValue, isSettled ? 2 : 0, kills, id])
    return isSettled ? nil : state
  }

  /// Cases of earlier runs keep their results, unless one of this run needs their name.
  private func dropForgotten(_ cleaning: LedgerCleaning, in database: Database) throws {
    let ids = try Int64.fetchAll(
      database,
      sql: """
        SELECT id FROM cases AS forgotten WHERE position IS NULL AND EXISTS(
          SELECT 1 FROM cases AS listed
          WHERE listed.position IS NOT NULL AND listed.name = forgotten.name COLLATE NOCASE)
        """)
    for id in ids {
      try dropOutputs(of: id, cleaning, in: database)
      try database.execute(sql: "DELETE FROM cases WHERE id = ?", arguments: [id])
    }
  }

  private func dropOutputs(of id: Int64, _ cleaning: LedgerCleaning, in database: Database) throws {
    let files = try Row.fetchAll(
      database, sql: "SELECT path, sha256 FROM outputs WHERE case_id = ?", arguments: [id])
    for file in files { cleaning.file(OutputFile(path: file["path"], sha256: file["sha256"])) }
    try database.execute(sql: "DELETE FROM outputs WHERE case_id = ?", arguments: [id])
  }
}
