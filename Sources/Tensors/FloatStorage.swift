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
    let mapped = bytes >= 2 * Self.hugePage ? Self.map(bytes) : nil
    isMapped = mapped != nil
    let raw = mapped ?? Self.allocate(bytes)
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
      free(floats)
    }
  }

  private static let hugePage = 1 << 21

  /// Whole pages.
  private static func mappedBytes(_ bytes: Int) -> Int { (bytes + 4095) & ~4095 }

  /// Large memory comes from the system: zeros that take no room before they are written, and that
  /// go back as soon as they are freed. Huge pages, since weights and activations are read from end
  /// to end: fewer pages, fewer waits for their addresses. Nil where there is none left.
  private static func map(_ bytes: Int) -> UnsafeMutableRawPointer? {
    let size = mappedBytes(bytes)
    guard
      let start = mmap(
        nil, size + hugePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      start != MAP_FAILED
    else { return nil }
    let aligned = start.alignedUp(toMultipleOf: hugePage)
    let before = aligned - start
    if before > 0 { munmap(start, before) }
    munmap(aligned + size, hugePage - before)
    madvise(aligned, size, MADV_HUGEPAGE)
    return aligned
  }

  /// From the heap, whose refusal ends a worker in words; anybody else is told here, since no
  /// caller could go on.
  private static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer {
    if let memory = aligned_alloc(64, (bytes + 63) & ~63) { return memory }
    let text = Array("imgdx: there is no memory left for a tensor of \(bytes >> 20) MiB\n".utf8)
    write(STDERR_FILENO, text, text.count)
    exit(1)
  }
}
