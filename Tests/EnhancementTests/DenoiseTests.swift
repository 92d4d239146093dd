import Enhancement
import Imaging
import Testing

/// The fast filters against their formulas, odd shapes included.
struct DenoiseTests {
  @Test(arguments: [3, 5, 7], [(1, 1), (3, 2), (65, 9), (130, 33)])
  func medianIsExact(size: Int, shape: (Int, Int)) throws {
    let image = TestImages.grey8(shape.0, shape.1)
    let result = try EnhancementChain(parsing: ["median:size=\(size)"]).apply(to: image)
    let expected = NaiveFilters.median(
      image.values, width: shape.0, height: shape.1, size: size)
    #expect(result.values == expected)
  }

  @Test func medianIsExactForEverySampleType() throws {
    let noise = TestImages.noise(20 * 11, below: 60000)
    let buffers: [PixelBuffer] = [
      .int8(noise.map { Int8(truncatingIfNeeded: $0) }), .uint16(noise.map { UInt16($0) }),
      .int16(noise.map { Int16($0 - 30000) }), .uint32(noise.map { UInt32($0) << 15 }),
      .int32(noise.map { Int32($0 - 30000) << 12 }), .float32(noise.map { Float($0) / 7 }),
      .float64(noise.map { Double($0) / 3 }),
    ]
    for buffer in buffers {
      let image = Image(width: 20, height: 11, pixels: buffer)
      let result = try EnhancementChain(parsing: ["median:size=5"]).apply(to: image)
      let expected = NaiveFilters.median(image.values, width: 20, height: 11, size: 5)
      #expect(result.values == expected)
    }
  }

  @Test func medianFiltersColourByChannel() throws {
    let samples = TestImages.noise(9 * 8 * 3, below: 256).map { UInt8($0) }
    let image = Image(width: 9, height: 8, channels: 3, pixels: .uint8(samples))
    let result = try EnhancementChain(parsing: ["median"]).apply(to: image)
    for channel in 0..<3 {
      let plane = stride(from: channel, to: samples.count, by: 3).map { Float(samples[$0]) }
      let expected = NaiveFilters.median(plane, width: 9, height: 8, size: 3)
      let got = stride(from: channel, to: samples.count, by: 3).map { result.values[$0] }
      #expect(got == expected)
    }
  }

  @Test(arguments: [(1, 1), (17, 5), (40, 70)], [1, 3, 5, 7, 9])
  func nonLocalMeansFollowsItsFormula(shape: (Int, Int), patch: Int) throws {
    let image = Image(
      width: shape.0, height: shape.1,
      pixels: .float32(TestImages.grey8(shape.0, shape.1).values))
    let chain = try EnhancementChain(parsing: ["nlm:h=60,patch=\(patch),distance=3"])
    let expected = NaiveFilters.nonLocalMeans(
      image.values, width: shape.0, height: shape.1, patch: patch, distance: 3, h: 60)
    let largest = zip(try chain.apply(to: image).values, expected).map { abs($0 - $1) }.max()
    #expect(try #require(largest) < 1e-3)
  }

  @Test func nonLocalMeansMeasuresTheNoise() throws {
    let image = TestImages.grey16(64, 64)
    let result = try EnhancementChain(parsing: ["nlm"]).apply(to: image)
    let record = try #require(result.attributes.history.first)
    // Uniform noise of width 4000 has a standard deviation of 1155.
    let h = try #require(
      record.split(separator: ",").first?.split(separator: "=").last.flatMap { Double($0) })
    #expect(abs(h - 1155) < 120)
  }

  @Test(arguments: [(1, 1), (6, 40), (33, 21)], [0.5, 1, 3])
  func gaussianFollowsItsFormula(shape: (Int, Int), sigma: Double) throws {
    let image = Image(
      width: shape.0, height: shape.1,
      pixels: .float32(TestImages.grey8(shape.0, shape.1).values))
    let chain = try EnhancementChain(parsing: ["gaussian:sigma=\(sigma)"])
    let expected = NaiveFilters.gaussian(
      image.values, width: shape.0, height: shape.1, sigma: sigma)
    let largest = zip(try chain.apply(to: image).values, expected).map { abs($0 - $1) }.max()
    #expect(try #require(largest) < 1e-3)
  }

  @Test(arguments: ["median:size=5", "gaussian:sigma=2", "nlm:h=50,patch=3,distance=3"])
  func paddingNeitherBleedsNorChanges(step: String) throws {
    var samples = [Int16](repeating: 100, count: 30 * 20)
    for index in samples.indices where index % 30 < 8 || index < 60 { samples[index] = -2000 }
    var image = Image(width: 30, height: 20, pixels: .int16(samples))
    image.attributes.padding = -2000 ... -2000
    let result = try EnhancementChain(parsing: [step]).apply(to: image)
    #expect(result.pixels == image.pixels)
  }

  @Test func unsharpStaysWithinTheStoredBits() throws {
    let samples: [UInt16] = (0..<256).map { $0 % 16 < 8 ? 0 : 4095 }
    let image = Image(width: 16, height: 16, pixels: .uint16(samples), bitsStored: 12)
    let result = try EnhancementChain(parsing: ["unsharp:amount=5"]).apply(to: image)
    #expect(result.values.allSatisfy { (0...4095).contains($0) })
    #expect(result.bitsStored == 12)
  }
}
