private import Foundation

/// The machine: turns echo levels into the picture on the screen.
///
/// Scatterers are complex normal numbers weighted by the tissue's echo level; each is spread by a
/// point spread function that widens away from the focus. Their sum's magnitude is Rayleigh
/// distributed (speckle); a gamma-distributed weight on the scatterers makes it K-distributed. Some
/// looks are averaged (spatial compounding), then the logarithm is shown over the dynamic range.
struct Scanner {
  /// Decibels from black to white.
  let dynamicRange: Float
  /// Decibels added before display.
  let gain: Float
  /// Row of the narrowest beam.
  let focus: Float
  /// Pixels; standard deviations.
  let axialWidth: Float
  let lateralWidth: Float
  /// How much the beam widens over the depth of the picture.
  let divergence: Float
  let looks: Int
  /// Decibels below which there is only noise.
  let noiseFloor: Float
  /// Decibels lost from the middle of the picture to its lower edge.
  let depthLoss: Float
  /// Decibels lost towards the sides.
  let sideLoss: Float

  init(_ random: inout RandomSource, width: Int, height: Int) {
    let unit = Float(width) / 384
    dynamicRange = random.uniform(46...60)
    gain = random.uniform(-13 ... -3)
    focus = Float(height) * random.uniform(0.25...0.55)
    axialWidth = unit * random.uniform(0.6...0.85)
    lateralWidth = unit * random.uniform(1.2...1.9)
    divergence = random.uniform(0.6...1.8)
    looks = random.integer(2...4)
    // A little above black: screens show the noise as dark grey.
    noiseFloor = 6 - dynamicRange - gain + random.uniform(0...6)
    depthLoss = random.uniform(4...26)
    sideLoss = random.chance(0.2) ? random.uniform(8...25) : random.uniform(0...4)
  }

  /// The picture, 0 black to 1 white.
  /// - Parameter transmission: decibels that the way to each pixel and back changes its echo by.
  func image(of tissue: Tissue, transmission: Field, _ random: inout RandomSource) -> Field {
    let (width, height) = (tissue.level.width, tissue.level.height)
    var power = Field(width: width, height: height)
    let weights = scattererWeights(&random, width, height)
    let path = Field(width: width, height: height) { x, y in
      transmission[x, y] + loss(Float(x) / Float(width), Float(y) / Float(height))
    }
    for _ in 0..<looks {
      let echo = envelope(of: tissue, path, weights, &random)
      for index in power.values.indices { power.values[index] += echo.values[index] }
    }
    let floor = pow(10, noiseFloor / 20)
    return Field(width: width, height: height) { x, y in
      let noise = floor * (0.6 + 0.4 * abs(random.gaussian()))
      let decibels = 20 * log10(power[x, y] / Float(looks) + noise)
      return min(max((decibels + gain + dynamicRange - 6) / dynamicRange, 0), 1)
    }.blurred(across: 0.45, down: 0.35)
  }

  private func loss(_ across: Float, _ down: Float) -> Float {
    let deep = max(0, down - 0.35) / 0.65
    let side = max(0, abs(across - 0.5) - 0.36) / 0.14
    return -depthLoss * deep * deep - sideLoss * side * side
  }

  /// Square roots of gamma numbers of mean 1, alike over a few pixels: clusters of scatterers.
  private func scattererWeights(_ random: inout RandomSource, _ width: Int, _ height: Int) -> Field
  {
    Field(smooth: &random, width: width, height: height, across: 2.2, down: 1.4)
      .map { exp(0.35 * $0 - 0.06) }
  }

  /// The magnitude of one look.
  private func envelope(
    of tissue: Tissue, _ path: Field, _ weights: Field, _ random: inout RandomSource
  ) -> Field {
    let (width, height) = (path.width, path.height)
    // The blur keeps the mean, not the power, of white noise: its loss is made up for.
    let rms = 2 * (Float.pi.squareRoot()) * (axialWidth * lateralWidth).squareRoot()
    var real = Field(width: width, height: height)
    var imaginary = real
    for index in path.values.indices {
      let scatterers =
        pow(10, (tissue.level.values[index] + path.values[index]) / 20) * weights.values[index]
        * rms * 0.7
      let interface =
        pow(10, (tissue.interfaces.values[index] + path.values[index]) / 20) * 1.6
      real.values[index] = scatterers * random.gaussian() + interface
      imaginary.values[index] = scatterers * random.gaussian()
    }
    real = spread(real)
    imaginary = spread(imaginary)
    for index in real.values.indices {
      let (a, b) = (real.values[index], imaginary.values[index])
      real.values[index] = (a * a + b * b).squareRoot()
    }
    return real
  }

  private func spread(_ field: Field) -> Field {
    field.blurred(across: 0, down: axialWidth).blurredRows(.wrapped) { y in
      let away = abs(Float(y) - focus) / Float(field.height)
      return lateralWidth * (1 + divergence * away)
    }
  }
}
