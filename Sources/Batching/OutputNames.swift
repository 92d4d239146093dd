private import Files
private import Foundation

/// Gives every input of a run its own name for the outputs, the same on every run over the same
/// inputs.
///
/// The folder tree below a folder given as input is kept. A name is the file's without its ending;
/// where two inputs would share one (`scan.png` and `scan.dcm`, or names that differ in case only)
/// each keeps its ending, and what still collides is numbered. Characters that file systems, shells
/// or web pages treat specially become `_`.
///
/// Two passes over the inputs: ``count(_:)`` for each, then ``name(for:)`` for each in the same order.
/// In between only hashes are kept, eight bytes a name, so that a million names fit into memory; two
/// that share a hash are treated as if they collided.
package struct OutputNames {
  private var once = Set<UInt64>()
  private var repeated = Set<UInt64>()
  private var assigned = Set<UInt64>()

  package init() {}

  /// Names in the order of `relativePaths`.
  package static func assign(to relativePaths: [String]) -> [String] {
    var names = OutputNames()
    for path in relativePaths { names.count(path) }
    return relativePaths.map { names.name(for: $0) }
  }

  /// The first pass.
  /// - Parameter relativePath: below the input folder.
  package mutating func count(_ relativePath: String) {
    let key = Self.key(Self.sanitized(relativePath, keepsEnding: false))
    guard !repeated.contains(key) else { return }
    if once.remove(key) != nil { repeated.insert(key) } else { once.insert(key) }
  }

  /// The second pass.
  package mutating func name(for relativePath: String) -> String {
    let stem = Self.sanitized(relativePath, keepsEnding: false)
    if once.contains(Self.key(stem)) && !Self.isReserved(stem) { return stem }
    let full = Self.sanitized(relativePath, keepsEnding: true)
    var candidate = full
    var number = 2
    while isTaken(candidate) {
      candidate = "\(full)-\(number)"
      number += 1
    }
    assigned.insert(Self.key(candidate))
    return candidate
  }

  private func isTaken(_ name: String) -> Bool {
    let key = Self.key(name)
    return Self.isReserved(name) || once.contains(key) || assigned.contains(key)
  }

  /// The name of one frame of a file with several.
  package static func frame(_ number: Int, of name: String) -> String {
    let digits = String(number)
    let zeros = String(repeating: "0", count: max(4 - digits.count, 0))
    return "\(name).frame-\(zeros)\(digits)"
  }

  /// FNV-1a. File systems that ignore case or Unicode form must not merge two names.
  private static func key(_ name: String) -> UInt64 {
    name.precomposedStringWithCompatibilityMapping.lowercased().utf8.reduce(
      0xcbf2_9ce4_8422_2325
    ) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }

  /// Names of the run's own files, and of frames of other files.
  private static func isReserved(_ name: String) -> Bool {
    if ["run", "ledger"].contains(name.lowercased()) { return true }
    guard let range = name.range(of: ".frame-", options: .backwards) else { return false }
    return name[range.upperBound...].allSatisfy(\.isNumber)
  }

  /// A folder must not stand where a result, a table or a database with its journals will be written.
  private static func isLikeOutput(_ folder: String) -> Bool {
    let name = folder.lowercased()
    return [".json", ".png", ".csv", ".html"].contains { name.hasSuffix($0) }
      || name.contains(".sqlite")
  }

  private static func sanitized(_ path: String, keepsEnding: Bool) -> String {
    var parts = path.split(separator: "/").map(String.init).filter { $0 != "." && $0 != ".." }
    let last = parts.popLast() ?? ""
    let folders = parts.enumerated().map { depth, part in
      let part = component(part)
      let isTaken = isLikeOutput(part) || depth == 0 && part.lowercased() == Shard.folderName
      return isTaken ? part + "_" : part
    }
    let ending = (last as NSString).pathExtension
    // "IM.1.2.840" has no ending: what follows its last dot is a number.
    let isEnding = ending.contains { $0.isLetter } && ending.count <= 5
    let stem = keepsEnding || !isEnding ? last : (last as NSString).deletingPathExtension
    return (folders + [component(stem)]).joined(separator: "/")
  }

  private static func component(_ text: String) -> String {
    var result = ""
    for scalar in text.precomposedStringWithCanonicalMapping.unicodeScalars {
      let isPlain =
        CharacterSet.alphanumerics.contains(scalar) || "-_.+".unicodeScalars.contains(scalar)
      result.unicodeScalars.append(isPlain ? scalar : "_")
    }
    while result.hasSuffix(".") { result.removeLast() }
    if result.isEmpty || result.hasPrefix(".") || result.hasPrefix("-") { result = "_" + result }
    guard result.utf8.count > 120 else { return result }
    let mark = Digest(of: Array(text.utf8)).description.prefix(8)
    var short = ""
    for character in result where short.utf8.count + character.utf8.count <= 100 {
      short.append(character)
    }
    return "\(short)-\(mark)"
  }
}
