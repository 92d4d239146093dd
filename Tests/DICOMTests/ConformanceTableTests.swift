import Codecs
import DICOM
import Files
import Foundation
import Testing

/// The table of `Documentation/conformance.md`, made of the corpus and compared with the page.
///
/// `IMGDX_RECORD=1` writes the page's table anew and fails, so that nobody records unseen.
@Suite(.enabled(if: Corpus.isPresent))
struct ConformanceTableTests {
  @Test func thePageTellsWhatTheCorpusGives() throws {
    let table = try Self.table()
    print(table)
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Documentation/conformance.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    let parts = text.components(separatedBy: "<!-- table -->\n")
    try #require(parts.count == 3, "the page marks the table's start and end")
    if ProcessInfo.processInfo.environment["IMGDX_RECORD"] != nil {
      let marker = "<!-- table -->\n"
      try (parts[0] + marker + table + marker + parts[2])
        .write(to: page, atomically: true, encoding: .utf8)
    }
    #expect(parts[1] == table, "set IMGDX_RECORD=1 to write the table anew")
  }

  private struct Tally {
    var exact = 0
    var lossy = 0
    var wrong = 0
    var read = 0
    var refused = 0
  }

  private static func table() throws -> String {
    var tallies = [String: Tally]()
    for row in Corpus.rows {
      count(row, in: &tallies[row.transferSyntax, default: Tally()])
    }
    var lines = [
      "| transfer syntax | equal | lossy, within tolerance | wrong or refused | no reference: read "
        + "| no reference: refused |",
      "|---|---|---|---|---|---|",
    ]
    for (uid, tally) in tallies.sorted(by: { $0.key < $1.key }) {
      let name = uid.isEmpty ? "none declared" : "\(TransferSyntax(uid: uid).name) `\(uid)`"
      let counts = [tally.exact, tally.lossy, tally.wrong, tally.read, tally.refused]
      lines.append("| \(name) | " + counts.map(String.init).joined(separator: " | ") + " |")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func count(_ row: Corpus.Row, in tally: inout Tally) {
    let bytes = try? storedBytes(row)
    switch row.agreement {
    case "": if bytes == nil { tally.refused += 1 } else { tally.read += 1 }
    case "lossy": if bytes == nil { tally.wrong += 1 } else { tally.lossy += 1 }
    default:
      let isEqual = bytes.map { Digest(of: $0).description == row.pixelHash } ?? false
      if isEqual { tally.exact += 1 } else { tally.wrong += 1 }
    }
  }

  /// Of lossy data only that they decode is counted here: their values are ``ConformanceTests``'.
  private static func storedBytes(_ row: Corpus.Row) throws -> [UInt8] {
    let file = try DICOMFile(FileBytes(path: Corpus.folder + "/" + row.path))
    var bytes = [UInt8]()
    for index in 0..<file.pixels.frames {
      bytes += try file.storedFrame(index).pixels.littleEndianBytes()
    }
    return bytes
  }
}
