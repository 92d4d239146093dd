private import Foundation

/// Writes a file piece by piece under a temporary name and gives it its own when it is whole.
///
/// A writer that goes away uncommitted leaves nothing behind.
package final class AtomicFileWriter {
  package let path: String
  private let temporary: String
  private var descriptor: Int32

  /// - Throws: ``FileError/cannotWrite(path:reason:)`` when the folder takes no file.
  package init(path: String) throws(FileError) {
    self.path = path
    temporary = "\(path).part-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .ofErrno(path: path) }
  }

  /// True for the names that files have until they are whole.
  static func isTemporary(_ name: String) -> Bool {
    name.wholeMatch(of: /(?s).+\.part-[0-9]+-[0-9]+/) != nil
  }

  /// Appends bytes.
  package func append(_ bytes: [UInt8]) throws(FileError) {
    if let reason = bytes.withUnsafeBytes({ writeAll($0, to: descriptor) }) {
      throw .cannotWrite(path: path, reason: reason)
    }
  }

  /// Appends text in UTF-8.
  package func append(_ text: String) throws(FileError) {
    var text = text
    let reason = text.withUTF8 { writeAll(UnsafeRawBufferPointer($0), to: descriptor) }
    if let reason { throw .cannotWrite(path: path, reason: reason) }
  }

  /// Appends memory that is only lent.
  package func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    if let reason = writeAll(bytes, to: descriptor) {
      throw .cannotWrite(path: path, reason: reason)
    }
  }

  /// Makes the file durable under its name. Nothing may be appended afterwards.
  package func commit() throws(FileError) {
    guard fsync(descriptor) == 0, rename(temporary, path) == 0 else {
      throw .ofErrno(path: path)
    }
    close(descriptor)
    descriptor = -1
    syncFolder(of: path)
  }

  deinit {
    guard descriptor >= 0 else { return }
    close(descriptor)
    unlink(temporary)
  }
}
