import Foundation

/// The shared DICOM corpus and what independent decoders make of it; absent on most machines.
enum Corpus {
  struct Row: Sendable, CustomStringConvertible {
    let path: String
    let transferSyntax: String
    let shape: String
    let minimum: Double
    let maximum: Double
    let pixelHash: String
    /// "exact", "single", "lossy", or empty where no reference decoder gives pixels.
    let agreement: String

    var description: String { path }
  }

  static let folder: String = {
    let shared =
      ProcessInfo.processInfo.environment["IMGDX_SHARED"]
      ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared").path
    return shared + "/corpus/dicom"
  }()

  /// False, with a line that says so, where the corpus is missing.
  static let isPresent: Bool = {
    let isThere = FileManager.default.fileExists(atPath: folder + "/expected.csv")
    if !isThere { print("skipped: no DICOM corpus at \(folder); set IMGDX_SHARED") }
    return isThere
  }()

  static let rows: [Row] = {
    guard isPresent,
      let text = try? String(contentsOfFile: folder + "/expected.csv", encoding: .utf8)
    else { return [] }
    let lines = text.split(whereSeparator: \.isNewline).map { fields(String($0)) }
    guard let header = lines.first else { return [] }
    return lines.dropFirst().map { line in
      func value(_ name: String) -> String {
        header.firstIndex(of: name).flatMap { $0 < line.count ? line[$0] : nil } ?? ""
      }
      return Row(
        path: value("path"), transferSyntax: value("transfer_syntax"), shape: value("shape"),
        minimum: Double(value("minimum")) ?? 0, maximum: Double(value("maximum")) ?? 0,
        pixelHash: value("sha256_pixels"), agreement: value("agreement"))
    }
  }()

  /// Divides a CSV line; quoted fields may hold commas.
  private static func fields(_ line: String) -> [String] {
    var fields = [""]
    var isQuoted = false
    for character in line {
      switch character {
      case "\"": isQuoted.toggle()
      case "," where !isQuoted: fields.append("")
      default: fields[fields.count - 1].append(character)
      }
    }
    return fields
  }
}
