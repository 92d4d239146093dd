private import Foundation

/// Layers of a breast as a transducer at the top edge meets them: skin, fat with septa, glandular
/// tissue, pectoral muscle with fibres, chest wall. Echo levels in decibels for each pixel.
struct Tissue {
  /// Echo level of scatterers.
  private(set) var level: Field
  /// Echo level of interfaces, which add to the scatterers in phase.
  private(set) var interfaces: Field
  /// Rows in which lesions grow.
  let ground: ClosedRange<Float>

  private let width: Int
  private let height: Int

  init(_ random: inout RandomSource, width: Int, height: Int) {
    self.width = width
    self.height = height
    let rows = Float(height)
    let skin = Tissue.boundary(&random, width, depth: rows * random.uniform(0.03...0.055), swing: 1)
    let fat = Tissue.boundary(
      &random, width, depth: rows * random.uniform(0.14...0.3), swing: rows * 0.03)
    let gland = Tissue.boundary(
      &random, width, depth: rows * random.uniform(0.58...0.78), swing: rows * 0.03)
    let muscle = Tissue.boundary(
      &random, width, depth: rows * random.uniform(0.82...0.98), swing: rows * 0.015)
    ground = (rows * 0.16)...(rows * 0.66)
    level = Field(width: width, height: height)
    interfaces = Field(width: width, height: height, -80)
    let textures = Textures(&random, width: width, height: height, along: gland)
    fill(textures, skin: skin, fat: fat, gland: gland, muscle: muscle)
    draw(
      skin, brightness: -4, thickness: 1.2, breaks: textures.modulation,
      grain: textures.medium)
    draw(
      gland, brightness: random.uniform(-9...0), thickness: random.uniform(0.9...1.8),
      breaks: textures.modulation,
      grain: textures.medium)
    draw(
      muscle, brightness: random.uniform(-8...4), thickness: random.uniform(1...2.2),
      breaks: textures.modulation,
      grain: textures.medium)
  }

  /// Noise that gives each layer its grain, bent along the layers.
  private struct Textures {
    let coarse: Field
    let medium: Field
    let fibres: Field
    let septa: Field
    let strands: Field
    let modulation: Field

    init(_ random: inout RandomSource, width: Int, height: Int, along boundary: [Float]) {
      let mean = boundary.reduce(0, +) / Float(boundary.count)
      let bend = boundary.map { ($0 - mean) * 0.8 }
      let unit = Float(width) / 384
      func smooth(_ across: Float, _ down: Float) -> Field {
        Field(
          smooth: &random, width: width, height: height, across: across * unit, down: down * unit
        ).sheared(by: bend)
      }
      coarse = smooth(30, 12)
      medium = smooth(9, 3)
      fibres = smooth(30, 1.5)
      // Lines where a smooth field crosses zero: thin, curved, branching.
      septa = smooth(48, 7).map { exp(-pow($0 / 0.09, 2)) }
      strands = smooth(26, 3).map { exp(-pow($0 / 0.25, 2)) }
      modulation = smooth(22, 8)
    }
  }

  private mutating func fill(
    _ textures: Textures, skin: [Float], fat: [Float], gland: [Float], muscle: [Float]
  ) {
    for y in 0..<height {
      for x in 0..<width {
        let row = Float(y)
        let index = y * width + x
        let coarse = textures.coarse.values[index]
        let medium = textures.medium.values[index]
        let line = textures.modulation.values[index]
        let skinLevel: Float = -8 + 1.5 * medium
        let fatLevel = -20 + 1.5 * coarse + 1.5 * medium
        let glandLevel =
          -13 + 3 * coarse + 3 * medium
          + 9 * textures.strands.values[index] * max(0, 0.6 + line)
        let muscleLevel = -19 + 2 * coarse + 6 * textures.fibres.values[index]
        let deepLevel = -30 + 3 * coarse + 2 * medium
        let values = [skinLevel, fatLevel, glandLevel, muscleLevel, deepLevel]
        let borders = [skin[x], fat[x], gland[x], muscle[x]]
        var sum = values[0]
        for layer in 0..<4 {
          let share = 1 / (1 + exp(-(row - borders[layer]) / 1.5))
          sum += (values[layer + 1] - sum) * share
        }
        level.values[index] = sum
        let inFat = row > skin[x] && row < gland[x]
        let septum = 26 * textures.septa.values[index] * max(0, 0.3 + 0.5 * line + 0.15 * medium)
        if inFat { interfaces.values[index] = septum > 1 ? -28 + septum : -80 }
      }
    }
  }

  /// A bright line along a boundary, here and there interrupted.
  private mutating func draw(
    _ boundary: [Float], brightness: Float, thickness: Float, breaks: Field, grain: Field
  ) {
    for x in 0..<width {
      let centre = Int(boundary[x])
      for y in max(centre - 5, 0)...max(min(centre + 5, height - 1), 0) where y < height {
        let distance = (Float(y) - boundary[x]) / thickness
        let value =
          brightness + 7 * breaks[x, y] + 3 * grain[x, y] - 6 * distance * distance
        interfaces[x, y] = max(interfaces[x, y], value)
      }
    }
  }

  /// A slowly varying depth for each column, in rows.
  private static func boundary(
    _ random: inout RandomSource, _ width: Int, depth: Float, swing: Float
  ) -> [Float] {
    let slope = random.uniform(-1...1) * swing * 1.5
    var line = (0..<width).map { depth + slope * (Float($0) / Float(width) - 0.5) }
    for wave in 1...4 {
      let strength = swing * random.gaussian() / Float(wave)
      let phase = random.uniform(0...(2 * .pi))
      let turns = (Float(wave) - 0.6) * random.uniform(0.7...1.3)
      for x in 0..<width {
        line[x] += strength * sin(Float(x) / Float(width) * turns * 2 * .pi + phase)
      }
    }
    return line
  }
}

extension Tissue {
  /// Puts a lesion in: its own echo level, its rim, its calcifications.
  mutating func add(_ lesion: Lesion, _ random: inout RandomSource) {
    let grain = Field(
      smooth: &random, width: level.width, height: level.height, across: 5, down: 4)
    let ragged = Field(
      smooth: &random, width: level.width, height: level.height, across: 3, down: 2)
    for y in 0..<level.height {
      for x in 0..<level.width {
        let depth =
          lesion.depth(Float(x), Float(y)) + 0.5 * lesion.softness * ragged[x, y]
        guard depth > -4 * lesion.rimWidth else { continue }
        let inside = 1 / (1 + exp(-depth / (lesion.softness * 0.6)))
        let fromTop = max(0, Float(y) - lesion.centreY + lesion.halfHeight)
        let own =
          -15 + lesion.level + lesion.heterogeneity * grain[x, y]
          + lesion.clutter * exp(-fromTop / (0.35 * lesion.halfHeight))
        let distance = depth / lesion.rimWidth
        let rim = lesion.rim * exp(-distance * distance) * (1 - inside * 0.7)
        level[x, y] += (own - level[x, y]) * inside + rim
        interfaces[x, y] += (-80 - interfaces[x, y]) * inside
      }
    }
    for calcification in lesion.calcifications {
      let (x, y) = lesion.point(angle: calcification.angle, share: calcification.radius)
      let (column, row) = (Int(x), Int(y))
      guard (0..<level.width).contains(column), (0..<level.height).contains(row) else { continue }
      interfaces[column, row] = 8
    }
  }
}
