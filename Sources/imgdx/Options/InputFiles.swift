internal import Batching
private import Files
private import Foundation

/// The inputs of a command. `-` is read from standard input into a file that lives as long as this.
final class InputFiles {
  private let given: [String]
  private var temporary: String?

  /// - Throws: ``FileError`` when standard input cannot be kept.
  init(_ given: [String]) throws {
    self.given = given
    guard given.contains("-") else { return }
    let path = "\(NSTemporaryDirectory())/imgdx-\(UUID().uuidString)"
    guard
      FileManager.default.createFile(
        atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
    else { throw FileError.cannotWrite(path: path, reason: "no temporary file can be made") }
    temporary = path
    try copyStandardInput(to: path)
  }

  deinit { if let temporary { unlink(temporary) } }

  /// The cases of a run.
  func works(outputFolder: String?) throws -> [CaseWork] {
    var works = try InputWalk.works(
      for: given.map { $0 == "-" ? temporary ?? $0 : $0 }, outputFolder: outputFolder)
    for index in works.indices where works[index].path == temporary {
      works[index].shownAs = "-"
      works[index].name = "stdin"
    }
    return works
  }

  private func copyStandardInput(to path: String) throws {
    let target = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    defer { try? target.close() }
    while let chunk = try FileHandle.standardInput.read(upToCount: 1 << 20), !chunk.isEmpty {
      try target.write(contentsOf: chunk)
    }
  }
}
