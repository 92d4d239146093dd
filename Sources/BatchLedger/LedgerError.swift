private import GRDB

/// Why what happened cannot be remembered. No sentence holds a value from the ledger.
package enum LedgerError: Error, Equatable, CustomStringConvertible {
  /// The folder has no ledger: no run has written there.
  case missing(path: String)
  /// The file cannot be made, read or written: no room, no permission, a failing disk.
  case unusable(path: String, reason: String)
  /// The file is no ledger, or was damaged.
  case damaged(path: String)
  /// A later version of the program wrote it.
  case tooNew(path: String)
  /// The file that says which file each pseudonym stands for is none, or was damaged.
  case namesDamaged(path: String)

  package var description: String {
    switch self {
    case .missing(let path): "there is no ledger \(path): no batch has been run into this folder"
    case .unusable(let path, let reason): "cannot use \(path): \(reason)"
    case .damaged(let path):
      "\(path) is no ledger or is damaged: move it away and run again; every file is then done anew"
    case .tooNew(let path):
      "\(path) was written by a later version of imgdx: use that one, or another output folder"
    case .namesDamaged(let path):
      "\(path), which says what file each pseudonym stands for, is damaged: put a copy of it back, or "
        + "choose another output folder; names that it alone held are lost"
    }
  }

  /// The same of a ``NameBook``.
  init(names error: any Error, path: String) {
    let error = LedgerError(error, path: path)
    self = error == .damaged(path: path) ? .namesDamaged(path: path) : error
  }

  /// Translates what SQLite says; a ledger's own error stays what it is.
  package init(_ error: any Error, path: String) {
    if let error = error as? LedgerError {
      self = error
      return
    }
    guard let error = error as? DatabaseError else {
      self = .unusable(path: path, reason: String(describing: error))
      return
    }
    switch error.resultCode {
    case .SQLITE_NOTADB, .SQLITE_CORRUPT: self = .damaged(path: path)
    case .SQLITE_FULL: self = .unusable(path: path, reason: "no space left on device")
    // The message alone: the statement's arguments are paths of patients' images.
    default: self = .unusable(path: path, reason: error.message ?? "\(error.resultCode)")
    }
  }
}
