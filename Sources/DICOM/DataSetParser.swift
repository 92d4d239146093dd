internal import Files

/// Reads the structure of a data set: where each element lies, without its value.
///
/// Every length is compared with the bytes that are there before anything is done with it, nesting
/// is bounded, and no memory is taken by what a length claims (PS3.5 sections 7.1 and 7.5).
struct DataSetParser {
  let source: FileBytes
  /// Sequences within sequences; real objects have at most a dozen levels.
  static let deepestNesting = 64
  /// Elements of one level.
  static let mostElements = 1 << 20

  private static let undefined: UInt32 = 0xFFFF_FFFF

  /// The header of an element.
  struct Header {
    let tag: Tag
    let vr: VR?
    /// Nil for an undefined length.
    let length: Int?
    /// Where the value starts.
    let start: Int
  }

  /// Reads the header at `offset`, nil where it does not fit before `end`.
  func header(at offset: Int, end: Int, _ encoding: Encoding) -> Header? {
    let big = encoding.isBigEndian
    guard offset + 8 <= end,
      let group = source.integer(UInt16.self, at: offset, bigEndian: big),
      let number = source.integer(UInt16.self, at: offset + 2, bigEndian: big),
      let long = source.integer(UInt32.self, at: offset + 4, bigEndian: big)
    else { return nil }
    let tag = Tag(group, number)
    let plain = Header(tag: tag, vr: nil, length: Self.known(long), start: offset + 8)
    guard encoding.isExplicit, group != 0xFFFE, let first = source.byte(at: offset + 4),
      let second = source.byte(at: offset + 5)
    else { return plain }
    let vr = VR(first, second)
    let short = source.integer(UInt16.self, at: offset + 6, bigEndian: big) ?? 0
    guard vr.isTwoCapitals else {
      // Some writers put implicit elements into explicit files; others fill in "??" or blanks for a
      // VR that they do not know, which makes no sense as a length.
      if vr.isPrintable, short == 0, let header = longForm(tag, at: offset, end: end, big) {
        return header
      }
      let isLength = long == Self.undefined || Int(long) <= end - (offset + 8)
      guard !isLength || (vr.isPrintable && short != 0), Int(short) <= end - (offset + 8) else {
        return plain
      }
      return Header(tag: tag, vr: nil, length: Int(short), start: offset + 8)
    }
    // A VR of a later edition of the standard has a 32-bit length after two zero bytes; writers from
    // before UN had one put 16 bits there.
    let isLong = vr == .UN || !vr.isKnown ? short == 0 : vr.hasLongLength
    guard isLong else { return Header(tag: tag, vr: vr, length: Int(short), start: offset + 8) }
    guard offset + 12 <= end,
      let length = source.integer(UInt32.self, at: offset + 8, bigEndian: big)
    else { return nil }
    return Header(tag: tag, vr: vr, length: Self.known(length), start: offset + 12)
  }

  /// An element of no known VR with two zero bytes and a 32-bit length, as long as a proper element, or
  /// the end, follows it: the zero bytes may be the length too.
  private func longForm(_ tag: Tag, at offset: Int, end: Int, _ big: Bool) -> Header? {
    guard let length = source.integer(UInt32.self, at: offset + 8, bigEndian: big),
      offset + 12 <= end, Int(length) <= end - (offset + 12)
    else { return nil }
    let next = offset + 12 + Int(length)
    if next < end {
      guard let group = source.integer(UInt16.self, at: next, bigEndian: big),
        let number = source.integer(UInt16.self, at: next + 2, bigEndian: big),
        let first = source.byte(at: next + 4), let second = source.byte(at: next + 5),
        Tag(group, number) > tag, VR(first, second).isKnown
      else { return nil }
    }
    return Header(tag: tag, vr: nil, length: Int(length), start: offset + 12)
  }

  private static func known(_ length: UInt32) -> Int? { length == undefined ? nil : Int(length) }

  /// Reads the elements of one level from `range.lowerBound`.
  /// - Parameter isItem: stop at an Item Delimitation Item.
  /// - Throws: ``DICOMError/truncated(_:)`` or ``DICOMError/malformed(reason:)`` for damage before
  ///   the pixel data; after it damage only ends the reading.
  func level(_ range: Range<Int>, _ encoding: Encoding, isItem: Bool = false, depth: Int = 0)
    throws(DICOMError) -> (data: DataSet, end: Int)
  {
    var elements = [Element]()
    var offset = range.lowerBound
    var isWhole = true
    var hasPixels = false
    while offset < range.upperBound {
      guard let header = header(at: offset, end: range.upperBound, encoding) else {
        isWhole = isZero(offset..<range.upperBound)
        break
      }
      if header.tag == .itemDelimitation || header.tag == .sequenceDelimitation {
        offset = header.start
        if isItem && header.tag == .itemDelimitation { break }
        continue
      }
      // Group 0 has no place in files: this is padding.
      if header.tag == Tag(0, 0) && header.length == 0 { break }
      guard elements.count < Self.mostElements else {
        throw .malformed(reason: "it has more than \(Self.mostElements) elements")
      }
      do throws(DICOMError) {
        let (element, next) = try element(header, end: range.upperBound, encoding, depth: depth)
        elements.append(element)
        hasPixels = hasPixels || element.tag.isPixelData
        offset = next
      } catch {
        guard hasPixels else { throw error }
        isWhole = false
        break
      }
    }
    let data = DataSet(
      source: source, encoding: encoding, elements: elements,
      range: range.lowerBound..<min(offset, range.upperBound), isWhole: isWhole)
    return (data, offset)
  }

