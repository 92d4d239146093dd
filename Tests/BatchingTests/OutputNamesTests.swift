import Testing

@testable import Batching

/// Two inputs never write one file, whatever they are called.
@Suite struct OutputNamesTests {
  @Test func endingsGo() {
    #expect(OutputNames.assign(to: ["scan.dcm", "a/b.png"]) == ["scan", "a/b"])
  }

  @Test func sameNamesKeepTheirEndings() {
    #expect(
      OutputNames.assign(to: ["scan.png", "scan.dcm", "other.png"])
        == ["scan.png", "scan.dcm", "other"])
  }

  @Test func caseDoesNotTellNamesApart() {
    #expect(OutputNames.assign(to: ["Scan.png", "scan.PNG"]) == ["Scan.png", "scan.PNG-2"])
  }

  @Test func numbersAfterADotAreNoEnding() {
    #expect(OutputNames.assign(to: ["IM.1.2.840", "IM.1.2.841"]) == ["IM.1.2.840", "IM.1.2.841"])
  }

  @Test func runFilesAndFramesAreReserved() {
    #expect(OutputNames.assign(to: ["run.png"]) == ["run.png"])
    #expect(OutputNames.assign(to: ["a.frame-0001.png"]) == ["a.frame-0001.png"])
    #expect(OutputNames.frame(1, of: "a") == "a.frame-0001")
    #expect(OutputNames.frame(12345, of: "a") == "a.frame-12345")
  }

  @Test func oddCharactersBecomeUnderscores() {
    #expect(
      OutputNames.assign(to: ["../a b/<x>\n.png", "-rf.png", ".hidden.png"])
        == ["a_b/_x__", "_-rf", "_.hidden"])
    #expect(OutputNames.assign(to: ["Größe.png"]) == ["Größe"])
  }

  /// They took the place of the run's ledger, or made a batch look divided.
  @Test func foldersNamedLikeTheRunsOwnFilesGetOtherNames() {
    let names = OutputNames.assign(to: [
      "ledger.sqlite/a", "Ledger.SQLite-wal/a", "names.sqlite/a", "shards/0-of-2/a", "x/shards/a",
      "shards_/0-of-2/a",
    ])
    #expect(
      names == [
        "ledger.sqlite_/a", "Ledger.SQLite-wal_/a", "names.sqlite_/a", "shards_/0-of-2/a",
        "x/shards/a", "shards_/0-of-2/a-2",
      ])
  }

  @Test func foldersDoNotStandInTheWayOfOutputs() {
    let names = OutputNames.assign(to: ["scan.json/x.png", "scan.png"])
    #expect(names == ["scan.json_/x", "scan"])
  }

  @Test func longNamesAreShortenedAndStayApart() {
    let long = String(repeating: "ä", count: 200)
    let names = OutputNames.assign(to: [long + "1.png", long + "2.png"])
    #expect(Set(names).count == 2 && names.allSatisfy { $0.utf8.count <= 120 })
  }

  @Test func manyCollisionsAllGetNames() {
    let paths = (0..<50).flatMap { _ in ["a.png", "a.dcm", "a.png.dcm", "A.PNG"] }
    let names = OutputNames.assign(to: paths)
    #expect(Set(names.map { $0.lowercased() }).count == paths.count)
  }
}
