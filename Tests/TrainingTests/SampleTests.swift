import Codecs
import Foundation
import Imaging
import ModelFiles
import Synchronization
import Testing

@testable import Training

/// Samples from files, and models asked about files.
struct SampleTests {
  /// A folder of ten images, 20x12, bright where the mask is; every third without a lesion.
  private struct Folder: ~Copyable {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("imgdx-samples-\(UUID().uuidString)")
    var manifest: String { path.appendingPathComponent("set.csv").path }

    init() throws {
      try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
      var lines = ["image,label,mask,patient_id"]
      for index in 0..<10 {
        let mask = Mask(
          width: 20, height: 12,
          pixels: (0..<240).map { index % 3 != 0 && $0 % 20 < 5 + index ? 1 : 0 })
        let image = Image(
          width: 20, height: 12, pixels: .uint8(mask.pixels.map { 40 + 200 * $0 }))
        try Data(PNGCodec.encode(image)).write(to: file("\(index).png"))
        try Data(PNGCodec.encode(mask)).write(to: file("\(index)-mask.png"))
        lines.append(
          "\(index).png,\(index % 3 == 0 ? "normal" : "lesion"),\(index)-mask.png,p\(index / 2)")
      }
      try Data(lines.joined(separator: "\n").utf8).write(to: file("set.csv"))
    }

    func file(_ name: String) -> URL { path.appendingPathComponent(name) }

    deinit { try? FileManager.default.removeItem(at: path) }
  }

  @Test func samplesLieOnTheNetworksInput() throws {
    let folder = try Folder()
    let manifest = try Manifest(contentsOf: folder.manifest)
    let specification = InputSpecification(width: 40, height: 40)
    let calls = Atomic(0)
    let set = try SampleSet.load(manifest, specification: specification, threads: 3) {
      calls.add(1, ordering: .relaxed)
    }
    #expect(calls.load(ordering: .relaxed) == 10 && set.samples.map(\.item) == Array(0..<10))
    #expect(set.labels == ["lesion", "normal"] && set.classCounts == [6, 4])
    let sample = set.samples[1]
    // 20x12 doubled and centred: rows 8..<32.
    #expect(sample.image[7 * 40 + 3] == 0 && sample.image[32 * 40 + 3] == 0)
    #expect(sample.image[20 * 40 + 2] == UInt16((240.0 / 255 * 65535).rounded()))
    #expect(sample.lesion?[20 * 40 + 2] == 255 && sample.lesion?[20 * 40 + 30] == 0)
    #expect(set.samples[0].lesion?.contains { $0 > 0 } == false && sample.classIndex == 0)
    let inside = 240.0 * 6 / 20 / 255 + 40.0 * 14 / 20 / 255
    #expect(abs(Double(sample.mean) - inside) < 0.001)
  }

