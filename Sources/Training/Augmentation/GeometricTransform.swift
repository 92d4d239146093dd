private import Foundation

/// Where each pixel of a varied image comes from: an affine map, then a smooth displacement.
///
///     source = centre + matrix · (pixel - centre) + shift + elastic(pixel)
///
/// in pixel indices. The displacement is a uniform cubic B-spline over a coarse grid of control
/// points, so it has continuous second derivatives and folds nothing at moderate strengths.
struct GeometricTransform: Sendable {
  /// Rows of the 2x2 matrix: `[xx, xy, yx, yy]`.
  var matrix: SIMD4<Float> = [1, 0, 0, 1]
  /// In pixels.
  var shift: SIMD2<Float> = [0, 0]
  /// Control points' displacements in pixels, `[cells + 3, cells + 3]`; empty for none.
  var controls: [SIMD2<Float>] = []
  var cells = 0

  var isIdentity: Bool { matrix == [1, 0, 0, 1] && shift == [0, 0] && controls.isEmpty }

  init() {}

  /// Draws one. Every setting takes the same numbers from the generator whether used or not.
  init(_ settings: AugmentationSettings, side: SIMD2<Float>, from generator: inout SeededGenerator)
  {
    let flips = generator.chance(settings.flipProbability)
    if generator.chance(settings.affineProbability) {
      drawAffine(settings, side: side, from: &generator)
    }
    if flips { matrix = SIMD4(-matrix[0], matrix[1], -matrix[2], matrix[3]) }
    if generator.chance(settings.elasticProbability), settings.elasticStrength > 0 {
      drawElastic(settings, side: side, from: &generator)
    }
  }

  private mutating func drawAffine(
    _ settings: AugmentationSettings, side: SIMD2<Float>, from generator: inout SeededGenerator
  ) {
    let angle = generator.uniform(-1, 1) * settings.rotation * .pi / 180
    let scale = generator.uniform(-1, 1) * settings.scale
    let ratio = generator.uniform(-1, 1) * settings.anisotropy / 2
    let shear = generator.uniform(-1, 1) * settings.shear
    let (sine, cosine) = (sin(angle), cos(angle))
    // Seen from the result: a larger image samples its source more densely.
    let (xScale, yScale) = (exp(-scale - ratio), exp(-scale + ratio))
    matrix = SIMD4(
      cosine * xScale, (cosine * shear - sine) * yScale,
      sine * xScale, (sine * shear + cosine) * yScale)
    shift.x = generator.uniform(-1, 1) * settings.translation * side.x
    shift.y = generator.uniform(-1, 1) * settings.translation * side.y
  }

  private mutating func drawElastic(
    _ settings: AugmentationSettings, side: SIMD2<Float>, from generator: inout SeededGenerator
  ) {
    cells = settings.elasticCells
    controls = (0..<(cells + 3) * (cells + 3)).map { _ in
      let x = generator.normal()
      return SIMD2(x, generator.normal()) * settings.elasticStrength * side
    }
  }
}

/// For each position along a side the first of its four control points and their weights.
struct SplineBasis: Sendable {
  /// `[length]`
  let starts: [Int]
  /// `[length]`, the uniform cubic B-spline's four weights.
  let weights: [SIMD4<Float>]

  init(length: Int, cells: Int) {
    var starts: [Int] = []
    var weights: [SIMD4<Float>] = []
    for position in 0..<length {
      let place = (Float(position) + 0.5) / Float(length) * Float(cells)
      let start = min(Int(place), cells - 1)
      let t = place - Float(start)
      starts.append(start)
      let rest = 1 - t
      weights.append(
        SIMD4(
          rest * rest * rest, (3 * t - 6) * t * t + 4, ((3 - 3 * t) * t + 3) * t + 1, t * t * t)
          / 6)
    }
    self.starts = starts
    self.weights = weights
  }
}
