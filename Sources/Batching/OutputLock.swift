private import Files
private import Foundation

/// Keeps a second run out of an output folder. It ends with the process, however that ends.
package final class OutputLock {
  package static let fileName = ".lock"
  private let descriptor: Int32
  package let folder: String
  private var path: String { "\(folder)/\(Self.fileName)" }

  /// - Parameter isShared: others that share it too may have it at the same time.
  /// - Throws: ``BatchError/inUse(folder:process:)`` while another run has it,
  ///   ``BatchError/cannotWrite(_:)`` when the folder takes no file.
  package init(folder: String, isShared: Bool = false) throws(BatchError) {
    self.folder = folder
    let path = "\(folder)/\(Self.fileName)"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw .cannotWrite(.cannotWrite(path: path, reason: String(cString: strerror(errno))))
    }
    guard Self.lock(descriptor, isShared ? LOCK_SH : LOCK_EX) else {
      let code = errno
      let holder = Self.holder(descriptor)
      close(descriptor)
      if code == EWOULDBLOCK { throw .inUse(folder: folder, process: holder) }
      throw .cannotWrite(.cannotWrite(path: path, reason: String(cString: strerror(code))))
    }
    // Only for the sentence that the second run says.
    ftruncate(descriptor, 0)
    guard !isShared else { return }
    let text = Array("\(getpid())\n".utf8)
    pwrite(descriptor, text, text.count, 0)
  }

  /// Tries for a moment, since ``isHeld(in:)`` holds it for an instant.
  private static func lock(_ descriptor: Int32, _ kind: Int32) -> Bool {
    for _ in 0..<5 {
      if flock(descriptor, kind | LOCK_NB) == 0 { return true }
      guard errno == EWOULDBLOCK else { return false }
      usleep(10_000)
    }
    return flock(descriptor, kind | LOCK_NB) == 0
  }

  /// True while a run writes into the folder.
  static func isHeld(in folder: String) -> Bool {
    let descriptor = open("\(folder)/\(fileName)", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0
  }

  /// True while the file that is locked is the one that others would lock.
  var isIntact: Bool {
    var (own, there) = (stat(), stat())
    return fstat(descriptor, &own) == 0 && stat(path, &there) == 0 && own.st_ino == there.st_ino
      && own.st_dev == there.st_dev
  }

  private static func holder(_ descriptor: Int32) -> Int32? {
    var text = [UInt8](repeating: 0, count: 16)
    let count = pread(descriptor, &text, text.count, 0)
    guard count > 0 else { return nil }
    let digits = String(decoding: text[..<count], as: UTF8.self)
    return Int32(digits.trimmingCharacters(in: .whitespacesAndNewlines))
  }

  deinit { close(descriptor) }
}
