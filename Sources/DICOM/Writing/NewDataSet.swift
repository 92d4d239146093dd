private import Foundation

/// A data set to be written, explicit VR little endian; elements come out sorted by tag.
struct NewDataSet {
  private var elements: [Tag: (vr: VR, value: Value)] = [:]

  enum Value {
    case bytes([UInt8])
    case items([NewDataSet])
    /// Encapsulated pixel data, one fragment a frame.
    case fragments([[UInt8]])
  }

  /// Sets text values. Nil or an empty list leaves the attribute out, empty text writes it empty.
  /// - Throws: ``DICOMWriteError/badValue(_:reason:)`` for values that the VR does not allow.
  mutating func set(_ attribute: Attribute, _ values: [String]) throws(DICOMWriteError) {
    guard !values.isEmpty else { return }
    for value in values { try NewDataSet.check(value, attribute) }
    set(attribute, bytes: Array(values.joined(separator: "\\").utf8))
  }

  mutating func set(_ attribute: Attribute, _ value: String?) throws(DICOMWriteError) {
    if let value { try set(attribute, [value]) }
  }

  /// Sets numbers in the attribute's VR.
  mutating func set(_ attribute: Attribute, _ numbers: [Double]) throws(DICOMWriteError) {
    switch attribute.vr {
    case .DS: try set(attribute, numbers.map(NewDataSet.decimalString))
    case .IS: try set(attribute, numbers.map { String(Int($0)) })
    case .FD:
      set(attribute, bytes: numbers.flatMap { NewDataSet.littleEndian($0.bitPattern) })
    case .UL:
      set(attribute, bytes: numbers.flatMap { NewDataSet.littleEndian(UInt32($0)) })
    default:
      // US, or SS where a value is negative.
      let words = numbers.map { UInt16(truncatingIfNeeded: Int($0)) }
      set(attribute, bytes: words.flatMap { NewDataSet.littleEndian($0) })
    }
  }

  mutating func set(_ attribute: Attribute, _ number: Double) throws(DICOMWriteError) {
    try set(attribute, [number])
  }

  /// Sets 16-bit words where the standard leaves the VR to what they are.
  mutating func set(_ attribute: Attribute, words: [Int], vr: VR) {
    let bytes = words.flatMap { NewDataSet.littleEndian(UInt16(truncatingIfNeeded: $0)) }
    elements[attribute.tag] = (vr, .bytes(bytes))
  }

  mutating func set(_ attribute: Attribute, items: [NewDataSet]) {
    elements[attribute.tag] = (.SQ, .items(items))
  }

  mutating func set(_ attribute: Attribute, bytes: [UInt8]) {
    elements[attribute.tag] = (attribute.vr, .bytes(bytes))
  }

  mutating func set(pixelData: Value, vr: VR) { elements[.pixelData] = (vr, pixelData) }

  /// Bytes of all elements.
  func encoded() -> [UInt8] {
    var out = [UInt8]()
    for (tag, element) in elements.sorted(by: { $0.key < $1.key }) {
      NewDataSet.append(tag, element.vr, element.value, to: &out)
    }
    return out
  }

  private static func append(_ tag: Tag, _ vr: VR, _ value: Value, to out: inout [UInt8]) {
    append(tag, to: &out)
    out += [vr.first, vr.second]
    switch value {
    case .bytes(var bytes):
      if bytes.count % 2 == 1 { bytes.append(padding(vr)) }
      out +=
        vr.hasLongLength
        ? [0, 0] + littleEndian(UInt32(bytes.count)) : littleEndian(UInt16(bytes.count))
      out += bytes
    case .items(let items):
      let body = items.flatMap { item in
        let bytes = item.encoded()
        var header = [UInt8]()
        append(.item, to: &header)
        return header + littleEndian(UInt32(bytes.count)) + bytes
      }
      out += [0, 0] + littleEndian(UInt32(body.count)) + body
    case .fragments(let frames):
      out += [0, 0] + littleEndian(UInt32.max)
      append(offsetTable(frames), asItem: .item, to: &out)
      for frame in frames { append(frame, asItem: .item, to: &out) }
      append([], asItem: .sequenceDelimitation, to: &out)
    }
  }

  /// The offset of each frame's item; an empty table where 32 bits are too few.
  private static func offsetTable(_ frames: [[UInt8]]) -> [UInt8] {
    var offset = 0
    var table = [UInt8]()
    for frame in frames {
      guard offset <= Int(UInt32.max) else { return [] }
      table += littleEndian(UInt32(offset))
      offset += 8 + frame.count + frame.count % 2
    }
    return table
  }

  private static func append(_ bytes: [UInt8], asItem tag: Tag, to out: inout [UInt8]) {
    append(tag, to: &out)
    out += littleEndian(UInt32(bytes.count + bytes.count % 2))
    out += bytes
    if bytes.count % 2 == 1 { out.append(0) }
  }

  private static func append(_ tag: Tag, to out: inout [UInt8]) {
    out += littleEndian(tag.group) + littleEndian(tag.element)
  }

  static func littleEndian<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    (0..<(T.bitWidth / 8)).map { UInt8(truncatingIfNeeded: value >> T(8 * $0)) }
  }

  /// Text is padded with a space, everything else with a zero byte (PS3.5 section 6.2).
  private static func padding(_ vr: VR) -> UInt8 {
    [.UI, .OB, .OW, .UN].contains(vr) ? 0 : 32
  }

  /// Longest text of each VR in characters.
  private static let longest: [VR: Int] = [
    .AE: 16, .CS: 16, .DA: 8, .DS: 16, .IS: 12, .LO: 64, .PN: 64, .SH: 16, .ST: 1024, .TM: 14,
    .UI: 64, .LT: 10240,
  ]

  private static func check(_ value: String, _ attribute: Attribute) throws(DICOMWriteError) {
    if let limit = longest[attribute.vr], value.count > limit {
      throw .badValue(attribute.keyword, reason: "it has more than \(limit) characters")
    }
    let isLongText = [VR.ST, .LT, .UT].contains(attribute.vr)
    if !isLongText && value.contains("\\") {
      throw .badValue(attribute.keyword, reason: "it contains a backslash")
    }
    if attribute.vr == .UI && value.contains(where: { !"0123456789.".contains($0) }) {
      throw .badValue(attribute.keyword, reason: "it is not a UID")
    }
  }

  /// The most precise decimal text of at most 16 characters.
  static func decimalString(_ value: Double) -> String {
    if value == value.rounded() && abs(value) < 1e15 { return String(Int(value)) }
    for digits in stride(from: 17, through: 1, by: -1) {
      let text = String(format: "%.\(digits)g", locale: Locale(identifier: "C"), value)
      if text.count <= 16 { return text }
    }
    return "0"
  }
}
