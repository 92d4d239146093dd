private import GRDB

/// What there is to report.
extension Ledger {
  /// Which entries.
  package enum Choice: Sendable { case all, screened, failed }

  /// Calls `body` with the entries of the latest run's settled files, in the order of its inputs;
  /// one is in memory at a time.
  /// - Throws: ``LedgerError``, or what `body` throws.
  package func forEachEntry(_ choice: Choice, _ body: (LedgerEntry) throws -> Void) throws {
    let condition =
      switch choice {
      case .all: ""
      case .screened: "AND failure IS NULL"
      case .failed: "AND failure IS NOT NULL"
      }
    do {
      try queue.read { database in
        let rows = try Row.fetchCursor(
          database,
          sql: """
            SELECT entries.* FROM cases JOIN entries ON case_id = cases.id
            WHERE position IS NOT NULL AND turn = 2 AND state <> 'waiting' \(condition)
            ORDER BY position, frame
            """)
        while let row = try rows.next() { try body(Self.entry(row)) }
      }
    } catch let error as DatabaseError {
      throw LedgerError(error, path: path)
    }
  }

  private static func entry(_ row: Row) -> LedgerEntry {
    LedgerEntry(
      failure: row["failure"], label: row["label"], isSuspicious: row["suspicious"],
      lesions: row["lesions"],
      times: StageTimes(
        decoding: row["decoding"], preprocessing: row["preprocessing"], network: row["network"],
        measuring: row["measuring"]),
      row: row["row"], summary: row["summary"], card: row["card"])
  }

  /// The images of the latest run's settled files.
  package func entryCounts() throws(LedgerError) -> EntryCounts {
    try read { database in
      var counts = EntryCounts()
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT label, failure IS NOT NULL AS failed, COUNT(*) AS images,
            TOTAL(suspicious) AS suspicious, TOTAL(lesions > 0) AS outlined,
            TOTAL(decoding) AS decoding, TOTAL(preprocessing) AS preprocessing,
            TOTAL(network) AS network, TOTAL(measuring) AS measuring
          FROM cases JOIN entries ON case_id = cases.id
          WHERE position IS NOT NULL AND turn = 2 AND state <> 'waiting'
          GROUP BY label, failed
          """)
      while let row = try rows.next() {
        let images: Int = row["images"]
        counts.images += images
        if row["failed"] { counts.failed += images }
        counts.suspicious += Int(row["suspicious"] as Double)
        counts.withLesions += Int(row["outlined"] as Double)
        if let label: String = row["label"] { counts.labels[label, default: 0] += images }
        counts.times.decoding += row["decoding"]
        counts.times.preprocessing += row["preprocessing"]
        counts.times.network += row["network"]
        counts.times.measuring += row["measuring"]
      }
      return counts
    }
  }

  /// Where the latest run stands.
  package func caseCounts() throws(LedgerError) -> CaseCounts {
    try read { database in
      let row = try Row.fetchOne(
        database,
        sql: """
          SELECT COUNT(*) AS files, TOTAL(turn = 2) AS settled, TOTAL(turn = 1) AS held,
            TOTAL(turn = 2 AND state = 'done') AS done, TOTAL(turn = 2 AND state = 'failed') AS failed
          FROM cases WHERE position IS NOT NULL
          """)
      guard let row else { return CaseCounts() }
      var counts = CaseCounts()
      counts.files = row["files"]
      counts.settled = Int(row["settled"] as Double)
      counts.inHand = Int(row["held"] as Double)
      counts.done = Int(row["done"] as Double)
      counts.failed = Int(row["failed"] as Double)
      return counts
    }
  }

  /// What is known of a file, nil for one that no run had.
  package func knowledge(of path: String) throws(LedgerError) -> LedgerKnowledge? {
    try read { database in
      let row = try Row.fetchOne(
        database, sql: "SELECT * FROM cases WHERE path = ?", arguments: [path])
      guard let row else { return nil }
      let outputs = try Row.fetchAll(
        database, sql: "SELECT path, sha256 FROM outputs WHERE case_id = ? ORDER BY path",
        arguments: [row["id"] as Int64])
      return LedgerKnowledge(
        name: row["name"], state: CaseState(rawValue: row["state"]) ?? .waiting,
        sha256: row["sha256"], reason: row["reason"], attempts: row["attempts"],
        configurationSHA256: row["configuration_sha256"], modelSHA256: row["model_sha256"],
        outputs: outputs.map { OutputFile(path: $0["path"], sha256: $0["sha256"]) })
    }
  }
}

/// What a ledger knows of one input.
package struct LedgerKnowledge: Sendable, Equatable {
  package let name: String
  package let state: CaseState
  package let sha256: String?
  package let reason: String?
  /// How often work on it has begun.
  package let attempts: Int
  package let configurationSHA256: String?
  package let modelSHA256: String?
  package let outputs: [OutputFile]
}
