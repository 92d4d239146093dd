private import Foundation

/// Folders that outputs go into.
package enum Folder {
  /// The folder that a path lies in: empty for a bare name, "/" for what lies in the root.
  ///
  /// Foundation's `deletingLastPathComponent` traps on names of one character.
  package static func parent(of path: String) -> String {
    var rest = Substring(path)
    func trim() { while rest.count > 1, rest.last == "/" { rest.removeLast() } }
    trim()
    guard let slash = rest.lastIndex(of: "/") else { return "" }
    rest = rest[...slash]
    trim()
    return String(rest)
  }

  /// Makes a folder and those above it, durably; one that is there already is fine.
  /// - Throws: ``FileError/cannotWrite(path:reason:)``.
  package static func make(_ path: String) throws(FileError) {
    var status = stat()
    if path.isEmpty || stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR { return }
    try make(parent(of: path))
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
      throw .ofErrno(path: path)
    }
    syncFolder(of: path)
  }

  /// Removes temporary files that writers left below a folder when they were killed.
  ///
  /// Only safe while nobody writes there.
  package static func removeTemporaries(below folder: String) {
    guard let files = FileManager.default.enumerator(atPath: folder) else { return }
    for case let file as String in files where AtomicFileWriter.isTemporary(file) {
      unlink("\(folder)/\(file)")
    }
  }
}
