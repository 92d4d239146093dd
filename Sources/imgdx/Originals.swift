private import Foundation

/// The files that a command was given, which its results must not replace: an original is often the
/// only copy, and a result holds less than it did.
struct Originals {
  private let identities: Set<FileIdentity>

  /// - Parameter paths: the inputs; `-` and files that are missing are passed over.
  init(_ paths: [String]) {
    identities = Set(paths.filter { $0 != "-" }.compactMap(FileIdentity.init))
  }

  /// - Throws: ``OverwriteError`` when `output` leads to one of the inputs, by whatever name.
  func check(_ output: String) throws(OverwriteError) {
    if let identity = FileIdentity(path: output), identities.contains(identity) {
      throw OverwriteError(path: output)
    }
  }
}

/// A result would replace an input.
struct OverwriteError: Error, Equatable, CustomStringConvertible {
  /// Where the result was to go.
  let path: String

  var description: String { "\(path) is an input and would be overwritten: choose another output" }
}

/// What tells one file on disk from another, whatever paths and links lead to it.
private struct FileIdentity: Hashable {
  let device: UInt
  let number: UInt

  /// Nil where there is no file.
  init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    device = UInt(status.st_dev)
    number = UInt(status.st_ino)
  }
}
