// Memory for weights, activations and workspaces.
private import Foundation

/// Aligned floats, freed with their last owner.
package final class FloatStorage {
  package let floats: UnsafeMutablePointer<Float>
  package let count: Int
  private let isMapped: Bool

  /// Zeros.
  package convenience init(count: Int) {
    self.init(unsetCount: count)
    if !isMapped { floats.initialize(repeating: 0, count: max(count, 1)) }
  }

  /// Memory that the caller fills whole before it reads it.
  package init(unsetCount count: Int) {
    let bytes = max(count, 1) * MemoryLayout<Float>.stride
    isMapped = bytes >= 2 * Self.hugePage
    let raw =
      isMapped
      ? Self.map(bytes) : UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    floats = raw.bindMemory(to: Float.self, capacity: max(count, 1))
    self.count = count
  }

  convenience init(copying other: FloatStorage) {
    self.init(unsetCount: other.count)
    floats.update(from: other.floats, count: count)
  }

  deinit {
    if isMapped {
      munmap(floats, Self.mappedBytes(count * MemoryLayout<Float>.stride))
    } else {
      UnsafeMutableRawPointer(floats).deallocate()
    }
  }

  private static let hugePage = 1 << 21

  /// Whole pages.
  private static func mappedBytes(_ bytes: Int) -> Int { (bytes + 4095) & ~4095 }

  /// Large memory comes from the system: zeros that take no room before they are written, and that
  /// go back as soon as they are freed. Huge pages, since weights and activations are read from end
  /// to end: fewer pages, fewer waits for their addresses.
  private static func map(_ bytes: Int) -> UnsafeMutableRawPointer {
    let size = mappedBytes(bytes)
    guard
      let start = mmap(
        nil, size + hugePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      start != MAP_FAILED
    else { preconditionFailure("the machine has no memory left for \(bytes) bytes") }
    let aligned = start.alignedUp(toMultipleOf: hugePage)
    let before = aligned - start
    if before > 0 { munmap(start, before) }
    munmap(aligned + size, hugePage - before)
    madvise(aligned, size, MADV_HUGEPAGE)
    return aligned
  }
}
