import Enhancement
import Imaging
import Testing

/// Windows, percentiles and CLAHE: values worked out by hand, and what must hold for any image.
struct ContrastTests {
  private func apply(_ step: String, to image: Image) throws -> Image {
    try EnhancementChain(parsing: [step]).apply(to: image)
  }

  @Test func aWindowFollowsTheStandard() throws {
    // PS3.3 C.11.2.1.2.1: center 2048, width 4096 shows 0...4095 as it is.
    let samples: [UInt16] = [0, 1, 1024, 2047, 4094, 4095]
    var image = Image(width: 6, height: 1, pixels: .uint16(samples), bitsStored: 12)
    image.attributes.windows = [Window(center: 2048, width: 4096)]
    let expected = samples.map { (Float($0) * 65535 / 4095).rounded() }
    #expect(try apply("window", to: image).values == expected)
  }

  @Test func aWindowActsOnModalityValues() throws {
    var image = Image(width: 3, height: 1, pixels: .int16([24, 1024, 2024]))
    image.attributes.rescale = Rescale(slope: 1, intercept: -1024)
    let result = try apply("window:center=0,width=2000", to: image)
    #expect(result.values == [0, 32768, 65535])
    #expect(result.attributes.rescale == .identity)
  }

  @Test func monochrome1IsTurnedOver() throws {
    var image = Image(width: 3, height: 1, pixels: .uint8([0, 100, 255]))
    image.attributes.isInverted = true
    for step in ["window:center=127.5,width=255", "percentile:low=0,high=100"] {
      let result = try apply(step, to: image)
      #expect(result.values == [255, 155, 0])
      #expect(!result.attributes.isInverted)
    }
  }

  @Test func aWindowThatIsNotThereIsAnError() {
    #expect(throws: EnhancementError.self) { try apply("window", to: TestImages.grey8(2, 2)) }
  }

  @Test func theFilesLookupTableGoesBeforeItsWindow() throws {
    var image = Image(width: 4, height: 1, pixels: .uint8([0, 10, 11, 12]))
    image.attributes.windows = [Window(center: 5, width: 2)]
    image.attributes.voiLookupTable = VOILookupTable(firstMapped: 10, shades: [0.2, 1, 0])
    let result = try apply("window", to: image)
    #expect(result.values == [51, 51, 255, 0])
    #expect(result.attributes.voiLookupTable == nil)
    #expect(result.attributes.history == ["window"])
  }

  @Test func percentilesFollowNumPy() throws {
    // numpy.percentile([10, 20, 30, 40, 50], [10, 90]) = [14, 46]
    let image = Image(width: 5, height: 1, pixels: .uint8([10, 20, 30, 40, 50]))
    let expected: [Float] = [0, 48, 128, 207, 255]
    #expect(try apply("percentile:low=10,high=90", to: image).values == expected)
  }

  @Test func paddingStaysAtZeroAndDoesNotCount() throws {
    var image = Image(width: 6, height: 1, pixels: .int16([-2000, -2000, 10, 20, 30, -2000]))
    image.attributes.padding = -2000 ... -2000
    let result = try apply("percentile:low=0,high=100", to: image)
    #expect(result.values == [0, 0, 1, 32768, 65535, 0])
    #expect(result.attributes.padding == 0...0)
  }

  @Test func anEvenImageStaysFinite() throws {
    let image = Image(width: 16, height: 16, pixels: .uint8([UInt8](repeating: 7, count: 256)))
    for step in ["percentile", "clahe", "unsharp", "nlm", "gaussian", "median"] {
      #expect(Set(try apply(step, to: image).values).count == 1, "\(step)")
    }
  }

  @Test func claheKeepsTheBits() throws {
    let samples = TestImages.noise(40 * 30, below: 4096).map { UInt16($0) }
    let image = Image(width: 40, height: 30, pixels: .uint16(samples), bitsStored: 12)
    let result = try apply("clahe", to: image)
    #expect(result.bitsStored == 12)
    #expect(result.values.allSatisfy { $0 <= 4095 })
  }

  @Test func claheOfAMirroredScaleIsTheSamePicture() throws {
    let image = TestImages.grey8(32, 24)
    guard case .uint8(let samples) = image.pixels else { return }
    var inverted = Image(width: 32, height: 24, pixels: .uint8(samples.map { 255 - $0 }))
    inverted.attributes.isInverted = true
    #expect(try apply("clahe", to: inverted).pixels == apply("clahe", to: image).pixels)
  }

  @Test func claheOfGreyInColourStaysGrey() throws {
    let grey = TestImages.grey8(32, 24)
    guard case .uint8(let samples) = grey.pixels else { return }
    let color = Image(
      width: 32, height: 24, channels: 3, pixels: .uint8(samples.flatMap { [$0, $0, $0] }))
    let result = try apply("clahe", to: color)
    let expected = try apply("clahe", to: grey).values.flatMap { [$0, $0, $0] }
    let largest = zip(result.values, expected).map { abs($0 - $1) }.max() ?? 255
    #expect(largest <= 1)
  }
}
