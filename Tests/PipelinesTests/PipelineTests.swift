import Batching
import Files
import Foundation
import Intake
import Screening
import Testing

@testable import Pipelines

/// What a pipeline file means.
@Suite struct PipelineTests {
  @Test func theDefaultFileMeansTheDefaults() throws {
    #expect(try read(Pipeline.defaultText) == Pipeline())
  }

  @Test func theDefaultFileExplainsEveryKeyThereIs() throws {
    let lines = Pipeline.defaultText.split(separator: "\n").map(String.init)
    var seen: [String] = []
    for (index, line) in lines.enumerated() where !line.contains("#") {
      let key = String(line.trimmingCharacters(in: .whitespaces).prefix { $0 != ":" })
      seen.append(key)
      guard PipelineKeys.sections[key] == nil else { continue }
      #expect(lines[index - 1].contains("#"), "\(key) has no comment")
    }
    let sections = PipelineKeys.sections.values.flatMap { $0 }
    #expect(seen.sorted() == (PipelineKeys.top + sections).sorted())
    #expect(lines.allSatisfy { $0.count <= 100 })
  }

  @Test func everyKeyIsDocumented() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let page = try String(
      contentsOf: root.appendingPathComponent("Documentation/pipeline.md"), encoding: .utf8)
    for key in PipelineKeys.top where PipelineKeys.sections[key] == nil {
      #expect(page.contains("| `\(key)` |"), "\(key)")
    }
    for (section, keys) in PipelineKeys.sections {
      for key in keys { #expect(page.contains("`\(section).\(key)`"), "\(key)") }
    }
  }

  @Test func everyKeyIsHeeded() throws {
    let pipeline = try read(
      """
      schema: imgdx.pipeline/1
      model: models/mine.onnx
      enhancement:
        - median:size=5
        - clahe
      thresholds: {suspicion: 0.25, mask: .6, minimum_lesion_share: 1e-4}
      outputs:
        mask: no
        overlay: false
        thumbnails: false
        include_phi: true
      limits:
        pixels: 1000
        bytes: 2G
        frames: 7
        timeout: 2.5
        grace: 0
        memory: 512MiB
        jobs: 3
      """)
    var expected = Pipeline()
    expected.adjustments.suspicionThreshold = 0.25
    expected.adjustments.maskThreshold = 0.6
    expected.adjustments.minimumLesionShare = 1e-4
    expected.adjustments.enhancement = pipeline.adjustments.enhancement
    expected.model = pipeline.model
    (expected.pictures, expected.includesThumbnails, expected.includesPHI) = ([], false, true)
    expected.limits.maximumPixels = 1000
    expected.limits.maximumBytes = 2 << 30
    expected.limits.maximumFrames = 7
    (expected.timeout, expected.grace) = (.seconds(2.5), .zero)
    (expected.memory, expected.jobs) = (512 << 20, 3)
    #expect(pipeline == expected)
    let steps = try #require(pipeline.adjustments.enhancement)
    #expect(steps.count == 2 && steps[0] == "median:size=5" && steps[1].hasPrefix("clahe:"))
    #expect(pipeline.model?.hasSuffix("/models/mine.onnx") == true)
  }

  @Test(arguments: [
    "", "# nothing\n", "---\n", "limits:\n", "limits: {}\n",
    "limits: {jobs: default, timeout: default}\nmodel: default\n", "\u{FEFF}schema: default\n",
  ])
  func whatIsLeftOutKeepsItsDefault(text: String) throws {
    #expect(try read(text) == Pipeline())
  }

  @Test func noStepsIsAnEnhancementOfItsOwn() throws {
    #expect(try read("enhancement: []").adjustments.enhancement == [])
    #expect(try read("enhancement: default").adjustments.enhancement == nil)
  }

  @Test func anAbsoluteModelStaysWhereItIs() throws {
    #expect(try read("model: /models/R&D/a b.onnx").model == "/models/R&D/a b.onnx")
  }

  @Test func aFileThatIsMissingIsNamed() {
    #expect(throws: PipelineError.self) { try Pipeline(path: "/no/such/pipeline.yml") }
  }
}

/// Writes a pipeline and reads it.
func read(_ text: String) throws -> Pipeline { try read(Array(text.utf8)) }

func read(_ bytes: [UInt8]) throws -> Pipeline {
  let folder = NSTemporaryDirectory() + "/imgdx-pipeline-\(UUID().uuidString)"
  defer { try? FileManager.default.removeItem(atPath: folder) }
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  try AtomicFile.write(bytes, to: folder + "/p.yml")
  return try Pipeline(path: folder + "/p.yml")
}
