package import ModelFiles

/// Writes samples as the network sees them in training: varied and normalised.
///
/// What comes out depends on settings, seed, epoch and sample alone: not on the thread, on the
/// batch, or on what was written before.
package struct Augmenter: Sendable {
  package let settings: AugmentationSettings
  package let specification: InputSpecification
  private let seed: UInt64
  private let isActive: Bool

  /// - Throws: ``TrainingError`` when a setting is out of range or the network's input has more than
  ///   one channel.
  package init(
    _ settings: AugmentationSettings, _ specification: InputSpecification, seed: UInt64
  ) throws(TrainingError) {
    try settings.validate()
    guard specification.channels == 1 else {
      throw .badSetting(name: "input", reason: "training works on one channel, luminance")
    }
    self.settings = settings
    self.specification = specification
    self.seed = seed
    isActive = settings != .none
  }

  /// - Parameters:
  ///   - epoch: nil for the sample as it is, normalised (for validation).
  ///   - image: takes `[height, width]`, normalised.
  ///   - lesion: takes `[height, width]`, each 0 or 1; zeros where the sample's is not known.
  ///   - workspace: of the input's size, used by one thread at a time.
  package func write(
    _ sample: Sample, epoch: Int?, image: UnsafeMutableBufferPointer<Float>,
    lesion: UnsafeMutableBufferPointer<Float>, workspace: AugmentationWorkspace
  ) {
    if let epoch, isActive {
      var generator = SeededGenerator(
        seed: seed, streams: UInt64(truncatingIfNeeded: epoch),
        UInt64(truncatingIfNeeded: sample.item))
      vary(sample, image, lesion, workspace, &generator)
    } else {
      workspace.load(sample, tone: nil)
      workspace.warp(GeometricTransform(), image: image, lesion: lesion)
    }
    workspace.normalise(
      image, mean: specification.mean[0], standardDeviation: specification.standardDeviation[0])
  }

  private func vary(
    _ sample: Sample, _ image: UnsafeMutableBufferPointer<Float>,
    _ lesion: UnsafeMutableBufferPointer<Float>, _ workspace: AugmentationWorkspace,
    _ generator: inout SeededGenerator
  ) {
    let side = SIMD2(Float(workspace.width), Float(workspace.height))
    let transform = GeometricTransform(settings, side: side, from: &generator)
    workspace.load(sample, tone: ToneCurve(settings, middle: sample.mean, from: &generator))
    workspace.warp(transform, image: image, lesion: lesion)
    degrade(image, workspace, &generator)
    addNoise(image, workspace, &generator)
    eraseSomewhere(image, workspace, &generator)
  }

  private func degrade(
    _ image: UnsafeMutableBufferPointer<Float>, _ workspace: AugmentationWorkspace,
    _ generator: inout SeededGenerator
  ) {
    if generator.chance(settings.coarseProbability) {
      let factor = generator.uniform(1, settings.coarseness)
      if factor > 1.05 { workspace.coarsen(image, factor: factor) }
    }
    if generator.chance(settings.blurProbability) {
      let sigma = generator.uniform(0, settings.blur)
      if sigma > 0.25 { workspace.blur(image, sigma: sigma) }
    }
    if generator.chance(settings.shadingProbability) {
      let slope = generator.uniform(-1, 1)
      workspace.shade(image, slope: SIMD2(slope, generator.uniform(-1, 1)) * settings.shading)
    }
  }

  private func addNoise(
    _ image: UnsafeMutableBufferPointer<Float>, _ workspace: AugmentationWorkspace,
    _ generator: inout SeededGenerator
  ) {
    if generator.chance(settings.speckleProbability) {
      let strength = generator.uniform(0, settings.speckle)
      workspace.makeNoise(grain: generator.uniform(1, settings.speckleGrain), from: &generator)
      workspace.multiplyByNoise(image, strength: strength)
    }
    if generator.chance(settings.noiseProbability) {
      let strength = generator.uniform(0, settings.noise)
      workspace.makeNoise(grain: 1, from: &generator)
      workspace.addNoise(image, strength: strength)
    }
  }

  private func eraseSomewhere(
    _ image: UnsafeMutableBufferPointer<Float>, _ workspace: AugmentationWorkspace,
    _ generator: inout SeededGenerator
  ) {
    guard generator.chance(settings.erasingProbability) else { return }
    let width = Int(generator.uniform(0.3, 1) * settings.erasing * Float(workspace.width))
    let height = Int(generator.uniform(0.3, 1) * settings.erasing * Float(workspace.height))
    let left = generator.index(below: workspace.width)
    let top = generator.index(below: workspace.height)
    workspace.erase(
      image, columns: (left - width / 2)..<(left + width - width / 2),
      rows: (top - height / 2)..<(top + height - height / 2))
  }
}
