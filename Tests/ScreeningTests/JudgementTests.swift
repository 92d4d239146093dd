import Files
import Foundation
import Imaging
import ModelFiles
import Networks
import Tensors
import Testing

@testable import Screening

/// From known network outputs to findings.
@Suite struct JudgementTests {
  private func model(flips: Bool = false, edit: (inout ModelMetadata) -> Void = { _ in }) throws
    -> ScreeningModel
  {
    var metadata = ModelMetadata(
      name: "test", labels: ["normal", "benign", "malignant"], suspiciousLabels: ["malignant"],
      input: InputSpecification(width: 4, height: 4), classificationOutput: "class",
      segmentationOutput: "mask", minimumLesionShare: 0, averagesFlips: flips, modalities: ["US"])
    edit(&metadata)
    return try ScreeningModel(
      model: Model(graph: Graph(), metadata: metadata), metadata: metadata,
      digest: Digest(of: [UInt8](arrayLiteral: 1)))
  }

  private func findings(
    _ model: ScreeningModel, logits: [Float], lesion: [Float],
    image: Image = Image(width: 4, height: 4, pixels: .uint8((0..<16).map { $0 }))
  ) throws -> Findings {
    let count = model.metadata.averagesFlips ? 2 : 1
    let answer = try NetworkAnswer(
      [
        "class": Tensor(shape: [count, 3], logits),
        "mask": Tensor(shape: [count, 1, 4, 4], lesion),
      ], model: model)
    return model.judge(answer, of: image, try model.preprocessing.prepare(image))
  }

  private let spot: [Float] = [-9, -9, -9, -9, -9, 9, 9, -9, -9, 9, 9, -9, -9, -9, -9, -9]

  @Test func outlinesAndClassifies() throws {
    let found = try findings(model(), logits: [0, 0, 2], lesion: spot)
    #expect(found.decision?.label == "malignant" && found.isSuspicious)
    #expect(abs(found.probabilities.reduce(0) { $0 + $1.probability } - 1) < 1e-6)
    #expect(found.lesions.count == 1 && found.mask?.area == 4)
    #expect(found.lesions[0].box == PixelBox(x: 1, y: 1, width: 2, height: 2))
    #expect(found.warnings == ["the file tells no pixel spacing: sizes are in pixels only"])
  }

  /// Regression: a black frame came out malignant, with a lesion.
  @Test func anImageOfOneValueIsNotScreened() throws {
    let screener = Screener(model: try model())
    let black = Image(width: 4, height: 4, pixels: .uint8([UInt8](repeating: 0, count: 16)))
    #expect(throws: ScreeningError.blankImage) { try screener.screen(black) }
  }

  @Test func hugeLogitsStayNumbers() throws {
    let found = try findings(model(), logits: [1000, -1000, 0], lesion: spot.map { $0 * 1000 })
    #expect(found.probabilities.map(\.probability) == [1, 0, 0])
  }

  @Test func mirrorImagesAreTurnedBack() throws {
    let left: [Float] = [9, -9, -9, -9, 9, -9, -9, -9, -9, -9, -9, -9, -9, -9, -9, -9]
    let right: [Float] = [-9, -9, -9, 9, -9, -9, -9, 9, -9, -9, -9, -9, -9, -9, -9, -9]
    let found = try findings(model(flips: true), logits: [0, 0, 2, 0, 0, 2], lesion: left + right)
    #expect(found.mask?.pixels == left.map { $0 > 0 ? 1 : 0 })
    #expect(found.lesions.first?.touchesEdge == true)
  }

  @Test func mirroringTwiceIsNothing() {
    let planes = (0..<24).map { Float($0) }
    #expect(mirrored(planes, width: 4)[0..<4] == [3, 2, 1, 0])
    #expect(mirrored(mirrored(planes, width: 4), width: 4) == planes)
  }

  @Test func smallLesionsAreDropped() throws {
    var speck = spot
    speck[0] = -9
    speck[15] = 9
    let strict = try model { $0.minimumLesionShare = 0.2 }
    var single = [Float](repeating: -9, count: 16)
    single[3] = 9
    #expect(try findings(strict, logits: [0, 1, 0], lesion: single).lesions.isEmpty)
    #expect(try findings(strict, logits: [0, 1, 0], lesion: single).mask?.area == 0)
    #expect(try findings(strict, logits: [0, 1, 0], lesion: speck).mask?.area == 5)
  }

  @Test func contradictionsAreTold() throws {
    let none = [Float](repeating: -9, count: 16)
    #expect(
      try findings(model(), logits: [5, 0, 0], lesion: spot).warnings
        .contains("classified as normal, yet a lesion was outlined"))
    #expect(
      try findings(model(), logits: [0, 5, 0], lesion: none).warnings
        == ["classified as benign, yet no lesion was outlined"])
    #expect(
      try findings(model(), logits: [0, 2, 2], lesion: spot).warnings
        .contains("undecided between benign and malignant"))
  }

  @Test func foreignModalityIsTold() throws {
    var image = Image(width: 4, height: 4, pixels: .uint8((0..<16).map { $0 }))
    image.attributes.modality = "CT"
    let found = try findings(model(), logits: [5, 0, 0], lesion: spot, image: image)
    #expect(found.warnings.first?.contains("trained on US images; this one is CT") == true)
  }

  @Test func suspicionAddsUpOverLabels() throws {
    let wary = try model { $0.suspicionThreshold = 0.2 }
    let found = try findings(wary, logits: [0, 1, 0.2], lesion: spot)
    #expect(found.decision?.label == "benign" && found.isSuspicious)
  }

  @Test func wrongOutputsAreRefused() throws {
    let model = try model()
    let mask = Tensor(shape: [1, 1, 4, 4])
    let outputs: [[String: Tensor]] = [
      [:], ["class": Tensor(shape: [1, 2]), "mask": mask], ["class": Tensor(shape: [1, 3])],
      ["class": Tensor(shape: [1, 3]), "mask": Tensor(shape: [1, 2, 4, 4])],
      ["class": Tensor(shape: [1, 3], [.nan, 0, 0]), "mask": mask],
    ]
    for output in outputs {
      #expect(throws: ScreeningError.self) { try NetworkAnswer(output, model: model) }
    }
  }

  @Test func contradictoryMetadataIsRefused() throws {
    #expect(throws: ScreeningError.self) { try model { $0.suspiciousLabels = ["bad"] } }
    #expect(throws: ScreeningError.self) { try model { $0.maskThreshold = 1 } }
    #expect(throws: ScreeningError.self) { try model { $0.labels = ["one"] } }
    #expect(throws: ScreeningError.self) {
      try model {
        $0.classificationOutput = nil
        $0.segmentationOutput = nil
      }
    }
  }
}
