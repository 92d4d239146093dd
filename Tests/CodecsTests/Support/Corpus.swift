import Foundation

/// The shared corpus of PNG and JPEG files, absent on most machines, and what independent decoders
/// make of it (Fixtures/*.csv, written by Scripts/parity/make-codec-fixtures.py).
enum Corpus {
  struct Row: Sendable, CustomStringConvertible {
    let path: String
    /// "rows x columns[ x samples]", or "refused".
    let shape: String
    let digest: String
    var description: String { path }
  }

  static let folder: String = {
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let shared =
      ProcessInfo.processInfo.environment["IMGDX_SHARED"]
      ?? package.deletingLastPathComponent().appendingPathComponent("shared").path
    return shared + "/corpus"
  }()

  /// False, with a line that says so, where the corpus is missing.
  static let isPresent: Bool = {
    let isThere = FileManager.default.fileExists(atPath: folder + "/png")
    if !isThere { print("skipped: no image corpus at \(folder); set IMGDX_SHARED") }
    return isThere
  }()

  /// - Parameter name: "png" or "jpeg".
  static func rows(_ name: String) -> [Row] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Fixtures/\(name).csv")
    guard isPresent, let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
    return text.split(separator: "\n").dropFirst().map { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      return Row(path: fields[0], shape: fields[1], digest: fields[2])
    }
  }

  static func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(path)")))
  }

  /// Every file below a folder of the corpus.
  static func files(below path: String) -> [String] {
    guard isPresent, let all = FileManager.default.enumerator(atPath: "\(folder)/\(path)") else {
      return []
    }
    return all.compactMap { $0 as? String }.filter { $0.hasSuffix(".jpg") || $0.hasSuffix(".png") }
      .sorted().map { "\(path)/\($0)" }
  }
}
