private import Foundation

/// Folders that outputs go into.
package enum Folder {
  /// Makes a folder and those above it, durably; one that is there already is fine.
  /// - Throws: ``FileError/cannotWrite(path:reason:)``.
  package static func make(_ path: String) throws(FileError) {
    var status = stat()
    if path.isEmpty || stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR { return }
    try make((path as NSString).deletingLastPathComponent)
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
      throw .cannotWrite(path: path, reason: reasonOfErrno())
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
