/// A JSON document whose members keep the order they were written in, so that the same input gives
/// the same bytes and people find the important part first.
package enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int)
  /// Not-a-number and infinities, which JSON cannot say, are written as `null`.
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([Member])

  package struct Member: Sendable, Equatable {
    package let key: String
    package let value: JSONValue

    package init(_ key: String, _ value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  /// `null` for nil.
  package init(_ text: String?) { self = text.map(JSONValue.string) ?? .null }

  /// `null` for nil; rounded to `decimals` places.
  package init(_ number: Double?, decimals: Int) {
    guard let number, number.isFinite else {
      self = .null
      return
    }
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let rounded = (number * scale).rounded() / scale
    self = .number(rounded.isFinite ? rounded : number)
  }

  /// An array of strings.
  package init(_ texts: [String]) { self = .array(texts.map(JSONValue.string)) }

  /// The document in RFC 8259 form. `<` and the line separators of JavaScript are escaped, so that
  /// it can stand inside an HTML page.
  /// - Parameter isIndented: two spaces a level and a line a member; otherwise all on one line.
  package func text(isIndented: Bool = false) -> String {
    var output = ""
    write(to: &output, indent: isIndented ? 0 : nil)
    return output
  }

  private func write(to output: inout String, indent: Int?) {
    switch self {
    case .null: output += "null"
    case .bool(let value): output += value ? "true" : "false"
    case .integer(let value): output += String(value)
    case .number(let value): output += JSONValue.text(of: value)
    case .string(let value): JSONValue.quote(value, to: &output)
    case .array(let values):
      JSONValue.write(values, between: "[", "]", to: &output, indent: indent) {
        value, output, inner in
        value.write(to: &output, indent: inner)
      }
    case .object(let members):
      JSONValue.write(members, between: "{", "}", to: &output, indent: indent) {
        member, output, inner in
        JSONValue.quote(member.key, to: &output)
        output += inner == nil ? ":" : ": "
        member.value.write(to: &output, indent: inner)
      }
    }
  }

  private static func write<Element>(
    _ elements: [Element], between open: String, _ close: String, to output: inout String,
    indent: Int?, _ body: (Element, inout String, Int?) -> Void
  ) {
    output += open
    let inner = indent.map { $0 + 2 }
    for (index, element) in elements.enumerated() {
      if index > 0 { output += "," }
      if let inner { output += "\n" + String(repeating: " ", count: inner) }
      body(element, &output, inner)
    }
    if let indent, !elements.isEmpty { output += "\n" + String(repeating: " ", count: indent) }
    output += close
  }

  /// Whole numbers without a fraction, others in the shortest form that reads back the same.
  private static func text(of value: Double) -> String {
    guard value.isFinite else { return "null" }
    if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
    return value.description
  }

  private static func quote(_ text: String, to output: inout String) {
    output += "\""
    // Pictures in base64 are long and hold nothing to escape.
    let isPlain = text.utf8.allSatisfy {
      $0 > 0x1F && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C && $0 != 0x3C
    }
    if isPlain {
      output += text + "\""
      return
    }
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": output += "\\\""
      case "\\": output += "\\\\"
      case "\n": output += "\\n"
      case "\r": output += "\\r"
      case "\t": output += "\\t"
      case "<", "\u{2028}", "\u{2029}", "\u{0}"..<"\u{20}", "\u{7F}":
        let digits = String(scalar.value, radix: 16)
        output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: output.unicodeScalars.append(scalar)
      }
    }
    output += "\""
  }
}

extension JSONValue: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { Member($0.0, $0.1) })
  }
}

extension JSONValue: ExpressibleByStringLiteral {
  package init(stringLiteral value: String) { self = .string(value) }
}
