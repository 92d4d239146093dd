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

/// A Specific Character Set, single or with code extensions (ISO/IEC 2022): codes below 128 (G0) and
/// above (G1) belong to alphabets that escape sequences exchange until the next delimiter.
private struct CharacterSet {
  /// What codes above 127 mean at first.
  private let initial: String

  init(_ sets: [String]) {
    let names = sets.compactMap { CharacterSet.encodings[CharacterSet.normal($0)] }
    // Of several sets the first holds at first; an empty one is ASCII, which has no upper half.
    initial = names.first ?? "ISO-8859-1"
  }

  /// "ISO 2022 IR 100", "ISO_IR 100" and the misspelt "ISO-IR 100" and "iso_ir_100" are one.
  private static func normal(_ name: String) -> String {
    let words = name.uppercased().split { " _-".contains($0) }
    return words.filter { $0 != "2022" }.joined(separator: " ")
  }

  func decode(_ bytes: [UInt8]) -> String {
    var text = ""
    var (low, high) = (Half.ascii, initial)
    var run = [UInt8]()
    func flush() {
      text += CharacterSet.text(run, low, high)
      run = []
    }
    var position = 0
    while position < bytes.count {
      let byte = bytes[position]
      if byte == 0x1B, let escape = Escape.at(position, in: bytes) {
        flush()
        if let half = escape.low { low = half }
        if let name = escape.high { high = name }
        position += escape.bytes.count
        continue
      }
      run.append(byte)
      position += 1
      // Alphabets of pairs, which have delimiters' codes as halves, are not exchanged by these.
      if low == .ascii && high != initial && CharacterSet.delimiters.contains(byte) {
        flush()
        high = initial
      }
    }
    flush()
    return text
  }

  /// What codes below 128 are: single ones, or pairs with the escape sequence that iconv wants.
  private enum Half { case ascii, jisX0208, jisX0212 }

  private struct Escape {
    var bytes: [UInt8]
    var low: Half?
    var high: String?

    static func at(_ position: Int, in bytes: [UInt8]) -> Escape? {
      all.first { bytes[position...].starts(with: $0.bytes) }
    }

    init(_ code: String, low: Half? = nil, high: String? = nil) {
      bytes = [0x1B] + Array(code.utf8)
      self.low = low
      self.high = high
    }

    /// PS3.3 tables C.12-3 and C.12-4.
    private static let all = [
      Escape("(B", low: .ascii), Escape("(J", low: .ascii), Escape("$B", low: .jisX0208),
      Escape("$(D", low: .jisX0212), Escape(")I", high: "SHIFT_JIS"),
      Escape("$)C", high: "EUC-KR"), Escape("$)A", high: "EUC-CN"),
      Escape("-A", high: "ISO-8859-1"), Escape("-B", high: "ISO-8859-2"),
      Escape("-C", high: "ISO-8859-3"), Escape("-D", high: "ISO-8859-4"),
      Escape("-L", high: "ISO-8859-5"), Escape("-G", high: "ISO-8859-6"),
      Escape("-F", high: "ISO-8859-7"), Escape("-H", high: "ISO-8859-8"),
      Escape("-M", high: "ISO-8859-9"), Escape("-b", high: "ISO-8859-15"),
      Escape("-T", high: "TIS-620"),
    ]
  }

  /// Component, group, value, line, page and tabulator.
  private static let delimiters = Set("^=\\\n\r\u{C}\t".utf8)

  /// Codes of one alphabet; "?" for those above 127 where they make no sense.
  private static func text(_ run: [UInt8], _ low: Half, _ high: String) -> String {
    let pairs: String? =
      switch low {
      case .ascii: nil
      case .jisX0208: "\u{1B}$B"
      case .jisX0212: "\u{1B}$(D"
      }
    guard let pairs else {
      return converted(run, from: high)
        ?? String(decoding: run.map { $0 < 128 ? $0 : 63 }, as: UTF8.self)
    }
    return converted(Array(pairs.utf8) + run + Array("\u{1B}(B".utf8), from: "ISO-2022-JP-2") ?? "?"
  }

  /// Through iconv; nil where it does not understand the bytes.
  private static func converted(_ bytes: [UInt8], from encoding: String) -> String? {
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
    "ISO IR 100": "ISO-8859-1", "ISO IR 101": "ISO-8859-2", "ISO IR 109": "ISO-8859-3",
    "ISO IR 110": "ISO-8859-4", "ISO IR 144": "ISO-8859-5", "ISO IR 127": "ISO-8859-6",
    "ISO IR 126": "ISO-8859-7", "ISO IR 138": "ISO-8859-8", "ISO IR 148": "ISO-8859-9",
    "ISO IR 203": "ISO-8859-15", "ISO IR 166": "TIS-620", "ISO IR 13": "SHIFT_JIS",
    "ISO IR 149": "EUC-KR", "ISO IR 58": "EUC-CN", "ISO IR 192": "UTF-8", "UTF8": "UTF-8",
    "UTF 8": "UTF-8", "GB18030": "GB18030", "GBK": "GBK",
  ]
}
