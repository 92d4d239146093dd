private import Foundation
internal import GRDB

/// Which file each pseudonym of an output folder stands for, and the key that pseudonyms are made
/// with, in `names.sqlite`: the only file of a pseudonymous batch that holds a real name. Its owner
/// alone may read it.
///
/// Every method is one transaction, with a rollback journal that has the file's own mode and is gone
/// once the transaction ends.
package final class NameBook {
  package static let fileName = "names.sqlite"
  package let key: [UInt8]
  package let path: String
  let queue: DatabaseQueue

  /// A file that a pseudonym stands for.
  package struct Named: Sendable, Equatable {
    package let pseudonym: String
    /// As the walk found it; of an input, as the user gave it.
    package let path: String
    /// Below the input folder; empty for an input itself.
    package let relative: String
  }

  /// Opens the book of a folder to write in it, or makes it.
  /// - Parameter key: for a new one. Of two processes that make it at once, one gets its key, and
  ///   the other that one too.
  /// - Throws: ``LedgerError``.
  package convenience init(folder: String, key: () -> [UInt8]) throws(LedgerError) {
    let path = "\(folder)/\(Self.fileName)"
    if access(path, F_OK) != 0 { try Self.make(at: path, key: key()) }
    // Whatever it became meanwhile, such as a copy's mode.
    guard chmod(path, 0o600) == 0 else { throw Self.unusable(path, errno) }
    try self.init(path: path)
  }

  /// Opens the book of a folder to look names up, nil where there is none. What a killed run has left
  /// half written is undone first.
  package convenience init?(reading folder: String) throws(LedgerError) {
    let path = "\(folder)/\(Self.fileName)"
    guard access(path, F_OK) == 0 else { return nil }
    try self.init(path: path)
  }

  /// Takes the book of a folder away; its names stand in another by then.
  package static func remove(from folder: String) { unlink("\(folder)/\(fileName)") }

  private init(path: String) throws(LedgerError) {
    self.path = path
    do {
      queue = try DatabaseQueue(path: path, configuration: Self.configuration())
      key = try queue.read { database in
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard version <= Self.version else { throw LedgerError.tooNew(path: path) }
        guard let key = try Data.fetchOne(database, sql: "SELECT key FROM book") else {
          throw LedgerError.namesDamaged(path: path)
        }
        return Array(key)
      }
    } catch {
      throw LedgerError(names: error, path: path)
    }
  }

  // MARK: - Making

  private static let version = 1

  private static let schema = """
    PRAGMA user_version = \(version);
    -- The key of the pseudonyms, and how often the inputs were listed.
    CREATE TABLE book(key BLOB NOT NULL, listing INTEGER NOT NULL);
    -- Every file that ever had a pseudonym here, and the listing that it was last in.
    CREATE TABLE names(
      pseudonym TEXT PRIMARY KEY, path TEXT NOT NULL, relative TEXT NOT NULL,
      resolved TEXT NOT NULL, listing INTEGER NOT NULL) WITHOUT ROWID;
    """

  /// Makes it under another name, readable for its owner from the first byte on, so that it is whole
  /// or absent, whoever else makes one.
  private static func make(at path: String, key: [UInt8]) throws(LedgerError) {
    let temporary = "\(path).part-\(getpid())-0"
    unlink(temporary)
    defer { unlink(temporary) }
    let descriptor = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw unusable(path, errno) }
    close(descriptor)
    do {
      let queue = try DatabaseQueue(path: temporary, configuration: configuration())
      try queue.write { database in
        try database.execute(sql: schema)
        try database.execute(
          sql: "INSERT INTO book(key, listing) VALUES (?, 0)", arguments: [Data(key)])
      }
      try queue.close()
    } catch {
      throw LedgerError(names: error, path: path)
    }
    guard link(temporary, path) == 0 || errno == EEXIST else { throw unusable(path, errno) }
    let folder = open((path as NSString).deletingLastPathComponent, O_RDONLY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
  }

  private static func configuration() -> Configuration {
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    // Nothing of it goes into files of SQLite's own elsewhere.
    configuration.prepareDatabase { try $0.execute(sql: "PRAGMA temp_store = MEMORY") }
    return configuration
  }

  private static func unusable(_ path: String, _ code: Int32) -> LedgerError {
    .unusable(path: path, reason: String(cString: strerror(code)))
  }
}
