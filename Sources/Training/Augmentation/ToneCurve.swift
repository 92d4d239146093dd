private import Foundation

/// Brightness, contrast and gamma in one curve from 0...1 to 0...1, as a table.
///
///     u = v^gamma,  f(v) = u + ((u - middle)(contrast - 1) + brightness) · min(1, v / 0.08)
///
/// The last factor keeps black black: what holds no echo, the area around the image included, stays
/// so at any gain.
struct ToneCurve: Sendable {
  /// Values at `k / 256`, one more at the end so that 1 has a right neighbour.
  private(set) var table: [Float]

  static let steps = 256

  /// - Parameter middle: the grey value that contrast leaves where it is.
  init(brightness: Float, contrast: Float, gamma: Float, middle: Float) {
    table = (0...(Self.steps + 1)).map { step in
      let value = min(Float(step) / Float(Self.steps), 1)
      let power = gamma == 1 ? value : pow(value, gamma)
      let change = (power - middle) * (contrast - 1) + brightness
      return min(max(power + change * min(1, value / 0.08), 0), 1)
    }
  }

  /// Draws one; nil for none.
  init?(_ settings: AugmentationSettings, middle: Float, from generator: inout SeededGenerator) {
    guard generator.chance(settings.toneProbability) else { return nil }
    let brightness = generator.uniform(-1, 1) * settings.brightness
    let contrast = exp(generator.uniform(-1, 1) * settings.contrast)
    let gamma = exp(generator.uniform(-1, 1) * settings.gamma)
    guard brightness != 0 || contrast != 1 || gamma != 1 else { return nil }
    self.init(brightness: brightness, contrast: contrast, gamma: gamma, middle: middle)
  }
}
