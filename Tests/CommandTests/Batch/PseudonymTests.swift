import Foundation
import Testing

/// `--pseudonymous` and `imgdx batch names`.
@Suite struct PseudonymTests {
  private var pseudonym: Regex<(Substring, Substring?, Substring?)> {
    /[0-9a-f]{24}(\/[0-9a-f]{24})?(-[0-9]+)?/
  }

  private func names(_ bench: BatchBench, _ more: [String] = []) throws -> (
    status: Int32, names: [String: String], errors: String
  ) {
    let result = try Workbench.run(["batch", "names", bench.folder + "/out"] + more)
    let pairs = result.output.split(separator: "\n").map { line in
      let parts = line.split(separator: "\t").map(String.init)
      return (parts[0], parts[1])
    }
    return (result.status, Dictionary(pairs) { first, _ in first }, result.errors)
  }

  private func worked(_ bench: BatchBench) throws -> Int? {
    try bench.object("out/run.json")["images_this_time"] as? Int
  }

  @Test func everythingIsCalledByItsPseudonym() throws {
    let bench = try BatchBench(images: 4)
    #expect(try bench.run("out", ["--pseudonymous"]).status == 0)
    let mode = try FileManager.default.attributesOfItem(atPath: bench.folder + "/out/names.sqlite")
    #expect((mode[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    let run = try bench.object("out/run.json")
    let cases = try #require(run["cases"] as? [[String: Any]])
    let all = try names(bench)
    #expect(all.status == 0 && all.names.count == 5, "four files and an input")
    for item in cases {
      let name = try #require(item["name"] as? String)
      #expect(item["file"] as? String == name && name.wholeMatch(of: pseudonym) != nil)
      #expect(try bench.object("out/\(name).json")["file"] as? String == name)
      #expect(all.names[name]?.hasPrefix(bench.input) == true)
    }
    let input = try #require((run["inputs"] as? [String])?.first)
    #expect(all.names[input] == bench.input)
    // Files of one folder stay together.
    let folders = Set(cases.compactMap { ($0["name"] as? String)?.split(separator: "/").first })
    #expect(Set(all.names.values.filter { $0.contains("/deep/") }).count == 2 && folders.count == 3)
  }

  @Test func theSameNamesAreGivenAgain() throws {
    let bench = try BatchBench(images: 4)
    try bench.run("out", ["--pseudonymous"])
    let first = try bench.snapshot("out")
    #expect(try bench.run("out", ["--pseudonymous"]).status == 0)
    #expect(try worked(bench) == 0)
    #expect(try BatchBench.differences(first, bench.snapshot("out")) == [])
    // Without its ledger it makes the same files again.
    for file in ["ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"] {
      try? FileManager.default.removeItem(atPath: "\(bench.folder)/out/\(file)")
    }
    #expect(try bench.run("out", ["--pseudonymous"]).status == 0)
    #expect(try worked(bench) == 4)
    #expect(try BatchBench.differences(first, bench.snapshot("out")) == [])
    // Another folder has another key, and no name in common.
    try bench.run("other", ["--pseudonymous"])
    let results = Set(try bench.snapshot("other").keys.filter { $0.hasSuffix(".mask.png") })
    #expect(results.count == 4 && results.isDisjoint(with: first.keys))
  }

  /// The folders of two nights hold files of the same names.
  @Test func filesOfOneNameInTwoInputsStayApart() throws {
    let bench = try BatchBench(images: 2)
    let second = bench.folder + "/second"
    try FileManager.default.copyItem(atPath: bench.input, toPath: second)
    try Workbench.writeImage(to: second + "/0001.png", seed: 77)
    let arguments = bench.arguments("out", ["--pseudonymous", second])
    for round in 1...2 {
      #expect(try Workbench.run(arguments).status == 0)
      #expect(try worked(bench) == (round == 1 ? 4 : 0))
    }
    let all = try names(bench).names
    #expect(Set(all.values).count == 6 && all.keys.filter { $0.hasSuffix("-2") }.count == 2)
    for (name, path) in all where path.hasSuffix(".png") {
      let document = try bench.object("out/\(name).json")
      let digest = try Workbench.runShell("sha256sum '\(path)'").output.prefix(64)
      #expect(document["sha256"] as? String == String(digest))
    }
  }

