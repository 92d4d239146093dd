import Foundation
import Testing

@Suite struct BenchmarkCommandTests {
  private let samples =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path + "/SampleImages/"

  @Test func readingIsTimedFileByFileAndADamagedOneNamed() throws {
    let files = ["malignant-5-loop.dcm", "damaged.png", "benign-1.png"].map { samples + $0 }
    let ended = try Workbench.run(["benchmark", "--runs", "2", "--json"] + files)
    #expect(ended.status == 3)
    #expect(ended.errors.contains("damaged.png"))
    let document = try JSONSerialization.jsonObject(with: Data(ended.output.utf8))
    let results = try #require((document as? [String: Any])?["files"] as? [[String: Any]])
    #expect(results.map { $0["file"] as? String } == [files[0], files[2]])
    for result in results {
      let (best, median) = (result["best_ms"] as? Double, result["median_ms"] as? Double)
      #expect(try #require(best) > 0 && #require(median) >= #require(best))
    }
    #expect(try #require(results.first?["frames"] as? Int) > 1)
  }

  @Test func everyLayerOfANetworkIsTimed() throws {
    let folder = try Workbench.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Workbench.writeModel(to: folder + "/model.onnx")
    let ended = try Workbench.run([
      "benchmark", "--model", folder + "/model.onnx", "--layers", "--runs", "3",
    ])
    #expect(ended.status == 0, "\(ended.errors)")
    let lines = ended.output.split(separator: "\n")
    #expect(lines.count > 2 && lines.dropLast().allSatisfy { $0.contains(" % ") })
    #expect(lines.last?.hasSuffix("medians of 3") == true)
  }

  @Test func eitherAModelOrFilesAreNamed() throws {
    for arguments in [[], ["--model", "m.onnx", samples + "benign-1.png"]] {
      let ended = try Workbench.run(["benchmark"] + arguments)
      #expect(ended.status == 2)
      #expect(ended.errors.contains("either a --model or image files"))
    }
  }

  @Test func openBLASIsLoadedOnlyByWhatMultiplies() throws {
    let debug = ["LD_DEBUG": "files"]
    let reading = try Workbench.run(["info", samples + "benign-4.dcm"], environment: debug)
    #expect(reading.status == 0 && reading.errors.contains("libdcmdata"))
    #expect(!reading.errors.contains("libopenblas"))
    let doctor = try Workbench.run(["doctor"], environment: debug)
    #expect(doctor.errors.contains("libopenblas"))
  }
}
