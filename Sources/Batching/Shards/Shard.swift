private import Files

/// One of several parts of a batch's inputs, each worked on by a process of its own, on one machine
/// or on many.
///
/// Which part a file belongs to follows from its path below the input folder alone, so that machines
/// agree which see that folder under different paths, and a file stays in its part when others come
/// or go.
package struct Shard: Sendable, Equatable, CustomStringConvertible {
  /// From 0.
  package let index: Int
  package let count: Int

  /// The most parts that a batch can have.
  package static let mostParts = 10_000
  /// Folder of the output folder that holds a folder for each shard.
  package static let folderName = "shards"

  /// Nil where there is no such part.
  package init?(index: Int, count: Int) {
    guard (1...Self.mostParts).contains(count), (0..<count).contains(index) else { return nil }
    self.index = index
    self.count = count
  }

  /// From "2/8", or from the name of its folder, "2-of-8".
  package init?(_ text: some StringProtocol) {
    guard let match = String(text).wholeMatch(of: /([0-9]{1,5})(?:\/|-of-)([0-9]{1,5})/),
      let index = Int(match.1), let count = Int(match.2)
    else { return nil }
    self.init(index: index, count: count)
  }

  /// "2/8", the third of eight.
  package var description: String { "\(index)/\(count)" }

  /// Where a shard keeps its ledger and its `run.json`.
  package func folder(in output: String) -> String {
    "\(output)/\(Self.folderName)/\(index)-of-\(count)"
  }

  /// True when a file belongs to this part.
  /// - Parameter relativePath: below the input folder.
  package func holds(_ relativePath: String) -> Bool {
    // The first 60 bits of the SHA-256: the same on every machine and in every version.
    let digits = Digest(of: Array(relativePath.utf8)).description.prefix(15)
    return (UInt64(digits, radix: 16) ?? 0) % UInt64(count) == UInt64(index)
  }
}
