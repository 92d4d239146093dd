private import Foundation

/// Text that people read, by Specific Character Set (PS3.3 C.12.1.1.2).
extension DataSet {
  /// The values of a text attribute; bytes that the character set does not explain become "?".
  func names(_ attribute: Attribute) -> [String] {
    guard let element = element(attribute.tag), element.value.count <= 1 << 12 else { return [] }
    let sets = texts(.specificCharacterSet)
    let text = CharacterSet(sets).decode(source.bytes(element.value))
    // A backslash may be half of a character in some sets, so values are divided after decoding.
    return text.split(separator: "\\", omittingEmptySubsequences: false).map {
      $0.trimmingCharacters(in: .whitespaces.union(.controlCharacters))
    }
  }
}

/// A Specific Character Set, single or with code extensions.
private struct CharacterSet {
  private let encoding: String
  /// Escape sequences that select an alphabet which `encoding` covers anyway.
  private let dropped: [[UInt8]]

  init(_ sets: [String]) {
    let korean = [UInt8](arrayLiteral: 0x1B, 0x24, 0x29, 0x43)
    let chinese = [UInt8](arrayLiteral: 0x1B, 0x24, 0x29, 0x41)
    dropped = [korean, chinese, [0x1B, 0x28, 0x42]]
    let names = sets.map { $0.replacingOccurrences(of: "ISO 2022 IR", with: "ISO_IR") }
    if names.contains("ISO_IR 87") || names.contains("ISO_IR 159") {
      encoding = "ISO-2022-JP-2"
    } else if names.contains("ISO_IR 149") {
      encoding = "EUC-KR"
    } else if names.contains("ISO_IR 58") {
      encoding = "EUC-CN"
    } else {
      encoding = names.compactMap { CharacterSet.encodings[$0] }.first ?? "ISO-8859-1"
    }
  }

  func decode(_ bytes: [UInt8]) -> String {
    var bytes = bytes
    if encoding != "ISO-2022-JP-2" {
      for escape in dropped {
        while let range = bytes.firstRange(of: escape) { bytes.removeSubrange(range) }
      }
    }
    return converted(bytes) ?? String(decoding: bytes.map { $0 < 128 ? $0 : 63 }, as: UTF8.self)
  }

  /// Through iconv; nil where it does not understand the bytes.
  private func converted(_ bytes: [UInt8]) -> String? {
    guard let descriptor = iconv_open("UTF-8", encoding), Int(bitPattern: descriptor) != -1 else {
      return nil
    }
    defer { iconv_close(descriptor) }
    var input = bytes.map { CChar(bitPattern: $0) }
    var output = [CChar](repeating: 0, count: bytes.count * 4 + 16)
    var inputLeft = input.count
    var outputLeft = output.count
    let failed = input.withUnsafeMutableBufferPointer { source in
      output.withUnsafeMutableBufferPointer { target in
        var from = source.baseAddress
        var to = target.baseAddress
        return iconv(descriptor, &from, &inputLeft, &to, &outputLeft) == -1
      }
    }
    guard !failed else { return nil }
    let written = output.prefix(output.count - outputLeft)
    return String(decoding: written.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static let encodings = [
    "ISO_IR 100": "ISO-8859-1", "ISO_IR 101": "ISO-8859-2", "ISO_IR 109": "ISO-8859-3",
    "ISO_IR 110": "ISO-8859-4", "ISO_IR 144": "ISO-8859-5", "ISO_IR 127": "ISO-8859-6",
    "ISO_IR 126": "ISO-8859-7", "ISO_IR 138": "ISO-8859-8", "ISO_IR 148": "ISO-8859-9",
    "ISO_IR 203": "ISO-8859-15", "ISO_IR 166": "TIS-620", "ISO_IR 13": "SHIFT_JIS",
    "ISO_IR 192": "UTF-8", "GB18030": "GB18030", "GBK": "GBK",
  ]
}
