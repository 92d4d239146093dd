import Imaging
import ModelFiles
import Testing

@testable import Screening

/// From an image to the network's input and back.
@Suite struct PreprocessingTests {
  @Test func letterboxIsCentredAndKeepsTheAspect() {
    let specification = InputSpecification(width: 8, height: 8)
    let geometry = InputGeometry(width: 200, height: 100, on: specification)
    #expect(geometry.contentWidth == 8 && geometry.contentHeight == 4)
    #expect(geometry.left == 0 && geometry.top == 2)
    let placed = geometry.place([Float](repeating: 1, count: 20_000))
    #expect(placed[0..<16].allSatisfy { $0 == 0 } && placed[48...].allSatisfy { $0 == 0 })
    #expect(placed[16..<48].allSatisfy { abs($0 - 1) < 1e-5 })
  }

  @Test(arguments: [InputSpecification.Fit.letterbox, .stretch])
  func masksComeBackWhereTheyWere(fit: InputSpecification.Fit) {
    let specification = InputSpecification(width: 256, height: 256, fit: fit)
    var mask = Mask(width: 301, height: 177)
    for y in 40..<120 { for x in 100..<210 { mask.pixels[y * 301 + x] = 1 } }
    let geometry = InputGeometry(width: 301, height: 177, on: specification)
    let back = geometry.mapBack(geometry.place(mask)).map { $0 >= 0.5 ? UInt8(1) : 0 }
    let wrong = zip(back, mask.pixels).filter { $0 != $1 }.count
    // Corners are rounded by the two resizings; edges must not move.
    #expect(wrong <= 8)
  }

  @Test func extremeShapesKeepAtLeastOnePixel() {
    let specification = InputSpecification(width: 64, height: 64)
    let geometry = InputGeometry(width: 5000, height: 1, on: specification)
    #expect(geometry.contentHeight == 1)
    #expect(geometry.mapBack(geometry.place([Float](repeating: 1, count: 5000))).count == 5000)
  }

  @Test func normalisationIsByChannel() throws {
    let preprocessing = try Preprocessing(
      InputSpecification(
        width: 1, height: 1, channels: 3, mean: [0, 0.5, 1], standardDeviation: [1, 0.5, 0.25]))
    #expect(preprocessing.normalise([1, 1, 1]) == [1, 1, 0])
  }

  @Test(arguments: [
    InputSpecification(width: 0, height: 8), InputSpecification(width: 8, height: 8, channels: 2),
    InputSpecification(width: 8, height: 8, mean: []),
    InputSpecification(width: 8, height: 8, standardDeviation: [0]),
    InputSpecification(width: 8, height: 8, mean: [.nan]),
  ])
  func impossibleSpecificationsAreRefused(specification: InputSpecification) {
    #expect(throws: ScreeningError.self) { try Preprocessing(specification) }
  }

  @Test func preparedPlanesKeepTheImagesHistory() throws {
    let preprocessing = try Preprocessing(InputSpecification(width: 2, height: 2))
    let attributes = ImageAttributes(history: ["median:radius=1"])
    let image = Image(
      width: 2, height: 2, pixels: .uint8([0, 51, 102, 255]), attributes: attributes)
    let prepared = try preprocessing.prepare(image)
    #expect(prepared.planes == [0, 0.2, 0.4, 1])
    #expect(prepared.enhancement == ["median:radius=1"])
  }
}