  private func element(_ header: Header, end: Int, _ encoding: Encoding, depth: Int)
    throws(DICOMError) -> (Element, next: Int)
  {
    if let length = header.length {
      let isTruncated = length > end - header.start
      guard !isTruncated || header.tag.isPixelData else { throw .truncated(header.tag) }
      let stop = isTruncated ? end : header.start + length
      let element = Element(
        tag: header.tag, vr: header.vr, value: header.start..<stop, isUndefinedLength: false,
        isTruncated: isTruncated)
      return (element, stop)
    }
    let inside = Self.inside(header, encoding)
    let stop: Int
    let next: Int
    if header.tag.isPixelData || header.vr == .OB || header.vr == .OW {
      (stop, next) = fragmentsEnd(from: header.start, end: end, encoding)
    } else {
      (stop, next) = try unknownEnd(
        from: header.start, end: end, inside, encoding, depth: depth + 1)
    }
    let element = Element(
      tag: header.tag, vr: header.vr, value: header.start..<stop, isUndefinedLength: true)
    return (element, next)
  }

  /// Unknown values of undefined length hold implicit little endian items (PS3.5 6.2.2 note 2).
  static func inside(_ header: Header, _ encoding: Encoding) -> Encoding {
    header.vr == .UN ? .implicitLittle : encoding
  }

  /// Walks over items that should be encoded as `inside`; writers that used the data set's own
  /// encoding there are understood too.
  private func unknownEnd(
    from start: Int, end: Int, _ inside: Encoding, _ encoding: Encoding, depth: Int
  ) throws(DICOMError) -> (stop: Int, next: Int) {
    do throws(DICOMError) {
      return try sequenceEnd(from: start, end: end, inside, depth: depth)
    } catch {
      guard inside != encoding, depth == 1 else { throw error }
      return try sequenceEnd(from: start, end: end, encoding, depth: depth)
    }
  }

  /// Walks over items to the Sequence Delimitation Item. A missing one ends at `end`.
  private func sequenceEnd(from start: Int, end: Int, _ encoding: Encoding, depth: Int)
    throws(DICOMError) -> (stop: Int, next: Int)
  {
    guard depth <= Self.deepestNesting else {
      throw .malformed(reason: "its sequences are nested more than \(Self.deepestNesting) deep")
    }
    var offset = start
    while offset < end {
      guard let header = header(at: offset, end: end, encoding) else { return (end, end) }
      if header.tag == .sequenceDelimitation { return (offset, header.start) }
      guard header.tag == .item else {
        throw .malformed(reason: "an item was expected where \(header.tag) is")
      }
      if let length = header.length {
        guard length <= end - header.start else { throw .truncated(header.tag) }
        offset = header.start + length
      } else {
        offset = try itemEnd(from: header.start, end: end, encoding, depth: depth)
      }
    }
    return (end, end)
  }

  /// Walks over the elements of an item of undefined length.
  private func itemEnd(from start: Int, end: Int, _ encoding: Encoding, depth: Int)
    throws(DICOMError) -> Int
  {
    var offset = start
    while offset < end {
      guard let header = header(at: offset, end: end, encoding) else { return end }
      if header.tag == .itemDelimitation { return header.start }
      // The item's own delimiter is missing: leave the sequence's to the caller.
      if header.tag == .sequenceDelimitation { return offset }
      offset = try element(header, end: end, encoding, depth: depth).next
    }
    return end
  }

  /// Walks over the fragments of encapsulated pixel data; they have lengths of their own.
  private func fragmentsEnd(from start: Int, end: Int, _ encoding: Encoding)
    -> (stop: Int, next: Int)
  {
    var offset = start
    while let header = header(at: offset, end: end, encoding) {
      if header.tag == .sequenceDelimitation { return (offset, header.start) }
      guard header.tag == .item, let length = header.length, length <= end - header.start else {
        break
      }
      offset = header.start + length
    }
    return (end, end)
  }

  private func isZero(_ range: Range<Int>) -> Bool {
    range.allSatisfy { source.byte(at: $0) == 0 }
  }
}

extension DataSet {
  /// The items of a sequence, each a data set; empty where absent. Damage ends the list.
  func items(_ attribute: Attribute) -> [DataSet] {
    guard let element = element(attribute.tag), element.vr ?? .SQ == .SQ || element.vr == .UN else {
      return []
    }
    let parser = DataSetParser(source: source)
    let encoding = encoding(inside: element, parser)
    var items = [DataSet]()
    var offset = element.value.lowerBound
    let end = element.value.upperBound
    while let header = parser.header(at: offset, end: end, encoding), header.tag == .item {
      let stop = header.length.map { $0 <= end - header.start ? header.start + $0 : end } ?? end
      guard
        let (item, next) = try? parser.level(
          header.start..<stop, encoding, isItem: header.length == nil)
      else { break }
      items.append(item)
      offset = header.length == nil ? next : stop
    }
    return items
  }

  /// Unknown values hold implicit little endian items (PS3.5 6.2.2 note 2); of writers that used the
  /// data set's own encoding, the first element tells.
  private func encoding(inside element: Element, _ parser: DataSetParser) -> Encoding {
    guard element.vr == .UN else { return encoding }
    let (start, end) = (element.value.lowerBound, element.value.upperBound)
    guard encoding.isExplicit, let item = parser.header(at: start, end: end, encoding),
      let explicit = parser.header(at: item.start, end: end, encoding),
      explicit.vr?.isKnown == true,
      let implicit = parser.header(at: item.start, end: end, .implicitLittle),
      implicit.length ?? 0 > end - implicit.start
    else { return .implicitLittle }
    return encoding
  }
}
