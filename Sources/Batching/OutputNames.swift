private import Files
private import Foundation

/// Gives every input of a run its own name for the outputs, the same on every run over the same
/// inputs.
///
/// The folder tree below a folder given as input is kept. A name is the file's without its ending;
/// where two inputs would share one (`scan.png` and `scan.dcm`, or names that differ in case only)
/// each keeps its ending, and what still collides is numbered. Characters that file systems, shells
/// or web pages treat specially become `_`.
package enum OutputNames {
  /// Names in the order of `relativePaths`.
  package static func assign(to relativePaths: [String]) -> [String] {
    let stems = relativePaths.map { sanitized($0, keepsEnding: false) }
    var counts = [String: Int]()
    for stem in stems { counts[key(stem), default: 0] += 1 }
    var names = [String?](repeating: nil, count: stems.count)
    var taken = Set<String>()
    for (index, stem) in stems.enumerated()
    where counts[key(stem)] == 1 && !isReserved(stem) {
      names[index] = stem
      taken.insert(key(stem))
    }
    return names.enumerated().map { index, name in
      if let name { return name }
      let full = sanitized(relativePaths[index], keepsEnding: true)
      var candidate = full
      var number = 2
      while isReserved(candidate) || !taken.insert(key(candidate)).inserted {
        candidate = "\(full)-\(number)"
        number += 1
      }
      return candidate
    }
  }

  /// The name of one frame of a file with several.
  package static func frame(_ number: Int, of name: String) -> String {
    let digits = String(number)
    let zeros = String(repeating: "0", count: max(4 - digits.count, 0))
    return "\(name).frame-\(zeros)\(digits)"
  }

  /// File systems that ignore case or Unicode form must not merge two names.
  private static func key(_ name: String) -> String {
    name.precomposedStringWithCompatibilityMapping.lowercased()
  }

  /// Names of the run's own files, and of frames of other files.
  private static func isReserved(_ name: String) -> Bool {
    if name.lowercased() == "run" { return true }
    guard let range = name.range(of: ".frame-", options: .backwards) else { return false }
    return name[range.upperBound...].allSatisfy(\.isNumber)
  }

  private static func sanitized(_ path: String, keepsEnding: Bool) -> String {
    var parts = path.split(separator: "/").map(String.init).filter { $0 != "." && $0 != ".." }
    let last = parts.popLast() ?? ""
    let folders = parts.map { part in
      // A folder must not stand where another input's `.json` or `.png` will be written.
      let part = component(part)
      let isLikeOutput = [".json", ".png", ".csv", ".html"].contains { part.hasSuffix($0) }
      return isLikeOutput ? part + "_" : part
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
