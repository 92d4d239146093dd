private import Foundation
internal import GRDB

/// What happened to each input of a batch, in `ledger.sqlite` in the output folder: all of the
/// program's SQL.
///
/// Every method is one transaction: after a crash or power loss the ledger says what it said before
/// it or after it. One process writes, guarded by the output folder's lock; others may read.
package final class Ledger {
  package static let fileName = "ledger.sqlite"
  let queue: DatabaseQueue
  let path: String

  /// Opens the ledger of an output folder, or makes it.
  package init(folder: String) throws(LedgerError) {
    path = "\(folder)/\(Self.fileName)"
    do {
      queue = try DatabaseQueue(path: path, configuration: Self.configuration(isReadOnly: false))
      if try queue.read(LedgerSchema.migrator.hasBeenSuperseded) {
        throw LedgerError.tooNew(path: path)
      }
      try LedgerSchema.migrator.migrate(queue)
    } catch {
      throw LedgerError(error, path: path)
    }
  }

  /// Opens the ledger of an output folder to look at it, also while a run writes.
  package init(reading folder: String) throws(LedgerError) {
    path = "\(folder)/\(Self.fileName)"
    guard access(path, F_OK) == 0 else { throw .missing(path: path) }
    do {
      queue = try Self.reader(of: path)
      guard try queue.read(LedgerSchema.migrator.hasCompletedMigrations) else {
        // A run that ended while it made the file, on a full disk for one, has left nothing in it.
        let tables = "SELECT COUNT(*) FROM sqlite_schema WHERE name NOT LIKE '%grdb_%'"
        let count = try queue.read { try Int.fetchOne($0, sql: tables) ?? 0 }
        throw count == 0 ? LedgerError.missing(path: path) : .damaged(path: path)
      }
      if try queue.read(LedgerSchema.migrator.hasBeenSuperseded) {
        throw LedgerError.tooNew(path: path)
      }
    } catch {
      throw LedgerError(error, path: path)
    }
  }

  /// Whether a folder holds a ledger that can be read, and so the results of a batch.
  package static func isOne(in folder: String) -> Bool {
    access("\(folder)/\(fileName)", F_OK) == 0 && (try? Ledger(reading: folder)) != nil
  }

  /// Whoever may not write in the folder cannot make the journal's index either, which SQLite wants
  /// even for reading; while no run has a journal open, the file alone is all there is.
  private static func reader(of path: String) throws -> DatabaseQueue {
    let configuration = configuration(isReadOnly: true)
    do {
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      _ = try queue.read { try Int.fetchOne($0, sql: "PRAGMA schema_version") }
      return queue
    } catch let error as DatabaseError
      where [.SQLITE_READONLY, .SQLITE_CANTOPEN].contains(error.resultCode)
      && access("\(path)-wal", F_OK) != 0
    {
      let file = URL(fileURLWithPath: path).absoluteString
      return try DatabaseQueue(path: "\(file)?immutable=1", configuration: configuration)
    }
  }

  private static func configuration(isReadOnly: Bool) -> Configuration {
    var configuration = Configuration()
    configuration.readonly = isReadOnly
    configuration.journalMode = isReadOnly ? .default : .wal
    // A reader may hold a checkpoint up for a moment.
    configuration.busyMode = .timeout(10)
    configuration.prepareDatabase { database in
      guard !isReadOnly else { return }
      // In WAL mode this survives power loss: the last transactions may be missing, which costs
      // their cases a second time; none is torn.
      try database.execute(sql: "PRAGMA synchronous = NORMAL")
    }
    return configuration
  }

  /// One transaction.
  func write<T>(_ body: (Database) throws -> T) throws(LedgerError) -> T {
    do {
      return try queue.write(body)
    } catch {
      throw LedgerError(error, path: path)
    }
  }

  func read<T>(_ body: (Database) throws -> T) throws(LedgerError) -> T {
    do {
      return try queue.read(body)
    } catch {
      throw LedgerError(error, path: path)
    }
  }

  // MARK: - Runs

  /// Notes that a run begins.
  /// - Returns: its number.
  package func begin(_ run: RunDescription) throws(LedgerError) -> Int64 {
    try write { database in
      try database.execute(
        sql: """
          INSERT INTO runs(program, process, inputs, configuration, configuration_sha256,
            model_sha256, started) VALUES (?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          run.program, run.process, run.inputs, run.configuration, run.configurationSHA256,
          run.modelSHA256, run.started,
        ])
      return database.lastInsertedRowID
    }
  }

  /// Notes how a run ended.
  /// - Parameter facts: what its report has to know besides its cases, for ``latestRun()``.
  package func end(
    run: Int64, finished: String, ending: String, modelName: String, facts: String?
  ) throws(LedgerError) {
    try write { database in
      try database.execute(
        sql: "UPDATE runs SET finished = ?, ending = ?, model_name = ?, facts = ? WHERE id = ?",
        arguments: [finished, ending, modelName, facts, run])
    }
  }

  /// What the latest run with a model knew of it, where one came to its end.
  package func latestFacts(modelSHA256: String) throws(LedgerError) -> String? {
    try read { database in
      try String.fetchOne(
        database,
        sql: """
          SELECT facts FROM runs WHERE model_sha256 = ? AND facts IS NOT NULL AND model_name <> ''
          ORDER BY id DESC LIMIT 1
          """, arguments: [modelSHA256])
    }
  }

  /// The latest run, nil where none got that far.
  package func latestRun() throws(LedgerError) -> RunDescription? {
    try read { database in
      try Row.fetchOne(database, sql: "SELECT * FROM runs ORDER BY id DESC LIMIT 1").map { row in
        var run = RunDescription(
          program: row["program"], process: row["process"], inputs: row["inputs"],
          configuration: row["configuration"], configurationSHA256: row["configuration_sha256"],
          modelSHA256: row["model_sha256"], started: row["started"])
        run.finished = row["finished"]
        run.ending = row["ending"]
        run.facts = row["facts"]
        return run
      }
    }
  }
}
