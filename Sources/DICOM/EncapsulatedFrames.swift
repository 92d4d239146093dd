internal import Files

/// Encapsulated pixel data (PS3.5 annex A.4): an offset table and fragments, and which fragments
/// make up which frame.
struct EncapsulatedFrames {
  /// The values of the items after the offset table, and the table's.
  struct Fragments {
    var offsetTable: [Int]
    /// The value of the item that the table is in.
    var tableRange: Range<Int>
    var ranges: [Range<Int>]
    /// The position that offsets count from: the first byte of the first fragment's item tag.
    var origin: Int
    /// True where the last fragment or the closing delimiter is missing.
    var isTruncated: Bool
  }

  /// Bytes of an item's tag and length.
  private static let itemHeader = 8

  /// Nil where the value does not consist of items.
  static func fragments(of element: Element, in dataSet: DataSet) -> Fragments? {
    let source = dataSet.source
    let parser = DataSetParser(source: source)
    let end = element.value.upperBound
    var offset = element.value.lowerBound
    guard let table = parser.header(at: offset, end: end, dataSet.encoding), table.tag == .item,
      let tableLength = table.length, tableLength <= end - table.start
    else {
      return element.isUndefinedLength
        ? Fragments(
          offsetTable: [], tableRange: offset..<offset, ranges: [], origin: offset,
          isTruncated: true) : nil
    }
    offset = table.start + tableLength
    var fragments = Fragments(
      offsetTable: offsets(source, table.start..<offset), tableRange: table.start..<offset,
      ranges: [], origin: offset, isTruncated: false)
    while let item = parser.header(at: offset, end: end, dataSet.encoding) {
      if item.tag == .sequenceDelimitation { return fragments }
      guard item.tag == .item else { break }
      guard let length = item.length, length <= end - item.start else {
        fragments.ranges.append(item.start..<end)
        fragments.isTruncated = true
        return fragments
      }
      fragments.ranges.append(item.start..<(item.start + length))
      offset = item.start + length
    }
    // A missing delimiter after whole fragments loses nothing.
    fragments.isTruncated = offset > end || (element.isTruncated && fragments.ranges.isEmpty)
    return fragments
  }

  private static func offsets(_ source: FileBytes, _ range: Range<Int>) -> [Int] {
    stride(from: range.lowerBound, to: range.upperBound - 3, by: 4).compactMap {
      source.integer(UInt32.self, at: $0).map(Int.init)
    }
  }

  /// Divides the fragments between `count` frames. Frames without data are empty.
  ///
  /// The extended offset table goes before the basic one; where neither fits the fragments, which a
  /// warning says, and where there is none, the fragments' starts tell.
  static func frames(
    _ fragments: Fragments, count: Int, dataSet: DataSet,
    encoding: TransferSyntax.PixelEncoding, warnings: inout [String]
  ) -> [[Range<Int>]] {
    let ranges = fragments.ranges
    if count == 1 { return [ranges] }
    let tables = [extendedOffsets(dataSet), fragments.offsetTable].filter { !$0.isEmpty }
    for table in tables {
      if let frames = divide(fragments, at: table, count: count) { return frames }
    }
    if !tables.isEmpty {
      warnings.append(
        "the table of the frames' offsets does not fit the data, and is not followed")
    }
    if ranges.count <= count || encoding == .rle { return ranges.prefix(count).map { [$0] } }
    return divideByStart(ranges, dataSet.source, count: count)
  }

  /// Fragments that a frame starts with.
  static func starts(
    _ fragments: Fragments, _ source: FileBytes, _ encoding: TransferSyntax.PixelEncoding
  ) -> Int {
    switch encoding {
    case .codestream:
      fragments.ranges.count { Codestream.kind(of: source.bytes($0.prefix(12))) != nil }
    // One fragment a frame (PS3.5 A.4.2).
    case .rle: fragments.ranges.count
    default: 0
    }
  }

  private static func extendedOffsets(_ dataSet: DataSet) -> [Int] {
    guard let element = dataSet.element(Attribute.extendedOffsetTable.tag) else { return [] }
    let values = stride(from: element.value.lowerBound, to: element.value.upperBound - 7, by: 8)
    return values.compactMap {
      dataSet.source.integer(UInt64.self, at: $0, bigEndian: dataSet.encoding.isBigEndian)
        .flatMap { Int(exactly: $0) }
    }
  }

  /// Nil unless there is one offset a frame and each is where a fragment's item starts. Frames may lie
  /// in any order, or share their fragments (PS3.3 C.7.6.3.1.8); one ends where the next higher starts.
  /// A table of one offset alone is one that was never filled.
  private static func divide(_ fragments: Fragments, at offsets: [Int], count: Int)
    -> [[Range<Int>]]?
  {
    guard offsets.count == count else { return nil }
    var starts = [Int: Int](minimumCapacity: fragments.ranges.count)
    for (index, range) in fragments.ranges.enumerated() {
      starts[range.lowerBound - itemHeader - fragments.origin] = index
    }
    let firsts = offsets.compactMap { starts[$0] }
    let rising = Set(firsts).sorted()
    guard firsts.count == count, rising.count > 1 else { return nil }
    let ends = Dictionary(
      uniqueKeysWithValues: zip(rising, rising.dropFirst() + [fragments.ranges.count]))
    return firsts.map { Array(fragments.ranges[$0..<(ends[$0] ?? $0)]) }
  }

  /// Without a table a frame starts where a fragment starts like a codestream.
  private static func divideByStart(_ ranges: [Range<Int>], _ source: FileBytes, count: Int)
    -> [[Range<Int>]]
  {
    var frames = [[Range<Int>]]()
    for range in ranges {
      let isStart = Codestream.kind(of: source.bytes(range.prefix(12))) != nil
      if isStart || frames.isEmpty {
        frames.append([range])
      } else {
        frames[frames.count - 1].append(range)
      }
    }
    return Array(frames.prefix(count))
  }
}
