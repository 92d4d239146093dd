/// A lookup table of a data set: Modality LUT, VOI LUT or one palette (PS3.3 C.7.6.3.1.5, C.11.1.1).
package struct LookupTable: Sendable, Equatable {
  /// The input that the first entry is for. Smaller inputs take the first, larger ones the last.
  package let firstMapped: Int
  /// At least one.
  package let entries: [UInt16]
  /// Bits of an entry: 8...16.
  package let bits: Int

  package subscript(input: Int) -> UInt16 {
    entries[min(max(input - firstMapped, 0), entries.count - 1)]
  }

  /// Reads the table of an item of a Modality LUT or VOI LUT Sequence; nil where it is malformed.
  init?(item: DataSet, isInputSigned: Bool) {
    guard let description = Description(item, .lutDescriptor, isInputSigned: isInputSigned),
      let words = LookupTable.words(item, .lutData, count: description.count)
    else { return nil }
    self.init(description, words)
  }

  /// Reads palette `color` (0 red, 1 green, 2 blue), discrete or segmented.
  init?(palette color: UInt16, of dataSet: DataSet, isInputSigned: Bool) {
    let attributes = Attribute.palette(color)
    guard
      let description = Description(dataSet, attributes.descriptor, isInputSigned: isInputSigned)
    else { return nil }
    if dataSet.has(attributes.data) {
      guard let words = LookupTable.words(dataSet, attributes.data, count: description.count)
      else { return nil }
      self.init(description, words)
    } else {
      guard let segments = LookupTable.words(dataSet, attributes.segmented, count: nil),
        let words = LookupTable.expanded(segments, count: description.count)
      else { return nil }
      self.init(description, words)
    }
  }

  private init?(_ description: Description, _ words: [UInt16]) {
    guard !words.isEmpty else { return nil }
    firstMapped = description.firstMapped
    bits = description.bits
    let largest = UInt16((1 << description.bits) - 1)
    // Some writers state 8 bits and fill words from the top.
    let shift = description.bits == 8 && words.contains { $0 > largest } ? 8 : 0
    entries = words.map { min($0 >> UInt16(shift), largest) }
  }

  /// The three values of a LUT Descriptor.
  private struct Description {
    var count: Int
    var firstMapped: Int
    var bits: Int

    init?(_ dataSet: DataSet, _ attribute: Attribute, isInputSigned: Bool) {
      let values = dataSet.integers(attribute)
      guard values.count >= 3 else { return nil }
      // 65536 does not fit 16 bits and is written as 0; a signed VR makes large counts negative.
      let stated = values[0] & 0xFFFF
      count = stated == 0 ? 0x10000 : stated
      let first = values[1] & 0xFFFF
      firstMapped = isInputSigned && first >= 0x8000 ? first - 0x10000 : first
      bits = values[2]
      guard (1...16).contains(bits) else { return nil }
    }
  }

  /// Reads 16-bit entries, or 8-bit ones where the length says that they are packed.
  private static func words(_ dataSet: DataSet, _ attribute: Attribute, count: Int?) -> [UInt16]? {
    guard let element = dataSet.element(attribute.tag), !element.value.isEmpty else { return nil }
    let length = element.value.count
    let big = dataSet.encoding.isBigEndian
    if let count, length < count * 2 {
      guard length >= count else { return nil }
      let bytes = dataSet.source.bytes(element.value)
      // Two entries a word: a big endian file has the pairs swapped where they were words.
      let swaps = big && element.vr != .OB
      return (0..<count).compactMap { index in
        let position = swaps ? index ^ 1 : index
        return position < bytes.count ? UInt16(bytes[position]) : nil
      }
    }
    let size = min(count ?? length / 2, 1 << 18)
    return (0..<size).compactMap {
      dataSet.source.integer(
        UInt16.self, at: element.value.lowerBound + 2 * $0, bigEndian: big)
    }
  }

  /// Segments that one table may run through; empty ones repeated by others would take for ever.
  private static let mostSegments = 1 << 18

  /// Expands segments: discrete, linear and indirect (PS3.3 C.7.9.2).
  static func expanded(_ words: [UInt16], count: Int) -> [UInt16]? {
    var out = [UInt16]()
    out.reserveCapacity(count)
    var budget = mostSegments
    guard
      run(
        words, from: 0, segments: nil, into: &out, count: count, budget: &budget, isNested: false)
    else { return nil }
    guard let last = out.last else { return nil }
    if out.count < count { out += [UInt16](repeating: last, count: count - out.count) }
    return Array(out.prefix(count))
  }

  /// Expands segments from `start` on until the table is full. False for nonsense.
  private static func run(
    _ words: [UInt16], from start: Int, segments: Int?, into out: inout [UInt16], count: Int,
    budget: inout Int, isNested: Bool
  ) -> Bool {
    var position = start
    var left = segments ?? Int.max
    while left > 0 && out.count < count && position + 1 < words.count {
      left -= 1
      budget -= 1
      guard budget > 0 else { return false }
      let length = Int(words[position + 1])
      switch words[position] {
      case 0:
        guard position + 2 + length <= words.count else { return false }
        out += words[(position + 2)..<(position + 2 + length)]
        position += 2 + length
      case 1:
        guard position + 2 < words.count, let from = out.last else { return false }
        let to = Double(words[position + 2])
        for step in stride(from: 1, through: length, by: 1) {
          let share = Double(step) / Double(length)
          out.append(UInt16((Double(from) + (to - Double(from)) * share).rounded()))
        }
        position += 3
      case 2:
        // An indirect segment repeats `length` earlier ones; it may not point at another.
        guard !isNested, position + 3 < words.count else { return false }
        let offset = Int(words[position + 2]) | Int(words[position + 3]) << 16
        guard offset < position,
          run(
            words, from: offset, segments: length, into: &out, count: count, budget: &budget,
            isNested: true)
        else { return false }
        position += 4
      default: return false
      }
    }
    return true
  }
}
