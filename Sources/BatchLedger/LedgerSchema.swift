internal import GRDB

/// The tables of a ledger. A later version adds a migration; none is ever changed.
enum LedgerSchema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { try $0.execute(sql: first) }
    migrator.registerMigration("2") { try $0.execute(sql: second) }
    return migrator
  }

  private static let first = """
    -- Each time that the command was given.
    CREATE TABLE runs(
      id INTEGER PRIMARY KEY, program TEXT NOT NULL, process INTEGER NOT NULL,
      inputs TEXT NOT NULL, configuration TEXT NOT NULL, configuration_sha256 TEXT NOT NULL,
      model_name TEXT, model_sha256 TEXT NOT NULL,
      started TEXT NOT NULL, finished TEXT, ending TEXT);

    -- What the walk over the inputs of the latest run found, in its order.
    CREATE TABLE listing(
      position INTEGER PRIMARY KEY, path TEXT NOT NULL, resolved TEXT NOT NULL UNIQUE,
      relative TEXT NOT NULL, refusal TEXT);

    -- Every input that a run into this folder ever had. position: its place in the latest run, null
    -- where that run does not have it. state: what is known of its results. turn: where it stands in
    -- the latest run (0 to be looked at, 1 in the hands of a worker, 2 settled).
    CREATE TABLE cases(
      id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, position INTEGER, name TEXT NOT NULL,
      refusal TEXT, state TEXT NOT NULL CHECK(state IN ('waiting', 'done', 'failed')),
      turn INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
      kills INTEGER NOT NULL DEFAULT 0, reason TEXT, sha256 TEXT,
      configuration_sha256 TEXT, model_sha256 TEXT, seconds REAL);
    CREATE INDEX cases_by_turn ON cases(turn, kills, position) WHERE position IS NOT NULL;
    CREATE INDEX cases_by_position ON cases(position) WHERE position IS NOT NULL;
    CREATE INDEX cases_by_name ON cases(name COLLATE NOCASE);

    -- The files that hold a case's results, by their paths below the output folder.
    CREATE TABLE outputs(
      path TEXT PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES cases(id) ON DELETE CASCADE,
      sha256 TEXT NOT NULL, attempt INTEGER NOT NULL) WITHOUT ROWID;
    CREATE INDEX outputs_by_case ON outputs(case_id);

    -- What each image adds to the files of the run, ready to be copied into them.
    CREATE TABLE entries(
      case_id INTEGER NOT NULL REFERENCES cases(id) ON DELETE CASCADE, frame INTEGER NOT NULL,
      failure TEXT, label TEXT, suspicious INTEGER NOT NULL, lesions INTEGER NOT NULL,
      decoding REAL NOT NULL, preprocessing REAL NOT NULL, network REAL NOT NULL,
      measuring REAL NOT NULL, row TEXT NOT NULL, summary TEXT NOT NULL, card TEXT NOT NULL,
      PRIMARY KEY(case_id, frame)) WITHOUT ROWID;
    """
  private static let second = """
    -- JSON of the program's own: what a report has to know of the run besides its cases.
    ALTER TABLE runs ADD COLUMN facts TEXT;
    """
}
