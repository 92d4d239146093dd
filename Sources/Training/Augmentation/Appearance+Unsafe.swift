private import Foundation

extension AugmentationWorkspace {
  /// Bilinear resize of one plane, pixel centres at half integers, edges repeated.
  func resize(
    _ source: UnsafeMutableBufferPointer<Float>, _ sourceWidth: Int, _ sourceHeight: Int,
    into target: UnsafeMutableBufferPointer<Float>, _ targetWidth: Int, _ targetHeight: Int
  ) {
    precondition(
      source.count >= sourceWidth * sourceHeight && target.count >= targetWidth * targetHeight,
      "the planes must hold their shapes")
    let columns = (0..<targetWidth).map { Self.neighbours($0, of: sourceWidth, on: targetWidth) }
    columns.withUnsafeBufferPointer { columns in
      for y in 0..<targetHeight {
        let row = Self.neighbours(y, of: sourceHeight, on: targetHeight)
        // Safe: neighbours lie within the source; the shapes were checked above.
        let upper = source.baseAddress.unsafelyUnwrapped + row.first * sourceWidth
        let lower = source.baseAddress.unsafelyUnwrapped + row.second * sourceWidth
        let output = target.baseAddress.unsafelyUnwrapped + y * targetWidth
        for x in 0..<targetWidth {
          let column = columns[x]
          let a = upper[column.first] + (upper[column.second] - upper[column.first]) * column.share
          let b = lower[column.first] + (lower[column.second] - lower[column.first]) * column.share
          output[x] = a + (b - a) * row.share
        }
      }
    }
  }

  private struct Neighbours {
    let first: Int
    let second: Int
    /// Weight of the second.
    let share: Float
  }

  private static func neighbours(_ position: Int, of source: Int, on target: Int) -> Neighbours {
    let place = (Float(position) + 0.5) * Float(source) / Float(target) - 0.5
    let held = min(max(place, 0), Float(source - 1))
    let first = min(Int(held), source - 1)
    return Neighbours(first: first, second: min(first + 1, source - 1), share: held - Float(first))
  }

  /// Samples the image on a grid coarser by `factor` and back.
  func coarsen(_ image: UnsafeMutableBufferPointer<Float>, factor: Float) {
    let coarseWidth = max(Int((Float(width) / factor).rounded()), 1)
    let coarseHeight = max(Int((Float(height) / factor).rounded()), 1)
    resize(image, width, height, into: scratch, coarseWidth, coarseHeight)
    resize(scratch, coarseWidth, coarseHeight, into: image, width, height)
  }

  /// Gaussian blur, rows then columns, edges repeated. - Parameter sigma: above 0, at most 3 pixels.
  func blur(_ image: UnsafeMutableBufferPointer<Float>, sigma: Float) {
    let radius = min(max(Int((2.5 * sigma).rounded(.up)), 1), 8)
    let raw = (-radius...radius).map { exp(-Float($0 * $0) / (2 * sigma * sigma)) }
    let sum = raw.reduce(0, +)
    let kernel = raw.map { $0 / sum }
    blurPass(image, into: scratch, kernel, radius, alongRows: true)
    blurPass(scratch, into: image, kernel, radius, alongRows: false)
  }

  private func blurPass(
    _ source: UnsafeMutableBufferPointer<Float>, into target: UnsafeMutableBufferPointer<Float>,
    _ kernel: [Float], _ radius: Int, alongRows: Bool
  ) {
    precondition(
      source.count == width * height && target.count == width * height,
      "the planes must have the workspace's size")
    // Safe: counts were checked; taps are held within the row or the column.
    let source = source.baseAddress.unsafelyUnwrapped
    let target = target.baseAddress.unsafelyUnwrapped
    target.update(repeating: 0, count: width * height)
    for tap in -radius...radius {
      let weight = kernel[tap + radius]
      for y in 0..<height {
        let output = target + y * width
        guard alongRows else {
          let input = source + min(max(y + tap, 0), height - 1) * width
          for x in 0..<width { output[x] += weight * input[x] }
          continue
        }
        let input = source + y * width
        let first = min(max(-tap, 0), width)
        let last = max(min(width - tap, width), first)
        for x in 0..<first { output[x] += weight * input[0] }
        for x in first..<last { output[x] += weight * input[x + tap] }
        for x in last..<width { output[x] += weight * input[width - 1] }
      }
    }
  }

  /// Fills `second` with normal noise of the given grain.
  func makeNoise(grain: Float, from generator: inout SeededGenerator) {
    guard grain > 1 else { return NormalTable.shared.fill(second, from: &generator) }
    let coarseWidth = max(Int((Float(width) / grain).rounded(.up)), 1)
    let coarseHeight = max(Int((Float(height) / grain).rounded(.up)), 1)
    let coarse = UnsafeMutableBufferPointer(rebasing: scratch[..<(coarseWidth * coarseHeight)])
    NormalTable.shared.fill(coarse, from: &generator)
    resize(scratch, coarseWidth, coarseHeight, into: second, width, height)
  }

  /// image · (1 + strength · n), n the noise in `second`.
  func multiplyByNoise(_ image: UnsafeMutableBufferPointer<Float>, strength: Float) {
    for index in 0..<image.count { image[index] *= max(1 + strength * second[index], 0) }
  }

  /// image + strength · n, fading out towards black as the tone curve does.
  func addNoise(_ image: UnsafeMutableBufferPointer<Float>, strength: Float) {
    for index in 0..<image.count {
      let value = image[index]
      image[index] = value + strength * second[index] * min(1, value * (1 / 0.08))
    }
  }

  /// image · (1 + slope · position), position -1...1 along each axis.
  func shade(_ image: UnsafeMutableBufferPointer<Float>, slope: SIMD2<Float>) {
    for y in 0..<height {
      let start = 1 + slope.y * (2 * Float(y) / Float(max(height - 1, 1)) - 1) - slope.x
      let step = 2 * slope.x / Float(max(width - 1, 1))
      for x in 0..<width { image[y * width + x] *= max(start + step * Float(x), 0) }
    }
  }

  /// Sets a rectangle to black.
  func erase(_ image: UnsafeMutableBufferPointer<Float>, columns: Range<Int>, rows: Range<Int>) {
    for y in rows.clamped(to: 0..<height) {
      for x in columns.clamped(to: 0..<width) { image[y * width + x] = 0 }
    }
  }

  /// (clamp(image, 0...1) - mean) / standardDeviation.
  func normalise(
    _ image: UnsafeMutableBufferPointer<Float>, mean: Float, standardDeviation: Float
  ) {
    let factor = 1 / standardDeviation
    for index in 0..<image.count {
      image[index] = (min(max(image[index], 0), 1) - mean) * factor
    }
  }
}
