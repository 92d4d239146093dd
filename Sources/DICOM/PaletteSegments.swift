/// Segmented palette data (PS3.3 C.7.9.2): segments that list, interpolate or repeat table entries.
struct PaletteSegments {
  /// Entries of 8 or 16 bits, opcodes and lengths among them.
  let words: [UInt16]
  /// Bytes of one entry: offsets of indirect segments count bytes.
  let bytesOfEntry: Int
  /// Entries of the table.
  let count: Int

  private var out = [UInt16]()
  /// Where the segments read so far begin.
  private var starts = Set<Int>()
  /// Segments that may still be run through; empty ones repeated by others would take for ever.
  private var budget = 1 << 18
  private var end = 0

  init(words: [UInt16], bytesOfEntry: Int, count: Int) {
    self.words = words
    self.bytesOfEntry = bytesOfEntry
    self.count = count
  }

  /// The table, nil for nonsense; the last entry is repeated where segments are missing.
  /// - Parameter isExact: nil also where the segments do not fill the table, or do not end with it.
  func expanded(isExact: Bool = false) -> [UInt16]? {
    var run = self
    run.out.reserveCapacity(count)
    guard run.expand(from: 0, segments: nil), let last = run.out.last else { return nil }
    if isExact && (run.out.count != count || run.end + 1 < words.count) { return nil }
    let missing = max(count - run.out.count, 0)
    return Array((run.out + [UInt16](repeating: last, count: missing)).prefix(count))
  }

  /// Expands segments from `start` on until the table is full. False for nonsense.
  /// - Parameter segments: how many, where an indirect segment says so.
  private mutating func expand(from start: Int, segments: Int?) -> Bool {
    var position = start
    var left = segments ?? Int.max
    while left > 0 && out.count < count && position + 1 < words.count {
      left -= 1
      budget -= 1
      guard budget > 0 else { return false }
      if segments == nil { starts.insert(position) }
      let length = Int(words[position + 1])
      switch words[position] {
      case 0:
        guard position + 2 + length <= words.count else { return false }
        out += words[(position + 2)..<(position + 2 + length)]
        position += 2 + length
      case 1:
        guard position + 2 < words.count, let from = out.last else { return false }
        interpolate(from: Double(from), to: Double(words[position + 2]), length)
        position += 3
      case 2:
        // An indirect segment repeats `length` earlier ones; it may not point at another.
        guard segments == nil, let (first, size) = target(at: position + 2), first < position,
          expand(from: first, segments: length)
        else { return false }
        position += 2 + size
      default: return false
      }
    }
    if segments == nil { end = position }
    return true
  }

  private mutating func interpolate(from: Double, to: Double, _ length: Int) {
    for step in stride(from: 1, through: length, by: 1) {
      let value = from + (to - from) * Double(step) / Double(length)
      out.append(UInt16(value.rounded(.toNearestOrEven)))
    }
  }

  /// Where the segments begin that an indirect one repeats, and how many entries its offset takes.
  /// The offset counts bytes; writers that count entries are understood where no segment begins there.
  private func target(at position: Int) -> (first: Int, size: Int)? {
    let size = 4 / bytesOfEntry
    guard position + size <= words.count else { return nil }
    let offset = (0..<size).reduce(0) { $0 | Int(words[position + $1]) << (8 * bytesOfEntry * $1) }
    let inEntries = offset / bytesOfEntry
    if offset % bytesOfEntry == 0 && starts.contains(inEntries) { return (inEntries, size) }
    return starts.contains(offset) ? (offset, size) : nil
  }
}