  @Test func aMaskOfAnotherSizeIsRefused() throws {
    let folder = try Folder()
    try Data(PNGCodec.encode(Mask(width: 12, height: 20))).write(to: folder.file("4-mask.png"))
    let manifest = try Manifest(contentsOf: folder.manifest)
    let error = #expect(throws: TrainingError.self) {
      try SampleSet.load(manifest, specification: InputSpecification(width: 16, height: 16))
    }
    #expect(error.map { "\($0)" }?.contains("is 12x20 pixels, its image 20x12") == true)
  }

  @Test func everyEpochVisitsEverySampleInAnotherOrder() {
    let first = SampleSet.order(of: 50, epoch: 0, seed: 1)
    #expect(first.sorted() == Array(0..<50) && first != Array(0..<50))
    #expect(first == SampleSet.order(of: 50, epoch: 0, seed: 1))
    #expect(first != SampleSet.order(of: 50, epoch: 1, seed: 1))
  }

  /// Says "lesion" for bright images and marks what is bright.
  @Sendable private static func respondent() -> Evaluator.Respondent {
    { image in
      let mask = Mask(
        width: image.width, height: image.height,
        pixels: image.pixels.floats().map { $0 > 127 ? 1 : 0 })
      return ImageAnswer(probabilities: mask.area > 0 ? [0.2, 0.8] : [0.7, 0.3], mask: mask)
    }
  }

  @Test func aPerfectModelIsMeasuredAsOne() throws {
    let folder = try Folder()
    let evaluator = try Evaluator(
      try Manifest(contentsOf: folder.manifest), labels: ["normal", "lesion"])
    let results = evaluator.run(workers: 3, makeRespondent: Self.respondent)
    #expect(results.map(\.item.name) == (0..<10).map { "\($0).png" })
    let report = EvaluationReport(
      try results.map { try $0.result.get() }, labels: ["normal", "lesion"])
    #expect(report.images == 10 && report.patients == 5)
    #expect(report.accuracy == 1 && report.auc == 1 && report.dice == 1)
    #expect(report.falsePositiveRate == 0 && report.confusion == [[4, 0], [0, 6]])
  }

  @Test func aDamagedFileIsToldOfInItsPlace() throws {
    let folder = try Folder()
    try Data("no picture".utf8).write(to: folder.file("3.png"))
    let evaluator = try Evaluator(
      try Manifest(contentsOf: folder.manifest), labels: ["normal", "lesion"])
    let results = evaluator.run(workers: 2, makeRespondent: Self.respondent)
    #expect(results.count == 10)
    for (index, image) in results.enumerated() {
      #expect((try? image.result.get()) == nil ? index == 3 : index != 3)
    }
  }

  @Test func stoppingLeavesOutTheRest() throws {
    let folder = try Folder()
    let evaluator = try Evaluator(
      try Manifest(contentsOf: folder.manifest), labels: ["normal", "lesion"])
    let asked = Mutex(0)
    let results = evaluator.run(
      workers: 1,
      shouldStop: {
        asked.withLock {
          $0 += 1; return $0 > 4
        }
      },
      makeRespondent: Self.respondent)
    #expect(results.count == 4)
  }

  @Test func dataThatCannotTellIsRefusedBeforeAnyWork() throws {
    let folder = try Folder()
    let manifest = try Manifest(contentsOf: folder.manifest)
    let error = #expect(throws: TrainingError.self) {
      try Evaluator(manifest, labels: ["benign", "malignant"])
    }
    #expect(error.map { "\($0)" }?.contains("lesion, normal") == true)
    #expect(throws: TrainingError.self) { try Evaluator(manifest, indices: [], labels: []) }
    try FileManager.default.removeItem(at: folder.file("9-mask.png"))
    #expect(throws: TrainingError.self) { try Evaluator(manifest, labels: ["normal", "lesion"]) }
  }

  private static let corpus =
    (ProcessInfo.processInfo.environment["IMGDX_SHARED"] ?? "../shared") + "/datasets/busi"

  @Test(
    .enabled(
      if: FileManager.default.fileExists(atPath: corpus),
      "the breast ultrasound set is not here; set IMGDX_SHARED"))
  func readsTheBreastUltrasoundSet() throws {
    let manifest = try Manifest(contentsOf: Self.corpus + "/manifest.csv")
    #expect(manifest.items.count == 623 && manifest.labels == ["benign", "malignant", "normal"])
    try manifest.checkFiles()
    let split = try manifest.split(validationShare: 0.2, testShare: 0, seed: 1)
    #expect(abs(split.validation.count - 125) <= 2)
    let chosen = Array(stride(from: 0, to: 623, by: 40))
    let set = try SampleSet.load(
      manifest, indices: chosen, specification: InputSpecification(width: 256, height: 256))
    for sample in set.samples {
      let area = sample.lesion?.count { $0 > 127 } ?? -1
      #expect(manifest.labels[sample.classIndex ?? 0] == "normal" ? area == 0 : area > 50)
    }
  }
}
