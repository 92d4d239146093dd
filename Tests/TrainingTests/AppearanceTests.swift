import Testing

@testable import Training

struct AppearanceTests {
  private let workspace = AugmentationWorkspace(width: 40, height: 30)

  private func changed(
    _ values: [Float], _ change: (UnsafeMutableBufferPointer<Float>) -> Void
  ) -> [Float] {
    var values = values
    values.withUnsafeMutableBufferPointer { change($0) }
    return values
  }

  @Test func blurKeepsConstantsAndSpreadsAPoint() {
    let flat = [Float](repeating: 0.3, count: 1200)
    let blurred = changed(flat) { workspace.blur($0, sigma: 1.2) }
    #expect(blurred.allSatisfy { abs($0 - 0.3) < 1e-5 })
    var point = [Float](repeating: 0, count: 1200)
    point[15 * 40 + 20] = 1
    let spread = changed(point) { workspace.blur($0, sigma: 1.2) }
    #expect(abs(spread.reduce(0, +) - 1) < 1e-4)
    var variance: Float = 0
    for y in 0..<30 {
      for x in 0..<40 { variance += spread[y * 40 + x] * Float((x - 20) * (x - 20)) }
    }
    #expect(abs(variance - 1.44) < 0.08)
  }

  @Test func coarseningKeepsConstants() {
    let flat = [Float](repeating: 0.7, count: 1200)
    for factor in [Float(1.1), 2, 7.9] {
      let coarse = changed(flat) { workspace.coarsen($0, factor: factor) }
      #expect(coarse.allSatisfy { abs($0 - 0.7) < 1e-5 })
    }
  }

  @Test func noiseIsNormal() {
    let large = AugmentationWorkspace(width: 200, height: 200)
    var generator = SeededGenerator(seed: 3)
    large.makeNoise(grain: 1, from: &generator)
    let values = large.second.map { Double($0) }
    let mean = values.reduce(0, +) / 40_000
    let variance = values.map { $0 * $0 }.reduce(0, +) / 40_000
    let fourth = values.map { $0 * $0 * $0 * $0 }.reduce(0, +) / 40_000
    #expect(abs(mean) < 0.02 && abs(variance - 1) < 0.03 && abs(fourth - 3) < 0.25)
    let neighbours = zip(values, values.dropFirst()).map { $0 * $1 }.reduce(0, +) / 40_000
    #expect(abs(neighbours) < 0.02)
  }

  @Test func toneCurveIsItsFormula() {
    let plain = ToneCurve(brightness: 0, contrast: 1, gamma: 1, middle: 0.4)
    for step in 0...256 { #expect(abs(plain.table[step] - Float(step) / 256) < 1e-6) }
    let curve = ToneCurve(brightness: 0.1, contrast: 1.5, gamma: 2, middle: 0.3)
    #expect(curve.table[0] == 0)
    #expect(abs(curve.table[128] - (0.25 + (0.25 - 0.3) * 0.5 + 0.1)) < 1e-6)
    #expect(curve.table.allSatisfy { (0...1).contains($0) })
  }

  @Test func shadingIsLinear() {
    let flat = [Float](repeating: 1, count: 1200)
    let shaded = changed(flat) { workspace.shade($0, slope: [0.2, -0.1]) }
    #expect(abs(shaded[0] - (1 - 0.2 + 0.1)) < 1e-5)
    #expect(abs(shaded[1199] - (1 + 0.2 - 0.1)) < 1e-5)
  }

  @Test func erasingStaysWithinThePlane() {
    let flat = [Float](repeating: 1, count: 1200)
    let erased = changed(flat) { workspace.erase($0, columns: -5..<3, rows: 28..<99) }
    #expect(erased.count { $0 == 0 } == 6)
  }

  @Test func onePixelIsVariedToo() {
    let tiny = AugmentationWorkspace(width: 1, height: 1)
    tiny.load(
      Sample(item: 0, image: [65535], lesion: [255], mean: 1, classIndex: nil), tone: nil)
    var image: [Float] = [0]
    var lesion: [Float] = [0]
    image.withUnsafeMutableBufferPointer { image in
      lesion.withUnsafeMutableBufferPointer { lesion in
        tiny.warp(GeometricTransform(), image: image, lesion: lesion)
        tiny.blur(image, sigma: 3)
        tiny.coarsen(image, factor: 8)
        tiny.shade(image, slope: [0, 0])
      }
    }
    #expect(abs(image[0] - 1) < 1e-5 && lesion[0] == 1)
  }
}
