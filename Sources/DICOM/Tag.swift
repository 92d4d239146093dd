/// The group and element number of a Data Element (PS3.5 section 7.1).
package struct Tag: Sendable, Hashable, Comparable, CustomStringConvertible {
  package let group: UInt16
  package let element: UInt16

  package init(_ group: UInt16, _ element: UInt16) {
    self.group = group
    self.element = element
  }

  package static func < (a: Tag, b: Tag) -> Bool { (a.group, a.element) < (b.group, b.element) }

  /// "(0028,0010)"
  package var description: String { "(\(Tag.hex(group)),\(Tag.hex(element)))" }

  private static func hex(_ value: UInt16) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: 4 - digits.count) + digits
  }

  static let item = Tag(0xFFFE, 0xE000)
  static let itemDelimitation = Tag(0xFFFE, 0xE00D)
  static let sequenceDelimitation = Tag(0xFFFE, 0xE0DD)
  static let pixelData = Tag(0x7FE0, 0x0010)
  static let floatPixelData = Tag(0x7FE0, 0x0008)
  static let doubleFloatPixelData = Tag(0x7FE0, 0x0009)

  /// The three attributes that may hold the samples.
  var isPixelData: Bool {
    self == .pixelData || self == .floatPixelData || self == .doubleFloatPixelData
  }
}

/// A Value Representation (PS3.5 section 6.2): two capital letters.
package struct VR: Sendable, Hashable, CustomStringConvertible {
  let first: UInt8
  let second: UInt8

  init(_ first: UInt8, _ second: UInt8) {
    self.first = first
    self.second = second
  }

  /// - Precondition: `name` has two ASCII letters.
  init(_ name: StaticString) {
    precondition(name.utf8CodeUnitCount == 2, "a VR has two letters")
    self.init(name.utf8Start[0], name.utf8Start[1])
  }

  package var description: String { String(decoding: [first, second], as: UTF8.self) }

  var isTwoCapitals: Bool { (65...90).contains(first) && (65...90).contains(second) }

  var isPrintable: Bool { (32...126).contains(first) && (32...126).contains(second) }

  /// True for those with two reserved bytes and a 32-bit length in explicit encodings.
  var hasLongLength: Bool { VR.long.contains(self) }
  var isKnown: Bool { VR.long.contains(self) || VR.short.contains(self) }

  static let AE = VR("AE"), AS = VR("AS"), AT = VR("AT"), CS = VR("CS"), DA = VR("DA")
  static let DS = VR("DS"), DT = VR("DT"), FD = VR("FD"), FL = VR("FL"), IS = VR("IS")
  static let LO = VR("LO"), LT = VR("LT"), OB = VR("OB"), OD = VR("OD"), OF = VR("OF")
  static let OL = VR("OL"), OV = VR("OV"), OW = VR("OW"), PN = VR("PN"), SH = VR("SH")
  static let SL = VR("SL"), SQ = VR("SQ"), SS = VR("SS"), ST = VR("ST"), SV = VR("SV")
  static let TM = VR("TM"), UC = VR("UC"), UI = VR("UI"), UL = VR("UL"), UN = VR("UN")
  static let UR = VR("UR"), US = VR("US"), UT = VR("UT"), UV = VR("UV")

  private static let long: Set<VR> = [OB, OD, OF, OL, OV, OW, SQ, SV, UC, UN, UR, UT, UV]
  private static let short: Set<VR> = [
    AE, AS, AT, CS, DA, DS, DT, FD, FL, IS, LO, LT, PN, SH, SL, SS, ST, TM, UI, UL, US,
  ]
}
