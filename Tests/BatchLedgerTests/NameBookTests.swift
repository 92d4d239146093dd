import Foundation
import Testing

@testable import BatchLedger

/// Pseudonyms and the files they stand for, over runs.
@Suite struct NameBookTests {
  private let key = [UInt8](0..<32)

  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "/imgdx-names-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  private func file(_ path: String) -> ListedFile {
    ListedFile(path: path, resolved: "/" + path, relative: path)
  }

  /// What each of `files` is called when all of them want one name.
  private func list(_ book: NameBook, _ files: [String], wanted: String = "a") throws -> [String] {
    var names: [String] = []
    try book.list { note in names = try files.map { try note(file($0), wanted) } }
    return names
  }

  private func mode(_ path: String) throws -> Int? {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return (attributes[.posixPermissions] as? NSNumber)?.intValue
  }

  @Test func onlyItsOwnerMayReadIt() throws {
    try withFolder { folder in
      let path = folder + "/names.sqlite"
      _ = try NameBook(folder: folder, key: { key })
      #expect(try mode(path) == 0o600)
      // A copy that was put back, for instance.
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
      let book = try NameBook(folder: folder, key: { [] })
      #expect(try mode(path) == 0o600)
      // So may the journal that lies beside it while it is written.
      try book.list { note in
        for index in 0..<2000 { _ = try note(file("\(index)"), "\(index)") }
        let journal = path + "-journal"
        if FileManager.default.fileExists(atPath: journal) {
          #expect(try mode(journal) == 0o600)
        } else {
          Issue.record("no journal was seen")
        }
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["names.sqlite"])
    }
  }

  @Test func theFirstKeyStays() throws {
    try withFolder { folder in
      let first = try NameBook(folder: folder, key: { key })
      let second = try NameBook(folder: folder, key: { [1] })
      let reader = try NameBook(reading: folder)
      let none = try NameBook(reading: folder + "/other")
      #expect(first.key == key && second.key == key && reader?.key == key && none == nil)
    }
  }

  @Test func filesThatWantOneNameGetNumbersAndKeepThem() throws {
    try withFolder { folder in
      let book = try NameBook(folder: folder, key: { key })
      for _ in 1...2 {
        #expect(try list(book, ["x", "y", "x", "z"]) == ["a", "a-2", "a", "a-3"])
      }
      #expect(try book.pseudonym(of: file("y"), wanted: "a") == "a-2")
      #expect(try book.pseudonym(of: file("new"), wanted: "a") == "a-4")
      // One that is no input any more keeps its name: earlier reports are about it.
      #expect(try list(book, ["y", "z", "w"]) == ["a-2", "a-3", "a-4"])
      #expect(try book.file(of: "a")?.path == "x")
      #expect(try book.file(of: "b") == nil)
    }
  }

  @Test func aListingThatFailsChangesNothing() throws {
    struct Stop: Error {}
    try withFolder { folder in
      let book = try NameBook(folder: folder, key: { key })
      _ = try list(book, ["x"])
      #expect(throws: Stop.self) {
        try book.list { note in
          _ = try note(file("y"), "b")
          throw Stop()
        }
      }
      #expect(try book.file(of: "b") == nil)
      #expect(try list(book, ["x", "y"]) == ["a", "a-2"])
    }
  }

  /// A run that was killed while it listed its inputs leaves a file half written and its journal.
  @Test func whatWasHalfWrittenIsUndoneByAReader() throws {
    try withFolder { folder in
      let book = try NameBook(folder: folder, key: { key })
      _ = try list(book, ["x"])
      let copy = folder + "/copy"
      try FileManager.default.createDirectory(
        atPath: copy, withIntermediateDirectories: true)
      try book.list { note in
        // More than the cache holds, so that the file itself is written to.
        for index in 0..<3000 {
          let path = String(repeating: "x", count: 3000) + "\(index)"
          _ = try note(file(path), "\(index)")
        }
        for name in ["names.sqlite", "names.sqlite-journal"] {
          try FileManager.default.copyItem(atPath: "\(folder)/\(name)", toPath: "\(copy)/\(name)")
        }
      }
      let size = try FileManager.default.attributesOfItem(atPath: copy + "/names.sqlite")[.size]
      #expect((size as? NSNumber)?.intValue ?? 0 > 1 << 20, "it was not half written")
      let reader = try #require(try NameBook(reading: copy))
      var names: [String] = []
      try reader.forEach { names.append($0.pseudonym) }
      #expect(names == ["a"])
      #expect(!FileManager.default.fileExists(atPath: copy + "/names.sqlite-journal"))
    }
  }

  @Test func aFolderGivesItsFilesOnly() throws {
    try withFolder { folder in
      let book = try NameBook(folder: folder, key: { key })
      for name in ["ab/1", "ab/2", "ab-2", "abc/3", "b"] {
        _ = try list(book, [name], wanted: name)
      }
      var (all, some): ([String], [String]) = ([], [])
      try book.forEach { all.append($0.pseudonym) }
      try book.forEach(in: "ab") { some.append($0.pseudonym) }
      #expect(all == ["ab-2", "ab/1", "ab/2", "abc/3", "b"] && some == ["ab/1", "ab/2"])
    }
  }

  @Test func damagedAndForeignFilesAreTold() throws {
    try withFolder { folder in
      let path = folder + "/names.sqlite"
      try Data("no database at all, but long enough to be one".utf8).write(
        to: URL(fileURLWithPath: path))
      #expect(throws: LedgerError.namesDamaged(path: path)) {
        try NameBook(folder: folder, key: { key })
      }
      try Data().write(to: URL(fileURLWithPath: path))
      #expect(throws: LedgerError.self) { try NameBook(reading: folder) }
    }
  }
}
