internal import Foundation

/// The bytes of a file, or of any buffer, read-only and shared without copying.
///
/// Files up to 64 MiB are read into memory; larger ones are mapped, so that one frame of a large
/// object costs one frame of memory. The memory stays valid as long as the object lives.
package final class FileBytes: Sendable, ContiguousBytes {
  // Safe: the memory is written once in `init` and only read afterwards.
  private nonisolated(unsafe) let base: UnsafeRawBufferPointer
  private let isMapped: Bool

  /// Files above this size are mapped.
  static let largestCopy = 1 << 26

  package var count: Int { base.count }

  /// Takes over a copy of `bytes`.
  package init(_ bytes: some Collection<UInt8>) {
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 16)
    room.copyBytes(from: bytes)
    base = UnsafeRawBufferPointer(rebasing: room[..<bytes.count])
    isMapped = false
  }

  /// Takes over what `fill` writes into room for `capacity` bytes; it says how many that are.
  package init<E: Error>(
    capacity: Int, fill: (UnsafeMutableRawBufferPointer) throws(E) -> Int
  ) throws(E) {
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: max(capacity, 1), alignment: 16)
    do throws(E) {
      base = UnsafeRawBufferPointer(rebasing: room[..<min(try fill(room), room.count)])
    } catch {
      room.deallocate()
      throw error
    }
    isMapped = false
  }

  /// Opens the regular file at `path`, or standard input for "-".
  /// - Throws: ``FileError/cannotRead(path:reason:)`` for a folder, a device, a file above
  ///   `maximumBytes`, or whatever the system refuses.
  package init(path: String, maximumBytes: Int = .max) throws(FileError) {
    let descriptor = path == "-" ? dup(STDIN_FILENO) : try Self.openRegular(path)
    guard descriptor >= 0 else { throw .cannotRead(path: path, reason: reasonOfErrno()) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .cannotRead(path: path, reason: reasonOfErrno())
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      base = try Self.readStream(descriptor, path: path, maximumBytes: maximumBytes)
      isMapped = false
      return
    }
    let size = Int(status.st_size)
    guard size <= maximumBytes else { throw Self.tooLarge(path, size, maximumBytes) }
    if size > Self.largestCopy {
      guard let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0),
        address != MAP_FAILED
      else { throw .cannotRead(path: path, reason: reasonOfErrno()) }
      base = UnsafeRawBufferPointer(start: address, count: size)
      isMapped = true
    } else {
      base = try Self.readWhole(descriptor, size: size, path: path)
      isMapped = false
    }
  }

  deinit {
    // Safe: `base` points at what `init` mapped or allocated, and nothing else frees it.
    let start = UnsafeMutableRawPointer(mutating: base.baseAddress)
    if isMapped { munmap(start, base.count) } else { start?.deallocate() }
  }

  package func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    defer { withExtendedLifetime(self) {} }
    return try body(base)
  }

  /// The byte at `offset`, nil past the end.
  package func byte(at offset: Int) -> UInt8? {
    offset >= 0 && offset < base.count ? base[offset] : nil
  }

  /// The unsigned integer of `T`'s size at `offset`, nil where it does not fit.
  package func integer<T: FixedWidthInteger & UnsignedInteger>(
    _ type: T.Type, at offset: Int, bigEndian: Bool = false
  ) -> T? {
    let size = T.bitWidth / 8
    guard offset >= 0, offset <= base.count - size else { return nil }
    // Safe: the bounds were checked above.
    let value = base.loadUnaligned(fromByteOffset: offset, as: T.self)
    return bigEndian ? T(bigEndian: value) : T(littleEndian: value)
  }

  /// A copy of a part. The range is clamped to what is there.
  package func bytes(_ range: Range<Int>) -> [UInt8] {
    Array(base[range.clamped(to: 0..<base.count)])
  }

  /// Names a folder, a pipe or a device before `open` could wait for it.
  private static func openRegular(_ path: String) throws(FileError) -> Int32 {
    var status = stat()
    guard stat(path, &status) == 0 else {
      let reason = errno == ENOENT ? "no such file" : reasonOfErrno()
      throw .cannotRead(path: path, reason: reason)
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw .cannotRead(path: path, reason: "it is a folder, not a file")
    default: throw .cannotRead(path: path, reason: "it is a pipe, socket or device, not a file")
    }
    return open(path, O_RDONLY | O_CLOEXEC)
  }

  private static func tooLarge(_ path: String, _ size: Int, _ limit: Int) -> FileError {
    .cannotRead(path: path, reason: "its \(size) bytes are more than the limit of \(limit) bytes")
  }

  private static func readWhole(_ descriptor: Int32, size: Int, path: String) throws(FileError)
    -> UnsafeRawBufferPointer
  {
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: max(size, 1), alignment: 16)
    var filled = 0
    while filled < size {
      let got = read(descriptor, room.baseAddress.map { $0 + filled }, size - filled)
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else {
        let reason = reasonOfErrno()
        room.deallocate()
        throw .cannotRead(path: path, reason: reason)
      }
      if got == 0 { break }
      filled += got
    }
    return UnsafeRawBufferPointer(rebasing: room[..<filled])
  }

  private static func readStream(_ descriptor: Int32, path: String, maximumBytes: Int)
    throws(FileError) -> UnsafeRawBufferPointer
  {
    var bytes = [UInt8]()
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let got = read(descriptor, &piece, piece.count)
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw .cannotRead(path: path, reason: reasonOfErrno()) }
      if got == 0 { break }
      guard bytes.count <= maximumBytes - got else {
        throw tooLarge(path, bytes.count + got, maximumBytes)
      }
      bytes.append(contentsOf: piece[..<got])
    }
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 16)
    room.copyBytes(from: bytes)
    return UnsafeRawBufferPointer(rebasing: room[..<bytes.count])
  }
}
