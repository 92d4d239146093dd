package import Files

/// How the elements of a data set are written.
struct Encoding: Sendable, Equatable {
  var isExplicit: Bool
  var isBigEndian: Bool

  static let implicitLittle = Encoding(isExplicit: false, isBigEndian: false)
  static let explicitLittle = Encoding(isExplicit: true, isBigEndian: false)
  static let explicitBig = Encoding(isExplicit: true, isBigEndian: true)
}

/// Where one Data Element's value lies in the file.
struct Element: Sendable {
  let tag: Tag
  /// Nil in implicit encodings.
  let vr: VR?
  /// The bytes of the value that are there.
  let value: Range<Int>
  /// True where the length was undefined: the value is items up to a delimiter.
  let isUndefinedLength: Bool
  /// True where the declared length reaches past the end of the file.
  var isTruncated = false
}

/// The elements of one level of a DICOM file. Values are read only when they are asked for.
package struct DataSet: Sendable {
  package let source: FileBytes
  let encoding: Encoding
  /// In the order of the file.
  let elements: [Element]
  /// Bytes that this level spans.
  let range: Range<Int>
  /// False where reading stopped early because of damage.
  let isWhole: Bool
  /// The position by tag of each element; the first of duplicates counts.
  private let index: [Tag: Int]

  init(
    source: FileBytes, encoding: Encoding, elements: [Element], range: Range<Int>, isWhole: Bool
  ) {
    self.source = source
    self.encoding = encoding
    self.elements = elements
    self.range = range
    self.isWhole = isWhole
    index = Dictionary(
      elements.enumerated().map { ($1.tag, $0) }, uniquingKeysWith: { first, _ in first })
  }

  func element(_ tag: Tag) -> Element? { index[tag].map { elements[$0] } }

  /// True where the attribute is there with a value.
  func has(_ attribute: Attribute) -> Bool {
    element(attribute.tag).map { !$0.value.isEmpty } ?? false
  }

  /// The values as text, spaces and nulls trimmed; empty where absent. Bytes above 127 are kept
  /// as Latin-1: use ``name(_:)`` for what people read.
  func texts(_ attribute: Attribute) -> [String] {
    guard let element = element(attribute.tag), element.value.count <= 1 << 16 else { return [] }
    return source.bytes(element.value)
      .split(separator: UInt8(ascii: "\\"), omittingEmptySubsequences: false)
      .map { DataSet.trimmed($0) }
  }

  /// The first value as text, nil where absent or empty.
  func text(_ attribute: Attribute) -> String? {
    texts(attribute).first.flatMap { $0.isEmpty ? nil : $0 }
  }

  static func trimmed(_ bytes: some BidirectionalCollection<UInt8>) -> String {
    let isPadding = { (byte: UInt8) in byte <= 32 }
    guard let first = bytes.firstIndex(where: { !isPadding($0) }),
      let last = bytes.lastIndex(where: { !isPadding($0) })
    else { return "" }
    return String(String.UnicodeScalarView(bytes[first...last].map { Unicode.Scalar($0) }))
  }

  /// The values as finite numbers. A value that is none ends the list.
  func numbers(_ attribute: Attribute) -> [Double] {
    values(attribute).prefix { $0?.isFinite ?? false }.compactMap { $0 }
  }

  /// The values in their places, from binary or decimal text: nil where the text is no number. Empty
  /// where nothing is stated; binary values may be infinite or not a number.
  func values(_ attribute: Attribute) -> [Double?] {
    guard let element = element(attribute.tag) else { return [] }
    let width: Int
    switch vr(of: element, attribute) {
    case .US, .SS, .OW: width = 2
    case .UL, .SL, .FL, .OL, .OF: width = 4
    case .FD, .OD, .UV, .SV, .OV: width = 8
    default: return decimals(attribute)
    }
    let vr = vr(of: element, attribute)
    let count = min(element.value.count / width, 1 << 17)
    return (0..<count).map { binary(vr, at: element.value.lowerBound + $0 * width) }
  }

  func number(_ attribute: Attribute) -> Double? { numbers(attribute).first }

  /// The values as integers; fractions and values outside ±2^53 end the list.
  func integers(_ attribute: Attribute) -> [Int] {
    numbers(attribute).prefix { $0.rounded() == $0 && abs($0) <= 0x1p53 }.map { Int($0) }
  }

  func integer(_ attribute: Attribute) -> Int? { integers(attribute).first }

  /// The VR in the file, or the dictionary's where the file has none or says unknown.
  private func vr(of element: Element, _ attribute: Attribute) -> VR {
    guard let vr = element.vr, vr != .UN, vr.isKnown else { return attribute.vr }
    return vr
  }

  /// Decimal and integer strings (PS3.5 6.2). One with a comma may mean a fraction or thousands, and is
  /// no number.
  private func decimals(_ attribute: Attribute) -> [Double?] {
    var texts = texts(attribute)
    while texts.last?.isEmpty == true { texts.removeLast() }
    return texts.map { text in
      let isDecimal = text.utf8.allSatisfy { byte in
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "+-.eE".utf8.contains(byte)
      }
      guard isDecimal, let value = Double(text), value.isFinite else { return nil }
      return value
    }
  }

  private func binary(_ vr: VR, at offset: Int) -> Double? {
    let big = encoding.isBigEndian
    switch vr {
    case .US, .OW: return source.integer(UInt16.self, at: offset, bigEndian: big).map { Double($0) }
    case .SS:
      return source.integer(UInt16.self, at: offset, bigEndian: big).map {
        Double(Int16(bitPattern: $0))
      }
    case .UL, .OL: return source.integer(UInt32.self, at: offset, bigEndian: big).map { Double($0) }
    case .SL:
      return source.integer(UInt32.self, at: offset, bigEndian: big).map {
        Double(Int32(bitPattern: $0))
      }
    case .FL, .OF:
      return source.integer(UInt32.self, at: offset, bigEndian: big).map {
        Double(Float(bitPattern: $0))
      }
    case .UV, .OV: return source.integer(UInt64.self, at: offset, bigEndian: big).map { Double($0) }
    case .SV:
      return source.integer(UInt64.self, at: offset, bigEndian: big).map {
        Double(Int64(bitPattern: $0))
      }
    default:
      return source.integer(UInt64.self, at: offset, bigEndian: big).map(Double.init(bitPattern:))
    }
  }
}
