/// A table of comma-separated values as RFC 4180 has it: quoted fields, doubled quotes, line breaks
/// within quotes; lines end with LF, CRLF or CR, and a byte order mark is skipped.
package struct CommaSeparatedTable: Sendable, Equatable {
  package struct Row: Sendable, Equatable {
    /// The line of the file, from 1, on which the row starts.
    package let line: Int
    package let fields: [String]
  }

  /// All rows that hold anything; blank lines are left out.
  package let rows: [Row]

  /// - Parameter path: named in errors only.
  /// - Throws: ``TrainingError/badLine(path:line:reason:)`` where quotes do not match, and
  ///   ``TrainingError/unreadableManifest(path:reason:)`` where the text is not UTF-8.
  package init(parsing bytes: [UInt8], path: String) throws(TrainingError) {
    var scanner = Scanner(bytes: bytes, path: path)
    rows = try scanner.rows()
  }

  /// One row as text, quoted where it must be, without a line end.
  package static func line(_ fields: [String]) -> String {
    fields.map(quoted).joined(separator: ",")
  }

  private static func quoted(_ field: String) -> String {
    let special = field.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
    guard special || field.first == " " || field.last == " " else { return field }
    return
      "\"\(field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\""
  }
}

/// Reads the table byte by byte; every byte that matters is ASCII, so UTF-8 passes unharmed.
private struct Scanner {
  let bytes: [UInt8]
  let path: String
  var offset = 0
  var line = 1

  init(bytes: [UInt8], path: String) {
    self.bytes = bytes
    self.path = path
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
  }

  mutating func rows() throws(TrainingError) -> [CommaSeparatedTable.Row] {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) || bytes.contains(0) {
      throw .unreadableManifest(path: path, reason: "it is not UTF-8 text; save it as CSV UTF-8")
    }
    var rows: [CommaSeparatedTable.Row] = []
    while offset < bytes.count {
      let start = line
      let fields = try row()
      if fields != [""] { rows.append(CommaSeparatedTable.Row(line: start, fields: fields)) }
    }
    return rows
  }

  /// Reads up to and over the end of a line.
  private mutating func row() throws(TrainingError) -> [String] {
    var fields: [String] = []
    while true {
      fields.append(try field())
      guard offset < bytes.count, bytes[offset] == UInt8(ascii: ",") else { break }
      offset += 1
    }
    skipLineEnd()
    return fields
  }

  private mutating func field() throws(TrainingError) -> String {
    let start = line
    guard offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") else {
      let first = offset
      while offset < bytes.count, !endsField(bytes[offset]) { offset += 1 }
      return try text(bytes[first..<offset], line: start)
    }
    let content = try quotedBytes()
    guard offset == bytes.count || endsField(bytes[offset]) else {
      throw .badLine(path: path, line: line, reason: "a comma must follow the closing quote")
    }
    return try text(content[...], line: start)
  }

  /// The bytes between the quotes, doubled quotes made single; the offset ends behind them.
  private mutating func quotedBytes() throws(TrainingError) -> [UInt8] {
    let start = line
    var content: [UInt8] = []
    offset += 1
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte == UInt8(ascii: "\"") {
        offset += 1
        guard offset < bytes.count, bytes[offset] == byte else { return content }
      } else if byte == 0x0A
        || (byte == 0x0D && !(offset + 1 < bytes.count && bytes[offset + 1] == 0x0A))
      {
        line += 1
      }
      content.append(byte)
      offset += 1
    }
    throw .badLine(path: path, line: start, reason: "a quote that opens here is never closed")
  }

  private func endsField(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == 0x0A || byte == 0x0D
  }

  private mutating func skipLineEnd() {
    guard offset < bytes.count else { return }
    if bytes[offset] == 0x0D, offset + 1 < bytes.count, bytes[offset + 1] == 0x0A { offset += 1 }
    offset += 1
    line += 1
  }

  private func text(_ bytes: ArraySlice<UInt8>, line: Int) throws(TrainingError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .badLine(path: path, line: line, reason: "it is not UTF-8 text; save it as CSV UTF-8")
    }
    return text
  }
}
