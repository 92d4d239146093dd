import Codecs
import Files
import Foundation
import Imaging
import Testing

/// `classify`, `segment` and `batch` as a user runs them.
@Suite struct ScreeningCommandTests {
  private func bench(_ body: (_ folder: String, _ model: String) throws -> Void) throws {
    let folder = try Workbench.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let model = folder + "/model.onnx"
    try Workbench.writeModel(to: model)
    try FileManager.default.createDirectory(
      atPath: folder + "/in/deep", withIntermediateDirectories: true)
    try Workbench.writeImage(to: folder + "/in/a.png")
    try Workbench.writeImage(to: folder + "/in/deep/a.png", seed: 3)
    try body(folder, model)
  }

  private func object(_ text: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  @Test func classifyPrintsOneDocumentAnImage() throws {
    try bench { folder, model in
      let result = try Workbench.run(
        ["classify", folder + "/in/a.png", "--json", "--model", model])
      #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
      let document = try object(result.output)
      #expect(document["schema"] as? String == "imgdx.classification/1")
      #expect((document["sha256"] as? String)?.count == 64)
      let probabilities = try #require(document["probabilities"] as? [String: Double])
      #expect(Set(probabilities.keys) == ["normal", "benign", "malignant"])
      #expect(abs(probabilities.values.reduce(0, +) - 1) < 1e-5)
      #expect(probabilities.max { $0.value < $1.value }?.key == document["label"] as? String)
      #expect((document["model"] as? [String: Any])?["name"] as? String == "test-model")
    }
  }

  @Test(arguments: ["classify", "segment"])
  func linesComeWithTheirWarnings(command: String) throws {
    try bench { folder, model in
      let image = Image(width: 6, height: 4, pixels: .uint8((0..<24).map { UInt8($0 * 9) }))
      try AtomicFile.write(PNGCodec.encode(image), to: folder + "/tiny.png")
      let output = command == "segment" ? ["-o", folder + "/out"] : []
      let result = try Workbench.run(
        [command, folder + "/tiny.png", "--model", model] + output)
      #expect(result.status == 0)
      #expect(
        result.errors.contains("tiny.png: warning: the image has only 6 x 4 pixels"),
        "\(result.errors)")
      #expect(!result.errors.contains("pixel spacing"))
    }
  }

  @Test func badFilesAreNamedAndTheRestIsDone() throws {
    try bench { folder, model in
      try Data([0x89, 0x50, 0x4E, 0x47]).write(to: URL(fileURLWithPath: folder + "/in/bad.png"))
      let result = try Workbench.run(["classify", folder + "/in", "--csv", "--model", model])
      #expect(result.status == 3)
      #expect(result.errors.contains("in/bad.png: "))
      #expect(result.output.components(separatedBy: "\r\n").count == 5)
    }
  }

  @Test func standardInputIsAFile() throws {
    try bench { folder, model in
      let result = try Workbench.run(
        ["classify", "-", "--json"], environment: ["IMGDX_MODEL": model],
        input: folder + "/in/a.png")
      #expect(result.status == 0 && result.output.contains("\"file\":\"-\""), "\(result.errors)")
    }
  }

  @Test func segmentWritesThreeFilesAnImage() throws {
    try bench { folder, model in
      let result = try Workbench.run(
        ["segment", folder + "/in/a.png", "-o", folder + "/out", "--model", model])
      #expect(result.status == 0, "\(result.errors)")
      for ending in ["json", "mask.png", "overlay.png"] {
        #expect(exists("\(folder)/out/a.\(ending)"))
      }
    }
  }

  @Test func batchLeavesAReportAndNoTraces() throws {
    try bench { folder, model in
      try Data("nothing".utf8).write(to: URL(fileURLWithPath: folder + "/in/broken.dcm"))
      try Data("notes".utf8).write(to: URL(fileURLWithPath: folder + "/in/notes.txt"))
      let arguments = ["batch", folder + "/in", "-o", folder + "/out", "--model", model]
      let result = try Workbench.run(arguments)
      #expect(result.status == 3, "\(result.errors)")
      let names = ["a", "deep/a"].flatMap { ["\($0).json", "\($0).mask.png", "\($0).overlay.png"] }
      let expected = Set(
        names + [
          "broken.json", "summary.csv", "failures.csv", "run.json", "report.html", "deep",
          "ledger.sqlite", ".lock",
        ])
      let found = try FileManager.default.subpathsOfDirectory(atPath: folder + "/out")
      #expect(Set(found) == expected)
      let run = try object(String(contentsOfFile: folder + "/out/run.json", encoding: .utf8))
      let counts = try #require(run["counts"] as? [String: Any])
      #expect(counts["screened"] as? Int == 2 && counts["failed"] as? Int == 1)
    }
  }

  @Test func resultsDoNotDependOnJobs() throws {
    try bench { folder, model in
      for jobs in ["1", "3"] {
        let out = "\(folder)/out\(jobs)"
        let result = try Workbench.run(
          ["batch", folder + "/in", "-o", out, "--model", model, "--jobs", jobs])
        #expect(result.status == 0, "\(result.errors)")
      }
      for file in ["summary.csv", "a.mask.png", "deep/a.overlay.png"] {
        let one = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/out1/\(file)"))
        let three = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/out3/\(file)"))
        #expect(one == three, "\(file)")
      }
    }
  }

  @Test func outputsAreNotTakenForInputs() throws {
    try bench { folder, model in
      let arguments = ["batch", folder + "/in", "-o", folder + "/in/out", "--model", model]
      for _ in 0..<2 { #expect(try Workbench.run(arguments).status == 0) }
      let csv = try String(contentsOfFile: folder + "/in/out/summary.csv", encoding: .utf8)
      #expect(csv.components(separatedBy: "\r\n").count == 4)
      let refused = try Workbench.run(["batch", folder + "/in", "-o", folder + "/in/"])
      #expect(refused.status == 1 && refused.errors.contains("also an input"))
    }
  }

  @Test func wrongThreadCountsAreRefused() throws {
    for (arguments, threads) in [(["--jobs", "0"], "1"), ([], "many")] {
      let result = try Workbench.run(
        ["classify", "x.png"] + arguments, environment: ["IMGDX_THREADS": threads])
      #expect(result.status == 2 && result.errors.contains("a number from 1 to 1024"))
    }
  }

  @Test func whatCannotRunSaysWhy() throws {
    try bench { folder, _ in
      let noModel = try Workbench.run([
        "classify", folder + "/in", "--model", folder + "/none.onnx",
      ])
      #expect(noModel.status == 1 && noModel.errors.contains("none.onnx"))
      let empty = try Workbench.folder()
      defer { try? FileManager.default.removeItem(atPath: empty) }
      let nothing = try Workbench.run(["batch", empty, "-o", folder + "/out"])
      #expect(nothing.status == 1 && nothing.errors.contains("no images found"))
      let missing = try Workbench.run(["batch", folder + "/typo", "-o", folder + "/out"])
      #expect(missing.status == 1 && missing.errors.contains("no such file or folder"))
      #expect(!exists(folder + "/out"))
    }
  }
}
