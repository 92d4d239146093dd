import Imaging
import Testing

@testable import Screening

/// Stored values to what is seen and what the network is fed.
@Suite struct DisplayPlanesTests {
  private func image(_ samples: [UInt8], attributes: ImageAttributes = ImageAttributes()) -> Image {
    Image(width: samples.count, height: 1, pixels: .uint8(samples), attributes: attributes)
  }

  @Test func eightBitsAreDividedBy255() {
    #expect(image([0, 51, 255]).displayPlanes(channels: 1) == [0, 0.2, 1])
  }

  /// Regression: the range of these samples is infinite, or has no inverse, and the program stopped.
  @Test func theLargestAndTheSmallestNumbersAreShown() {
    let largest = Double.greatestFiniteMagnitude
    func shades(_ samples: [Double]) -> [Float] {
      Image(width: samples.count, height: 1, pixels: .float64(samples)).displayPlanes(channels: 1)
    }
    #expect(shades([-largest, 0, largest]) == [0, 0.5, 1])
    #expect(shades([0, largest / 2, largest]) == [0, 0.5, 1])
    let least = Double.leastNonzeroMagnitude
    #expect(shades([0, least, 1000 * least]).allSatisfy { (0...1).contains($0) })
    #expect(shades([0, .infinity, -.infinity, .nan, 4]) == [0, 1, 0, 0, 1])
  }

  @Test func sixteenBitCopyOfAPictureIsTheSame() {
    let copy = Image(width: 3, height: 1, pixels: .uint16([0, 51 * 257, 65535]))
    #expect(copy.displayPlanes(channels: 1) == [0, 0.2, 1])
  }

  @Test func linearWindowFollowsTheStandard() {
    // PS3.3 C.11.2.1.2.1: with c = 2048 and w = 4096, 0...4095 spans the whole range.
    var attributes = ImageAttributes(modality: "CT")
    attributes.windows = [Window(center: 2048, width: 4096)]
    let ct = Image(
      width: 4, height: 1, pixels: .uint16([0, 4095, 1365, 5000]), attributes: attributes)
    #expect(ct.displayPlanes(channels: 1) == [0, 1, Float(1365) / 4095, 1])
  }

  @Test func windowIsInModalityValues() {
    var attributes = ImageAttributes(modality: "CT", rescale: Rescale(slope: 2, intercept: -1000))
    attributes.windows = [Window(center: 0, width: 200, function: .linearExact)]
    let ct = Image(width: 3, height: 1, pixels: .int16([450, 500, 550]), attributes: attributes)
    #expect(ct.displayPlanes(channels: 1) == [0, 0.5, 1])
  }

  @Test func sigmoidIsHalfAtTheCentre() {
    let attributes = ImageAttributes(windows: [Window(center: 128, width: 50, function: .sigmoid)])
    let plane = image([0, 128, 255], attributes: attributes).displayPlanes(channels: 1)
    #expect(plane[0] < 0.001 && plane[1] == 0.5 && plane[2] > 0.999)
  }

  @Test func impossibleWindowIsPassedOver() {
    let attributes = ImageAttributes(windows: [
      Window(center: .nan, width: 10), Window(center: 5, width: -3),
      Window(center: 128, width: 256),
    ])
    #expect(image([0, 255], attributes: attributes).displayPlanes(channels: 1) == [0, 1])
  }

  @Test func monochrome1IsTurnedOver() {
    let attributes = ImageAttributes(modality: "DX", isInverted: true)
    #expect(image([0, 255], attributes: attributes).displayPlanes(channels: 1) == [1, 0])
  }

  @Test func paddingIsBlackEvenWhenTurnedOver() {
    let attributes = ImageAttributes(modality: "MG", isInverted: true, padding: 0...0)
    #expect(image([0, 255, 51], attributes: attributes).displayPlanes(channels: 1) == [0, 0, 0.8])
  }

  @Test func paddingStaysOutOfTheStretch() {
    let attributes = ImageAttributes(modality: "CT", padding: -2000 ... -2000)
    let ct = Image(
      width: 5, height: 1, pixels: .int16([-2000, -2000, 0, 50, 100]), attributes: attributes)
    let plane = ct.displayPlanes(channels: 1)
    #expect(plane[0] == 0 && plane[2] < 0.001 && abs(plane[3] - 0.5) < 0.001 && plane[4] > 0.999)
  }

  @Test func notANumberIsBlack() {
    let pixels = PixelBuffer.float32([.nan, 0, 1, .infinity])
    let plane = Image(width: 4, height: 1, pixels: pixels).displayPlanes(channels: 1)
    #expect(plane[0] == 0 && plane[3] == 1 && plane.allSatisfy { $0.isFinite })
  }

  @Test func colourBecomesLuminanceByBT601() {
    let rgb = Image(width: 1, height: 1, channels: 3, pixels: .uint8([255, 0, 0]))
    #expect(abs(rgb.displayPlanes(channels: 1)[0] - 0.299) < 1e-6)
    #expect(rgb.displayPlanes(channels: 3) == [1, 0, 0])
  }

  @Test func greyIsRepeatedForColourModels() {
    #expect(image([255, 0]).displayPlanes(channels: 3) == [1, 0, 1, 0, 1, 0])
  }

  /// Signed pictures (TIFF) were cut off at 0.
  @Test func signedSamplesAreStretchedNotCut() {
    let picture = Image(width: 3, height: 1, pixels: .int16([-1000, 0, 1000]))
    #expect(picture.displayPlanes(channels: 1) == [0, 0.5, 1])
  }

  /// A DICOM image without a Modality was shown as a picture of 16 bits: nearly black.
  @Test func measurementsOfAnUnnamedModalityAreStretched() {
    var attributes = ImageAttributes()
    attributes.isUnnamedModality = true
    let image = Image(
      width: 3, height: 1, pixels: .uint16([100, 300, 500]), attributes: attributes)
    #expect(image.displayPlanes(channels: 1) == [0, 0.5, 1])
  }

  @Test func negativeSlopeTurnsEightBitsOverToo() {
    var attributes = ImageAttributes(modality: "US")
    attributes.rescale = Rescale(slope: -1, intercept: 255)
    #expect(image([0, 51, 255], attributes: attributes).displayPlanes(channels: 1) == [1, 0.8, 0])
  }

  /// A Float holds 24 bits.
  @Test func windowsOfWideSamplesKeepAllTheirDigits() {
    var attributes = ImageAttributes(modality: "CT")
    let base = 1 << 30
    attributes.windows = [Window(center: Double(base) + 2, width: 4, function: .linearExact)]
    let integers = Image(
      width: 3, height: 1, pixels: .uint32([0, 1, 3].map { UInt32(base + $0) }),
      attributes: attributes)
    #expect(integers.displayPlanes(channels: 1) == [0, 0.25, 0.75])
    attributes.windows = [Window(center: 1e9, width: 2, function: .linearExact)]
    let doubles = Image(
      width: 3, height: 1, pixels: .float64([1e9 - 1, 1e9 - 0.5, 1e9 + 0.5]),
      attributes: attributes)
    #expect(doubles.displayPlanes(channels: 1) == [0, 0.25, 0.75])
  }
}