  @Test func namesAreLookedUpOneByOneAndByFolder() throws {
    let bench = try BatchBench(images: 4)
    try bench.run("out", ["--pseudonymous"])
    let all = try names(bench).names
    let deep = try #require(all.first { $0.value.hasSuffix("deep/0003.png") })
    for text in [deep.key, deep.key + ".json", deep.key + ".frame-0002.overlay.png"] {
      #expect(try names(bench, [text]).names == [deep.key: deep.value], "\(text)")
    }
    let folder = String(deep.key.prefix { $0 != "/" })
    #expect(try names(bench, [folder]).names.count == 2)
    let none = try names(bench, ["ffff", deep.key])
    #expect(none.status == 3 && none.names.count == 1)
    #expect(none.errors.contains("has no file that is called ffff"))
    let plain = try Workbench.run(["batch", "names", bench.folder])
    #expect(plain.status == 1 && plain.errors.contains("no batch has been run"))
  }

  /// A ledger keeps what was once written in it: the other kind of names needs another folder.
  @Test func theOtherKindOfNamesIsRefused() throws {
    let bench = try BatchBench(images: 2)
    try bench.run("plain")
    let before = try bench.snapshot("plain")
    let first = try bench.run("plain", ["--pseudonymous"])
    #expect(first.status == 1 && first.errors.contains("holds results with real names"))
    #expect(try BatchBench.differences(before, bench.snapshot("plain")) == [])
    #expect(!bench.exists("plain/names.sqlite"))
    try bench.run("out", ["--pseudonymous"])
    for more in [[], ["--dry-run"], ["--shard", "0/2"]] {
      let second = try bench.run("out", more)
      #expect(second.status == 1 && second.errors.contains("give --pseudonymous again"))
    }
    try FileManager.default.removeItem(atPath: bench.folder + "/out/names.sqlite")
    let third = try bench.run("out", ["--pseudonymous"])
    #expect(third.status == 1 && third.errors.contains("has no names.sqlite"))
  }

  @Test func aDamagedFileOfNamesIsToldAndKept() throws {
    let bench = try BatchBench(images: 1)
    try bench.run("out", ["--pseudonymous"])
    let path = bench.folder + "/out/names.sqlite"
    try Data("damaged".utf8).write(to: URL(fileURLWithPath: path))
    let result = try bench.run("out", ["--pseudonymous"])
    #expect(result.status == 1 && result.errors.contains("is damaged: put a copy of it back"))
    #expect(try bench.text("out/names.sqlite") == "damaged")
  }

  @Test func inputsAreNotNamedInErrors() throws {
    let bench = try BatchBench(images: 1)
    let folder = bench.folder
    for name in ["nothing", "out"] {
      try FileManager.default.createDirectory(
        atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
    }
    func errors(_ input: String, _ more: [String] = []) throws -> String {
      try Workbench.run(
        ["batch", input, "-o", folder + "/out", "--model", bench.model, "--pseudonymous"] + more
      ).errors
    }
    for more in [[], ["--dry-run"]] {
      #expect(try errors(folder + "/no", more) == "imgdx: no such file or folder: input 1\n")
      #expect(try errors(folder + "/nothing", more) == "imgdx: no images found in input 1\n")
      #expect(
        try errors(folder + "/out/", more).hasPrefix(
          "imgdx: the output folder input 1 is also an input; choose another"))
    }
  }

  @Test func aPipelineCanAskForIt() throws {
    let bench = try BatchBench(images: 1)
    let pipeline = bench.folder + "/p.yml"
    try Data("outputs: {pseudonymous: true}".utf8).write(to: URL(fileURLWithPath: pipeline))
    #expect(try bench.run("out", ["--pipeline", pipeline]).status == 0)
    #expect(bench.exists("out/names.sqlite"))
    #expect(try bench.run("plain", ["--pipeline", pipeline, "--no-pseudonymous"]).status == 0)
    #expect(!bench.exists("plain/names.sqlite"))
  }

  /// What comes during a watch gets a name too, and what was there keeps its own.
  @Test func aWatchedFolderHasPseudonymsToo() throws {
    let bench = try BatchBench(images: 3)
    func images() -> Int? { try? (bench.object("out/run.json")["cases"] as? [Any])?.count }
    let batch = try bench.start("out", ["--pseudonymous", "--watch", "--quiet-period", "0.3s"])
    #expect(batch.wait { images() == 3 }, "\(batch.errors)")
    let before = try names(bench).names
    try bench.addImage(3)
    #expect(batch.wait { images() == 4 }, "\(batch.errors)")
    kill(batch.process.processIdentifier, SIGTERM)
    #expect(batch.end() == 75)
    let after = try names(bench).names
    #expect(before.allSatisfy { after[$0.key] == $0.value } && after.count == 5)
    #expect(PlantedSearch([bench.input]).words(in: batch.errors) == [])
  }

