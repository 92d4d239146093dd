import Foundation

/// Looks for words in whatever a program wrote: as they are, in capitals and small letters, in
/// UTF-16, in base64 at every offset, and in hexadecimal.
struct PlantedSearch {
  /// By their first two bytes.
  private var forms = [[(word: String, bytes: [UInt8])]](repeating: [], count: 1 << 16)

  init(_ words: [String]) {
    for word in words {
      let spellings = [word, word.lowercased(), word.uppercased()].flatMap {
        [$0, $0.decomposedStringWithCanonicalMapping]
      }
      // Equal texts may have different bytes, which are what is looked for.
      for units in Set(spellings.map { Array($0.utf16) }) {
        let encodings = [
          Array(String(decoding: units, as: UTF16.self).utf8),
          units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] },
          units.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] },
        ]
        for bytes in Set(encodings) {
          let digits = bytes.map { String(format: "%02x", $0) }.joined()
          let written = [bytes, Array(digits.utf8), Array(digits.uppercased().utf8)]
          for form in written + Self.base64(bytes) {
            forms[Int(form[0]) << 8 | Int(form[1])].append((word, form))
          }
        }
      }
    }
  }

  /// What the bytes become in the middle of a longer base64 text, for each of its three offsets.
  private static func base64(_ bytes: [UInt8]) -> [[UInt8]] {
    (0..<3).map { offset in
      let padded = [UInt8](repeating: 0, count: offset) + bytes
      let text = Data(padded[..<(padded.count / 3 * 3)]).base64EncodedString()
      return Array(text.utf8.dropFirst(offset == 0 ? 0 : 4))
    }.filter { $0.count >= 4 }
  }

  /// The words that stand in `data`.
  func words(in data: Data) -> Set<String> {
    var found = Set<String>()
    data.withUnsafeBytes { bytes in
      for index in bytes.indices.dropLast() {
        let candidates = forms[Int(bytes[index]) << 8 | Int(bytes[index + 1])]
        guard !candidates.isEmpty else { continue }
        for (word, form) in candidates where bytes[index...].starts(with: form) {
          found.insert(word)
        }
      }
    }
    return found
  }

  func words(in text: String) -> Set<String> { words(in: Data(text.utf8)) }

  /// "Word in file" for everything in a folder, names included.
  /// - Parameter spared: files that are not looked into.
  func places(in folder: String, sparing spared: [String] = []) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder).sorted().flatMap { file in
      let data = try? Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(file)"))
      let inside = spared.contains(file) ? [] : words(in: data ?? Data())
      return words(in: file).union(inside).map { "\($0) in \(file)" }
    }
  }
}
