import Files
import Foundation
import Testing

/// A study full of planted identifiers: of what is inside the files nothing reaches anything that a
/// batch writes or says, and with `--pseudonymous` neither does anything of their names.
@Suite struct PatientDataTests {
  private static let modes = [
    ["--log-format", "text"], ["--log-format", "json"],
    ["--log-format", "text", "--pseudonymous"], ["--log-format", "json", "--pseudonymous"],
  ]

  private static func search(_ mode: [String]) -> PlantedSearch {
    let isPseudonymous = mode.contains("--pseudonymous")
    return PlantedSearch(PlantedStudy.inside + (isPseudonymous ? PlantedStudy.names : []))
  }

  /// A bench whose input is the study, in a folder that has a name too.
  private func bench(images: Int = 0) throws -> (BatchBench, arguments: ([String]) -> [String]) {
    let bench = try BatchBench(images: images)
    let study = bench.folder + "/Archiv Quastel"
    try Folder.make(bench.folder + "/tmp")
    try PlantedStudy.write(to: study)
    let inputs = images > 0 ? [study, bench.input] : [study]
    let arguments = { more in
      ["batch"] + inputs + ["-o", bench.folder + "/out", "--model", bench.model] + more
    }
    return (bench, arguments)
  }

  private func run(_ bench: BatchBench, _ arguments: [String]) throws -> (
    status: Int32, output: String, errors: String
  ) {
    // Whatever libraries put into temporary files is looked into as well.
    let scratch = bench.folder + "/tmp"
    return try Workbench.run(
      arguments, environment: ["TMPDIR": scratch, "SQLITE_TMPDIR": scratch])
  }

  /// Everything that was written, but the one file that may hold names.
  private func found(_ bench: BatchBench, _ search: PlantedSearch) throws -> [String] {
    try search.places(in: bench.folder + "/out", sparing: ["names.sqlite"])
      + search.places(in: bench.folder + "/tmp")
  }

  @Test(arguments: modes) func nothingIsWrittenOrSaid(mode: [String]) throws {
    let (bench, arguments) = try bench()
    let search = Self.search(mode)
    var said = ""
    for (more, status) in [
      ([], 3), ([], 3), (["--retry-failed"], 3), (["--dry-run"], 0),
    ] as [([String], Int32)] {
      let result = try run(bench, arguments(mode + more))
      #expect(result.status == status, "\(result.errors)")
      said += result.output + result.errors
    }
    for more in [[], ["--json"]] {
      said += try Workbench.run(["batch", "status", bench.folder + "/out"] + more).output
    }
    #expect(search.words(in: said) == [])
    #expect(try found(bench, search) == [])
    // Everything was there to be found: every whole file was screened, every damaged one refused.
    let counts = try #require(bench.object("out/run.json")["counts"] as? [String: Any])
    #expect(counts["screened"] as? Int ?? 0 > PlantedStudy.whole.count)
    #expect(counts["failed"] as? Int ?? 0 >= 6)
  }

  /// With workers killed, and the run stopped and gone on with, nothing either: not in the ledger's
  /// journal, and not in what is said of it.
  @Test(arguments: modes) func nothingIsWrittenOrSaidWhenItIsDisturbed(mode: [String]) throws {
    let (bench, arguments) = try bench(images: 60)
    let search = Self.search(mode)
    let log = bench.folder + "/out.log"
    for signal in [SIGINT, SIGKILL] {
      try? FileManager.default.removeItem(atPath: bench.folder + "/out")
      let batch = try RunningBatch(arguments(mode + ["--jobs", "2"]), log: log)
      #expect(batch.wait { bench.exists("out/ledger.sqlite") && batch.workers.count == 2 })
      kill(try #require(batch.workers.first), SIGKILL)
      #expect(batch.wait { hasResults(bench) })
      kill(batch.process.processIdentifier, signal)
      _ = batch.end()
      #expect(try found(bench, search) == [])
      #expect(search.words(in: batch.errors) == [])
    }
    let result = try run(bench, arguments(mode))
    #expect(result.status == 3 && search.words(in: result.errors + result.output) == [])
    #expect(try found(bench, search) == [])
  }

  private func hasResults(_ bench: BatchBench) -> Bool {
    let files = FileManager.default.enumerator(atPath: bench.folder + "/out")
    return files?.contains { ($0 as? String)?.hasSuffix(".overlay.png") == true } ?? false
  }

  /// Pictures hold pixels and how large they are, and no text at all.
  @Test func picturesHoldNothingButPixels() throws {
    let (bench, arguments) = try bench()
    _ = try run(bench, arguments([]))
    var seen = 0
    for file in try FileManager.default.subpathsOfDirectory(atPath: bench.folder + "/out")
    where file.hasSuffix(".png") {
      let bytes = [UInt8](
        try Data(contentsOf: URL(fileURLWithPath: "\(bench.folder)/out/\(file)")))
      var (position, chunks) = (8, Set<String>())
      while position + 12 <= bytes.count {
        let length = bytes[position..<(position + 4)].reduce(0) { $0 << 8 | Int($1) }
        chunks.insert(String(decoding: bytes[(position + 4)..<(position + 8)], as: UTF8.self))
        position += 12 + length
      }
      #expect(
        chunks.subtracting(["IHDR", "IDAT", "IEND", "pHYs", "PLTE", "tRNS"]) == [], "\(file)")
      seen += 1
    }
    #expect(seen > 2 * PlantedStudy.whole.count)
  }

  @Test func whatWasAskedForIsWrittenAndNotSaid() throws {
    let (bench, arguments) = try bench()
    let asked = try run(bench, arguments(["--include-phi"]))
    #expect(try bench.text("out/QU-4711^Quastel/private.json".sanitized).contains("Zwirbel^Anna"))
    #expect(PlantedSearch(PlantedStudy.inside).words(in: asked.errors + asked.output) == [])
    let both = try run(bench, arguments(["--include-phi", "--pseudonymous"]))
    #expect(both.status == 2 && both.errors.contains("cannot include patient data"))
  }

  /// The search finds what is there, in all the ways it may be there.
  @Test func theSearchFinds() throws {
    let search = PlantedSearch(["Zwirbel", "Bömmel"])
    for text in ["x Zwirbel", "ZWIRBEL", "zwirbel", "Bo\u{308}mmel", "7a77697262656c"] {
      #expect(!search.words(in: text).isEmpty, "\(text)")
    }
    for offset in 0..<3 {
      let text = Data((String(repeating: "x", count: offset) + "Zwirbel^Anna").utf8)
      #expect(search.words(in: text.base64EncodedString()) == ["Zwirbel"])
    }
    for encoding in [String.Encoding.utf16LittleEndian, .utf16BigEndian] {
      #expect(search.words(in: try #require("y Zwirbel".data(using: encoding))) == ["Zwirbel"])
    }
    #expect(search.words(in: "nothing of the kind").isEmpty)
    let (bench, arguments) = try bench()
    _ = try run(bench, arguments(["--pseudonymous"]))
    let names = try PlantedSearch(PlantedStudy.names).places(in: bench.folder + "/out")
    #expect(names.sorted() == PlantedStudy.names.map { "\($0) in names.sqlite" }.sorted())
    let plain = try PlantedSearch(PlantedStudy.inside).places(in: bench.folder + "/Archiv Quastel")
    #expect(Set(plain.map { $0.prefix { $0 != " " } }).count == PlantedStudy.inside.count)
  }
}

extension String {
  /// As outputs are named.
  fileprivate var sanitized: String { replacing("^", with: "_") }
}
