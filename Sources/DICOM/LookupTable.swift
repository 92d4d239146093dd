/// A lookup table of a data set: Modality LUT, VOI LUT or one palette (PS3.3 C.7.6.3.1.5, C.11.1.1).
package struct LookupTable: Sendable, Equatable {
  /// The input that the first entry is for. Smaller inputs take the first, larger ones the last.
  package let firstMapped: Int
  /// At least one.
  package let entries: [UInt16]
  /// Bits of an entry: 8...16.
  package let bits: Int
  /// True where the file holds fewer entries than it states; the last one stands for the rest.
  let isShort: Bool

  package subscript(input: Int) -> UInt16 {
    entries[min(max(input - firstMapped, 0), entries.count - 1)]
  }

  /// Reads the table of an item of a Modality LUT or VOI LUT Sequence; nil where it is malformed.
  init?(item: DataSet, isInputSigned: Bool) {
    guard let description = Description(item, .lutDescriptor, isInputSigned: isInputSigned),
      let table = LookupTable.entries(item, .lutData, description)
    else { return nil }
    self.init(description, table.entries, bits: table.bits)
  }

  /// Reads palette `color` (0 red, 1 green, 2 blue), discrete or segmented.
  init?(palette color: UInt16, of dataSet: DataSet, isInputSigned: Bool) {
    let attributes = Attribute.palette(color)
    guard
      let description = Description(dataSet, attributes.descriptor, isInputSigned: isInputSigned)
    else { return nil }
    if dataSet.has(attributes.data) {
      guard let table = LookupTable.entries(dataSet, attributes.data, description) else {
        return nil
      }
      self.init(description, table.entries, bits: table.bits)
    } else {
      guard let words = LookupTable.segmented(dataSet, attributes.segmented, description) else {
        return nil
      }
      self.init(description, words, bits: description.bits)
    }
  }

  private init?(_ description: Description, _ words: [UInt16], bits: Int) {
    guard !words.isEmpty else { return nil }
    firstMapped = description.firstMapped
    self.bits = bits
    isShort = words.count < description.count
    let largest = UInt16((1 << bits) - 1)
    // Some writers state 8 bits and fill words from the top.
    let shift = bits == 8 && words.contains { $0 > largest } ? 8 : 0
    entries = words.map { min($0 >> UInt16(shift), largest) }
  }

  /// The words of a warning about a table that ``isShort``.
  static func remarkOnShort(_ name: String) -> String {
    "the \(name) is shorter than stated; its last entry stands for what is missing"
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
      let isNegative = first >= 0x8000 && (isInputSigned || values[1] < 0)
      firstMapped = isNegative ? first - 0x10000 : first
      bits = values[2]
      guard (1...16).contains(bits) else { return nil }
    }
  }

  /// Reads entries of 16 bits, or of 8 where they are stated and do not fill words, or where the length
  /// says that they are packed, whatever is stated. Nil where not half of them are there.
  private static func entries(
    _ dataSet: DataSet, _ attribute: Attribute, _ description: Description
  ) -> (entries: [UInt16], bits: Int)? {
    guard let element = dataSet.element(attribute.tag) else { return nil }
    let (length, count) = (element.value.count, description.count)
    guard length >= count else { return nil }
    let isPacked = length < count * 2 && (description.bits <= 8 || length <= count + 1)
    return isPacked
      ? (Array(packed(element, dataSet).prefix(count)), min(description.bits, 8))
      : (words(element, dataSet, count: count), description.bits)
  }

  /// At most `count` entries of 16 bits.
  private static func words(_ element: Element, _ dataSet: DataSet, count: Int) -> [UInt16] {
    (0..<min(element.value.count / 2, count)).compactMap {
      dataSet.source.integer(
        UInt16.self, at: element.value.lowerBound + 2 * $0,
        bigEndian: dataSet.encoding.isBigEndian)
    }
  }

  /// 8-bit entries, two a word: a big endian file has the pairs swapped where they were words.
  private static func packed(_ element: Element, _ dataSet: DataSet) -> [UInt16] {
    let bytes = dataSet.source.bytes(element.value)
    let swaps = dataSet.encoding.isBigEndian && element.vr != .OB
    return bytes.indices.compactMap { index in
      let position = swaps ? index ^ 1 : index
      return position < bytes.count ? UInt16(bytes[position]) : nil
    }
  }

  /// Segments of 8-bit entries where the descriptor says so and they make up the table, else of 16.
  private static func segmented(
    _ dataSet: DataSet, _ attribute: Attribute, _ description: Description
  ) -> [UInt16]? {
    guard let element = dataSet.element(attribute.tag), element.value.count <= 1 << 18 else {
      return nil
    }
    if description.bits <= 8 {
      let packed = PaletteSegments(
        words: packed(element, dataSet), bytesOfEntry: 1, count: description.count)
      if let table = packed.expanded(isExact: true) { return table }
    }
    let words = words(element, dataSet, count: 1 << 17)
    return PaletteSegments(words: words, bytesOfEntry: 2, count: description.count).expanded()
  }
}