  @Test func shardsShareTheirNames() throws {
    let bench = try BatchBench(images: 9)
    let shards = (0..<3).map { ["--pseudonymous", "--shard", "\($0)/3"] }
    // At once, so that they make the key at once.
    let batches = try shards.enumerated().map { index, more in
      try RunningBatch(bench.arguments("out", more), log: "\(bench.folder)/\(index).log")
    }
    for batch in batches { #expect(batch.end() == 0, "\(batch.errors)") }
    #expect(try names(bench).names.count == 10)
    #expect(try Workbench.run(["batch", "merge", bench.folder + "/out"]).status == 0)
    #expect((try bench.object("out/run.json")["cases"] as? [Any])?.count == 9)
    #expect(try names(bench).names.count == 10)
    let books = try FileManager.default.subpathsOfDirectory(atPath: bench.folder + "/out")
      .filter { $0.hasSuffix("names.sqlite") }
    for book in books {
      let mode = try FileManager.default.attributesOfItem(atPath: "\(bench.folder)/out/\(book)")
      #expect((mode[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    }
    #expect(books.count == 1)
    // A run over everything goes on from there.
    #expect(try bench.run("out", ["--pseudonymous"]).status == 0)
    #expect(try worked(bench) == 0)
  }

  /// The pseudonym of an archived file was given to another patient's.
  @Test func aPseudonymStandsForOneFileForGood() throws {
    let bench = try BatchBench(images: 0)
    var inputs: [String] = []
    for (index, name) in ["anna", "berta"].enumerated() {
      inputs.append("\(bench.folder)/\(name)")
      try FileManager.default.createDirectory(
        atPath: inputs[index], withIntermediateDirectories: true)
      try Workbench.writeImage(to: inputs[index] + "/scan.png", seed: index + 1)
    }
    func run(_ more: [String] = []) throws -> Int32 {
      try Workbench.run(
        ["batch"] + inputs
          + ["-o", bench.folder + "/out", "--model", bench.model, "--pseudonymous"] + more
      ).status
    }
    #expect(try run() == 0)
    let before = try names(bench).names
    try FileManager.default.removeItem(atPath: inputs[0] + "/scan.png")
    #expect(try run() == 0)
    #expect(try names(bench).names == before)
    #expect(try bench.text("out/summary.csv").split(whereSeparator: \.isNewline).count == 2)
  }

  @Test func afterAMergeOneFileHoldsTheNames() throws {
    let bench = try BatchBench(images: 6)
    for part in ["0/2", "1/2"] {
      #expect(try bench.run("out", ["--pseudonymous", "--shard", part]).status == 0)
    }
    let before = try names(bench).names
    #expect(try Workbench.run(["batch", "merge", bench.folder + "/out"]).status == 0)
    #expect(try names(bench).names == before)
    #expect(!bench.exists("out/shards/0-of-2/names.sqlite"))
    #expect(!bench.exists("out/shards/1-of-2/names.sqlite"))
    // A shard that runs again knows what the others were called.
    try bench.addImage(9)
    #expect(try bench.run("out", ["--pseudonymous", "--shard", "0/2"]).status == 0)
    #expect(try before.allSatisfy { try names(bench).names[$0.key] == $0.value })
  }

  @Test func namesOfABatchThatHidesNoneAreNotCalledLost() throws {
    let bench = try BatchBench(images: 1)
    try bench.run("out")
    let names = try Workbench.run(["batch", "names", bench.folder + "/out"])
    #expect(names.status == 1 && names.errors.contains("called after their files"))
  }

  @Test func shardsWithDifferentKeysAreNotMerged() throws {
    let bench = try BatchBench(images: 6)
    try bench.run("out", ["--pseudonymous", "--shard", "0/2"])
    try bench.run("other", ["--pseudonymous", "--shard", "1/2"])
    try FileManager.default.copyItem(
      atPath: bench.folder + "/other/shards/1-of-2",
      toPath: bench.folder + "/out/shards/1-of-2")
    let merged = try Workbench.run(["batch", "merge", bench.folder + "/out"])
    #expect(merged.status == 1 && merged.errors.contains("shard 1/2 has another key"))
  }
}
