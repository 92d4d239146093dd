private import Foundation

/// Writes files that are whole or absent: temporary name in the same folder, fsync, rename.
package enum AtomicFile {
  /// Replaces the file at `path` by `bytes`.
  /// - Throws: ``FileError/cannotWrite(path:reason:)``; nothing is left behind then.
  package static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
    let writer = try AtomicFileWriter(path: path)
    try writer.append(bytes)
    try writer.commit()
  }

  /// Replaces the file at `path` by `text` in UTF-8.
  package static func write(_ text: String, to path: String) throws(FileError) {
    try write(Array(text.utf8), to: path)
  }
}

/// Nil, or why not everything could be written.
func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> String? {
  var offset = 0
  while offset < bytes.count {
    let written = Foundation.write(
      descriptor, bytes.baseAddress.map { $0 + offset }, bytes.count - offset)
    if written < 0 && errno == EINTR { continue }
    guard written > 0 else { return reasonOfErrno() }
    offset += written
  }
  return nil
}

/// The rename itself is durable only once the folder is.
func syncFolder(of path: String) {
  let folder = Folder.parent(of: path)
  let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard descriptor >= 0 else { return }
  fsync(descriptor)
  close(descriptor)
}
func reasonOfErrno() -> String { String(cString: strerror(errno)) }
