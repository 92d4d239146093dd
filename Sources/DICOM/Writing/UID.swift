private import Files

/// Unique identifiers (PS3.5 section 9 and annex B.2).
package enum UID {
  /// A UID that depends on `parts` alone: a UUID of version 8 made of their SHA-256, under 2.25.
  package static func derived(from parts: String...) -> String {
    let text = parts.map { "\($0.utf8.count):\($0)" }.joined(separator: ";")
    let hex = Digest(of: Array(text.utf8)).description.prefix(32)
    var bits = UInt128(hex, radix: 16) ?? 0
    bits = bits & ~(UInt128(0xF) << 76) | UInt128(8) << 76
    bits = bits & ~(UInt128(3) << 62) | UInt128(2) << 62
    return "2.25.\(bits)"
  }

  /// imgdx as the program that wrote a file.
  static let implementationClass = derived(from: "imgdx", "implementation class")
}
