/// How training images are varied, each time they are seen.
///
/// The defaults suit breast ultrasound at 256x256: what differs between probes, patients and gain
/// settings is varied, what never happens (images upside down) is not. Probabilities are 0...1; a
/// strength of 0 switches a variation off.
package struct AugmentationSettings: Sendable, Equatable, Codable {
  /// How often an image is mirrored left to right.
  package var flipProbability: Float = 0.5

  /// How often rotation, scale, shear and shift apply; they apply together.
  package var affineProbability: Float = 0.9
  /// Largest rotation either way, in degrees.
  package var rotation: Float = 15
  /// Largest logarithm of the scale: 0.25 gives 0.78 to 1.28 times the size.
  package var scale: Float = 0.25
  /// Largest logarithm of the ratio between horizontal and vertical scale.
  package var anisotropy: Float = 0.15
  /// Largest shear, as the tangent of its angle.
  package var shear: Float = 0.1
  /// Largest shift either way, as a share of the side.
  package var translation: Float = 0.08

  /// How often tissue is deformed.
  package var elasticProbability: Float = 0.4
  /// Standard deviation of the control points' displacement, as a share of the side; pixels move by
  /// about half of it.
  package var elasticStrength: Float = 0.03
  /// Control cells along each side, at least 1.
  package var elasticCells: Int = 5

  /// How often brightness, contrast and gamma change; they change together. Black stays black.
  package var toneProbability: Float = 0.8
  /// Largest change of brightness, of a range of 1.
  package var brightness: Float = 0.1
  /// Largest logarithm of the contrast factor.
  package var contrast: Float = 0.3
  /// Largest logarithm of the exponent.
  package var gamma: Float = 0.35

  /// How often gain changes along depth and width.
  package var shadingProbability: Float = 0.3
  /// Largest gain change between middle and border.
  package var shading: Float = 0.25

  /// How often multiplicative speckle is added.
  package var speckleProbability: Float = 0.3
  /// Largest standard deviation of the speckle factor.
  package var speckle: Float = 0.2
  /// Largest grain in pixels, at least 1.
  package var speckleGrain: Float = 2.5

  /// How often additive noise is added.
  package var noiseProbability: Float = 0.2
  /// Largest standard deviation of the noise.
  package var noise: Float = 0.03

  /// How often the image is blurred.
  package var blurProbability: Float = 0.2
  /// Largest standard deviation of the Gaussian in pixels, at most 3.
  package var blur: Float = 1.2

  /// How often a coarser image is simulated.
  package var coarseProbability: Float = 0.1
  /// Largest factor by which it is coarser, at least 1.
  package var coarseness: Float = 2

  /// How often a rectangle is blacked out (the mask stays).
  package var erasingProbability: Float = 0
  /// Largest side of the rectangle, as a share of the image's side.
  package var erasing: Float = 0.25

  package init() {}

  /// No variation at all.
  package static var none: AugmentationSettings { AugmentationSettings().scaled(by: 0) }

  /// `none`, `light`, `standard` or `strong`; nil for other names.
  package init?(named name: String) {
    switch name {
    case "none": self = .none
    case "light": self = AugmentationSettings().scaled(by: 0.5)
    case "standard": self = AugmentationSettings()
    case "strong": self = AugmentationSettings().scaled(by: 1.4)
    default: return nil
    }
  }

  /// Every strength multiplied, mirroring kept; by 0: nothing is varied.
  package func scaled(by factor: Float) -> AugmentationSettings {
    var settings = self
    if factor == 0 { settings.flipProbability = 0 }
    let strengths: [WritableKeyPath<AugmentationSettings, Float>] = [
      \.rotation, \.scale, \.anisotropy, \.shear, \.translation, \.elasticStrength, \.brightness,
      \.contrast, \.gamma, \.shading, \.speckle, \.noise, \.blur, \.erasing,
    ]
    for strength in strengths { settings[keyPath: strength] *= factor }
    settings.blur = min(settings.blur, 3)
    settings.coarseness = 1 + (coarseness - 1) * factor
    return settings
  }

  /// - Throws: ``TrainingError/badSetting(name:reason:)`` for the first one out of range.
  package func validate() throws(TrainingError) {
    for (name, value) in probabilities where !(0...1).contains(value) {
      throw .badSetting(name: name, reason: "\(value) is no probability; give 0 to 1")
    }
    for (name, value, range) in strengths where !range.contains(value) {
      throw .badSetting(
        name: name, reason: "\(value) is outside \(range.lowerBound) to \(range.upperBound)")
    }
  }

  private var probabilities: [(String, Float)] {
    [
      ("flipProbability", flipProbability), ("affineProbability", affineProbability),
      ("elasticProbability", elasticProbability), ("toneProbability", toneProbability),
      ("shadingProbability", shadingProbability), ("speckleProbability", speckleProbability),
      ("noiseProbability", noiseProbability), ("blurProbability", blurProbability),
      ("coarseProbability", coarseProbability), ("erasingProbability", erasingProbability),
    ]
  }

  private var strengths: [(String, Float, ClosedRange<Float>)] {
    [
      ("rotation", rotation, 0...180), ("scale", scale, 0...2), ("anisotropy", anisotropy, 0...2),
      ("shear", shear, 0...1), ("translation", translation, 0...1),
      ("elasticStrength", elasticStrength, 0...1), ("elasticCells", Float(elasticCells), 1...64),
      ("brightness", brightness, 0...1), ("contrast", contrast, 0...2), ("gamma", gamma, 0...2),
      ("shading", shading, 0...1), ("speckle", speckle, 0...2),
      ("speckleGrain", speckleGrain, 1...16), ("noise", noise, 0...1), ("blur", blur, 0...3),
      ("coarseness", coarseness, 1...8), ("erasing", erasing, 0...1),
    ]
  }
}
