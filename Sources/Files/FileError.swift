private import Foundation

/// What can go wrong between the program and the disk.
package enum FileError: Error, Equatable, CustomStringConvertible {
  /// The file cannot be opened or read.
  case cannotRead(path: String, reason: String)
  /// The file cannot be written whole.
  case cannotWrite(path: String, reason: String)
  /// No file can have this path, on however good a disk: it is too long, or something else is there.
  case cannotPlace(path: String, reason: String)

  /// Of a path that could not be written, by what the system said last.
  static func ofErrno(path: String) -> FileError {
    [ENAMETOOLONG, EISDIR, ENOTDIR, ELOOP].contains(errno)
      ? .cannotPlace(path: path, reason: reasonOfErrno())
      : .cannotWrite(path: path, reason: reasonOfErrno())
  }

  package var description: String {
    switch self {
    case .cannotRead(let path, let reason): "cannot read \(path): \(reason)"
    case .cannotWrite(let path, let reason), .cannotPlace(let path, let reason):
      "cannot write \(path): \(reason)"
    }
  }
}
