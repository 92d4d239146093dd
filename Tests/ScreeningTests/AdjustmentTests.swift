import Files
import Imaging
import ModelFiles
import Networks
import Tensors
import Testing

@testable import Screening

/// A run may ask a model otherwise than its file says, and every result tells.
@Suite struct AdjustmentTests {
  private func model(_ edit: (inout ModelAdjustments) -> Void) throws -> ScreeningModel {
    let metadata = ModelMetadata(
      name: "test", labels: ["benign", "malignant"], suspiciousLabels: ["malignant"],
      input: InputSpecification(width: 4, height: 4, enhancement: ["median:size=3"]),
      classificationOutput: "class", segmentationOutput: "mask", minimumLesionShare: 0,
      averagesFlips: false)
    var adjustments = ModelAdjustments()
    edit(&adjustments)
    let model = try ScreeningModel(
      model: Model(graph: Graph(), metadata: metadata), metadata: metadata,
      digest: Digest(of: [UInt8](arrayLiteral: 1)))
    return try model.adjusted(by: adjustments)
  }

  /// What is found where one pixel in four reaches 0.6 and the others 0.2.
  private func findings(_ model: ScreeningModel, image: Image = AdjustmentTests.ramp) throws
    -> Findings
  {
    let lesion: [Float] = (0..<16).map { $0 < 4 ? 0.405_465 : -1.386_294 }
    let answer = try NetworkAnswer(
      ["class": Tensor(shape: [1, 2], [0.5, 0]), "mask": Tensor(shape: [1, 1, 4, 4], lesion)],
      model: model)
    return model.judge(answer, of: image, try model.preprocessing.prepare(image))
  }

  private static let ramp = Image(width: 4, height: 4, pixels: .uint8((0..<16).map { $0 * 9 }))

  private func remarks(_ findings: Findings) -> [String] {
    findings.warnings.filter { $0.contains("the model was trained with") }
  }

  @Test func withoutAdjustmentsNothingChanges() throws {
    let found = try findings(model { _ in })
    #expect(found.enhancement == ["median:size=3"] && remarks(found).isEmpty)
    #expect(!found.isSuspicious && found.lesions.first?.area == 4)
  }

  @Test func anotherEnhancementIsAppliedAndRemarkedOn() throws {
    let found = try findings(model { $0.enhancement = ["gaussian:sigma=2"] })
    #expect(found.enhancement == ["gaussian:sigma=2"])
    #expect(
      remarks(found) == [
        "the network was shown images enhanced by gaussian:sigma=2, as this run asked; the model was "
          + "trained with images enhanced by median:size=3, so its findings may be worse than was "
          + "measured for it"
      ])
    let none = try findings(model { $0.enhancement = [] })
    #expect(none.enhancement == [] && remarks(none).count == 1)
  }

  @Test func theModelsOwnEnhancementInOtherWordsIsNoChange() throws {
    let found = try findings(model { $0.enhancement = ["median"] })
    #expect(remarks(found).isEmpty)
  }

  @Test func thresholdsMoveTheDecisions() throws {
    let marked = try findings(model { $0.suspicionThreshold = 0.3 })
    #expect(marked.isSuspicious && marked.decision?.threshold == 0.3)
    let strict = try findings(model { $0.maskThreshold = 0.7 })
    #expect(strict.lesions.isEmpty && strict.maskThreshold == 0.7)
    let wide = try findings(model { $0.maskThreshold = 0.1 })
    #expect(wide.lesions.first?.area == 16)
    #expect(try findings(model { $0.minimumLesionShare = 0.5 }).lesions.isEmpty)
  }

  @Test func nonsenseIsRefused() {
    #expect(throws: ScreeningError.self) { try model { $0.enhancement = ["blur"] } }
    #expect(throws: ScreeningError.self) { try model { $0.maskThreshold = 1 } }
  }
}
