private import Foundation

/// A lesion's outline and its acoustics. The outline is star-shaped: a radius for each direction from
/// the centre, stretched along two axes.
struct Lesion {
  /// In pixels.
  let centreX: Float
  let centreY: Float
  /// Half axes in pixels.
  let halfWidth: Float
  let halfHeight: Float
  /// Turn of the axes in radians.
  let tilt: Float
  /// Relative radius at equal steps of direction.
  private let radii: [Float]
  /// Echo level inside, relative to the tissue around, in decibels.
  let level: Float
  /// Deviation of the level inside, in decibels.
  let heterogeneity: Float
  /// Change of the echo behind, in decibels a pixel of lesion: below 0 shadow, above 0 enhancement.
  let transmission: Float
  /// Width of the margin in pixels.
  let softness: Float
  /// Brightness of the capsule (benign) or halo (malignant) in decibels.
  let rim: Float
  let rimWidth: Float
  /// Echoes of the tissue above that appear in the upper part, in decibels.
  let clutter: Float
  /// Bright points inside, as (direction, relative radius).
  let calcifications: [(angle: Float, radius: Float)]

  private static let steps = 720

  /// Smooth and oval, wider than tall: a cyst or a fibroadenoma.
  init(benign random: inout RandomSource, width: Int, height: Int, ground: ClosedRange<Float>) {
    let isCyst = random.chance(0.4)
    let size = Lesion.size(&random, width, height, isCyst ? 0.055...0.19 : 0.07...0.25)
    let aspect = random.uniform(1.25...2.2)
    halfWidth = size * aspect.squareRoot()
    halfHeight = size / aspect.squareRoot()
    tilt = random.uniform(-0.22...0.22)
    radii = Lesion.wave(&random, harmonics: 2...4, amplitude: isCyst ? 0.025 : 0.05)
    level = isCyst ? random.uniform(-38 ... -24) : random.uniform(-17 ... -9)
    clutter = isCyst ? random.uniform(2...14) : 0
    heterogeneity = isCyst ? 0.5 : random.uniform(0.8...2)
    // A cyst as deep as it is wide brightens what lies behind by about 8 dB.
    transmission = (isCyst ? random.uniform(7...13) : random.uniform(0...6)) / (2 * halfHeight)
    softness = isCyst ? 0.8 : random.uniform(0.8...1.6)
    rim = random.uniform(2...7)
    rimWidth = random.uniform(1...2)
    calcifications = []
    (centreX, centreY) = Lesion.place(
      &random, width, halfWidth: halfWidth, halfHeight: halfHeight, ground: ground)
  }

  /// Irregular or spiculated, as tall as wide or taller, with a blurred margin and a shadow.
  init(malignant random: inout RandomSource, width: Int, height: Int, ground: ClosedRange<Float>) {
    let size = Lesion.size(&random, width, height, 0.08...0.27)
    let aspect = random.uniform(0.7...1.15)
    halfWidth = size * aspect.squareRoot()
    halfHeight = size / aspect.squareRoot()
    tilt = random.uniform(-0.4...0.4)
    var radii = Lesion.wave(&random, harmonics: 2...14, amplitude: random.uniform(0.1...0.17))
    if random.chance(0.6) { Lesion.addSpicules(&random, to: &radii) }
    self.radii = radii
    level = random.uniform(-22 ... -12)
    clutter = 0
    heterogeneity = random.uniform(1.5...3.5)
    transmission =
      (random.chance(0.75) ? random.uniform(-26 ... -9) : random.uniform(-3...2))
      / (2 * halfHeight)
    softness = random.uniform(1.5...5)
    rim = random.uniform(0...5)
    rimWidth = random.uniform(4...9)
    let count = random.chance(0.35) ? random.integer(3...10) : 0
    calcifications = (0..<count).map { _ in
      (random.uniform(0...(2 * .pi)), random.uniform(0...0.8))
    }
    (centreX, centreY) = Lesion.place(
      &random, width, halfWidth: halfWidth, halfHeight: halfHeight, ground: ground)
  }

  /// Depth inside the outline in pixels, approximately; below 0 outside.
  func depth(_ x: Float, _ y: Float) -> Float {
    let (dx, dy) = (x - centreX, y - centreY)
    let u = (dx * cos(tilt) + dy * sin(tilt)) / halfWidth
    let v = (dy * cos(tilt) - dx * sin(tilt)) / halfHeight
    let distance = (u * u + v * v).squareRoot()
    return (radius(atan2(v, u)) - distance) * (halfWidth * halfHeight).squareRoot()
  }

  /// The pixel that lies in a direction at a share of the radius.
  func point(angle: Float, share: Float) -> (x: Float, y: Float) {
    let reach = radius(angle) * share
    let (u, v) = (reach * cos(angle) * halfWidth, reach * sin(angle) * halfHeight)
    return (centreX + u * cos(tilt) - v * sin(tilt), centreY + u * sin(tilt) + v * cos(tilt))
  }

  private func radius(_ angle: Float) -> Float {
    let turn = angle / (2 * .pi)
    let place = (turn - turn.rounded(.down)) * Float(Lesion.steps)
    let first = min(Int(place), Lesion.steps - 1)
    let share = place - Float(first)
    return radii[first] * (1 - share) + radii[(first + 1) % Lesion.steps] * share
  }

  /// Mean half axis: small lesions are more frequent than large ones.
  private static func size(
    _ random: inout RandomSource, _ width: Int, _ height: Int, _ range: ClosedRange<Float>
  ) -> Float {
    let share = random.uniform()
    let relative =
      range.lowerBound + (range.upperBound - range.lowerBound) * share * share.squareRoot()
    return relative * Float(min(width, height))
  }

  private static func place(
    _ random: inout RandomSource, _ width: Int, halfWidth: Float, halfHeight: Float,
    ground: ClosedRange<Float>
  ) -> (Float, Float) {
    let side = min(halfWidth * 1.15, Float(width) * 0.4)
    let x = random.uniform(side...(Float(width) - side))
    let top = ground.lowerBound + halfHeight * 0.8
    let bottom = max(ground.upperBound - halfHeight * 0.8, top + 1)
    return (x, random.uniform(top...bottom))
  }

  private static func wave(
    _ random: inout RandomSource, harmonics: ClosedRange<Int>, amplitude: Float
  ) -> [Float] {
    var radii = [Float](repeating: 1, count: steps)
    for harmonic in harmonics {
      let strength = amplitude * random.gaussian() * 1.6 / Float(harmonic).squareRoot() / 1.6
      let phase = random.uniform(0...(2 * .pi))
      for step in 0..<steps {
        radii[step] += strength * cos(Float(harmonic * step) / Float(steps) * 2 * .pi + phase)
      }
    }
    return radii.map { min(max($0, 0.45), 1.7) }
  }

  /// Narrow spikes in random directions.
  private static func addSpicules(_ random: inout RandomSource, to radii: inout [Float]) {
    for _ in 0..<random.integer(6...20) {
      let direction = random.uniform(0...Float(steps))
      let length = random.uniform(0.08...0.35)
      let width = random.uniform(0.004...0.016) * Float(steps)
      for step in 0..<steps {
        var distance = abs(Float(step) - direction)
        distance = min(distance, Float(steps) - distance)
        radii[step] += length * max(0, 1 - distance / width / 1.8)
      }
    }
    // Tips and notches are round.
    let sharp = radii
    for step in 0..<steps {
      radii[step] = (-4...4).reduce(0) { $0 + sharp[(step + $1 + steps) % steps] } / 9
    }
  }
}
