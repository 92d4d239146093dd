import Foundation
import ModelFiles
import Testing

@testable import Training

struct AugmentationTests {
  private let width = 37
  private let height = 29

  /// A blob of lesion on a textured ground; where `image` equals the lesion, both must stay equal.
  private func sample(number: Int = 0, imageIsLesion: Bool = false, hasMask: Bool = true) -> Sample
  {
    var generator = SeededGenerator(seed: 9, streams: UInt64(number))
    var image: [UInt16] = []
    var lesion: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        let (dx, dy) = (Float(x) - 20, Float(y) - 12)
        let isLesion = dx * dx / 90 + dy * dy / 40 < 1
        lesion.append(isLesion ? 255 : 0)
        let texture = UInt16(generator.next() >> 49) + 16384
        image.append(imageIsLesion ? (isLesion ? 65535 : 0) : texture)
      }
    }
    return Sample(
      item: number, image: image, lesion: hasMask ? lesion : nil, mean: 0.5, classIndex: 0)
  }

  private func specification() -> InputSpecification {
    InputSpecification(width: width, height: height)
  }

  private func augmenter(_ settings: AugmentationSettings, seed: UInt64 = 1) throws -> Augmenter {
    try Augmenter(settings, specification(), seed: seed)
  }

  private func write(_ samples: [Sample], epoch: Int?, _ augmenter: Augmenter, threads: Int = 1)
    -> (images: [Float], lesions: [Float])
  {
    var images = [Float](repeating: .nan, count: samples.count * width * height)
    var lesions = images
    let writer = BatchWriter(augmenter, threads: threads)
    images.withUnsafeMutableBufferPointer { images in
      lesions.withUnsafeMutableBufferPointer { lesions in
        writer.write(samples, epoch: epoch, images: images, lesions: lesions)
      }
    }
    return (images, lesions)
  }

  private var strong: AugmentationSettings {
    var settings = AugmentationSettings()
    settings.affineProbability = 1
    settings.elasticProbability = 1
    settings.toneProbability = 1
    settings.shadingProbability = 1
    settings.speckleProbability = 1
    settings.noiseProbability = 1
    settings.blurProbability = 1
    settings.coarseProbability = 1
    settings.erasingProbability = 1
    return settings
  }

  @Test func validationGetsTheSampleNormalised() throws {
    let sample = sample()
    let (image, lesion) = write([sample], epoch: nil, try augmenter(strong))
    for index in image.indices {
      let wanted = (Float(sample.image[index]) / 65535 - 0.5) / 0.25
      #expect(abs(image[index] - wanted) < 1e-5)
      #expect(lesion[index] == ((sample.lesion?[index] ?? 0) > 127 ? 1 : 0))
    }
    let unvaried = write([sample], epoch: 3, try augmenter(.none))
    #expect(unvaried.images == image && unvaried.lesions == lesion)
  }

  @Test func mirroringTurnsEveryRow() throws {
    var settings = AugmentationSettings.none
    settings.flipProbability = 1
    let sample = sample()
    let plain = write([sample], epoch: nil, try augmenter(settings))
    let turned = write([sample], epoch: 0, try augmenter(settings))
    for y in 0..<height {
      for x in 0..<width {
        let (here, there) = (y * width + x, y * width + width - 1 - x)
        #expect(abs(turned.images[here] - plain.images[there]) < 1e-4)
        #expect(turned.lesions[here] == plain.lesions[there])
      }
    }
  }

  @Test func dependsOnSeedEpochAndSampleAlone() throws {
    let samples = (0..<7).map { sample(number: $0) }
    let augmenter = try augmenter(strong)
    let one = write(samples, epoch: 4, augmenter, threads: 1)
    let three = write(samples, epoch: 4, augmenter, threads: 3)
    #expect(one.images == three.images && one.lesions == three.lesions)
    let backwards = write(samples.reversed(), epoch: 4, augmenter, threads: 2)
    let area = width * height
    #expect(Array(backwards.images[..<area]) == Array(one.images[(6 * area)...]))
    #expect(write(samples, epoch: 5, augmenter).images != one.images)
    #expect(write(samples, epoch: 4, try self.augmenter(strong, seed: 2)).images != one.images)
  }

  @Test func maskFollowsTheImage() throws {
    var settings = AugmentationSettings.none
    let all = AugmentationSettings()
    settings.flipProbability = 0.5
    (settings.rotation, settings.scale, settings.shear) = (all.rotation, all.scale, all.shear)
    (settings.anisotropy, settings.translation) = (all.anisotropy, all.translation)
    (settings.elasticStrength, settings.elasticProbability) = (0.05, 1)
    let augmenter = try augmenter(settings)
    var changed = 0
    let plain = write([sample(imageIsLesion: true)], epoch: nil, augmenter)
    for epoch in 0..<20 {
      let (image, lesion) = write([sample(imageIsLesion: true)], epoch: epoch, augmenter)
      for index in image.indices where abs(image[index]) > 0.001 {
        // Normalised with mean 0.5, so the sign tells on which side of a half it was.
        #expect((image[index] > 0) == (lesion[index] == 1), "epoch \(epoch), pixel \(index)")
      }
      if lesion != plain.lesions { changed += 1 }
    }
    #expect(changed == 20)
  }

  /// The formula in the transform's comment, written plainly, with nothing outside the sample.
  private func naive(_ plane: [Float], _ t: GeometricTransform, _ x: Int, _ y: Int) -> Float {
    func at(_ x: Int, _ y: Int) -> Float {
      (0..<width).contains(x) && (0..<height).contains(y) ? plane[y * width + x] : 0
    }
    let centre = (Float(width - 1) / 2, Float(height - 1) / 2)
    let (dx, dy) = (Float(x) - centre.0, Float(y) - centre.1)
    var sx = centre.0 + t.matrix[0] * dx + t.matrix[1] * dy + t.shift.x
    var sy = centre.1 + t.matrix[2] * dx + t.matrix[3] * dy + t.shift.y
    if !t.controls.isEmpty {
      func basis(_ u: Float) -> Float {
        let a = abs(u)
        return a < 1 ? 2 / 3 - a * a + a * a * a / 2 : a < 2 ? (2 - a) * (2 - a) * (2 - a) / 6 : 0
      }
      let gx = (Float(x) + 0.5) / Float(width) * Float(t.cells)
      let gy = (Float(y) + 0.5) / Float(height) * Float(t.cells)
      for row in 0..<(t.cells + 3) {
        for column in 0..<(t.cells + 3) {
          let weight = basis(gx - Float(column - 1)) * basis(gy - Float(row - 1))
          sx += weight * t.controls[row * (t.cells + 3) + column].x
          sy += weight * t.controls[row * (t.cells + 3) + column].y
        }
      }
    }
    let (left, top) = (Int(sx.rounded(.down)), Int(sy.rounded(.down)))
    let (fx, fy) = (sx - Float(left), sy - Float(top))
    return (1 - fy) * ((1 - fx) * at(left, top) + fx * at(left + 1, top))
      + fy * ((1 - fx) * at(left, top + 1) + fx * at(left + 1, top + 1))
  }

  @Test func warpingEqualsItsFormula() throws {
    let sample = sample()
    let plane = sample.image.map { Float($0) / 65535 }
    let workspace = AugmentationWorkspace(width: width, height: height)
    workspace.load(sample, tone: nil)
    var image = [Float](repeating: 0, count: width * height)
    var lesion = image
    for round in 0..<10 {
      var generator = SeededGenerator(seed: UInt64(round))
      var settings = strong
      settings.translation = 0.3
      settings.elasticCells = 1 + round
      let side = SIMD2(Float(width), Float(height))
      let transform = GeometricTransform(settings, side: side, from: &generator)
      image.withUnsafeMutableBufferPointer { image in
        lesion.withUnsafeMutableBufferPointer { lesion in
          workspace.warp(transform, image: image, lesion: lesion)
        }
      }
      for y in 0..<height {
        for x in 0..<width {
          #expect(abs(image[y * width + x] - naive(plane, transform, x, y)) < 2e-4)
        }
      }
    }
  }

  @Test func blackStaysBlackAndEverythingFinite() throws {
    let black = Sample(
      item: 0, image: [UInt16](repeating: 0, count: width * height), lesion: nil, mean: 0,
      classIndex: nil)
    for factor in [Float(1), 1.4, 2] {
      let augmenter = try augmenter(strong.scaled(by: factor))
      for epoch in 0..<10 {
        let (image, lesion) = write([black, sample(hasMask: false)], epoch: epoch, augmenter)
        #expect(image[..<(width * height)].allSatisfy { $0 == -2 })
        #expect(image.allSatisfy { $0 >= -2 && $0 <= 2 } && lesion.allSatisfy { $0 == 0 })
      }
    }
  }

  @Test func aLesionDoesNotLeakIntoTheNextSample() throws {
    let lesions = write(
      [sample(), sample(number: 1, hasMask: false)], epoch: 1, try augmenter(strong)
    ).lesions
    #expect(lesions[..<(width * height)].contains(1))
    #expect(!lesions[(width * height)...].contains(1))
  }

  @Test func settingsAreCheckedAndCodable() throws {
    var settings = AugmentationSettings()
    #expect(
      try JSONDecoder().decode(
        AugmentationSettings.self, from: JSONEncoder().encode(settings)) == settings)
    settings.noise = .nan
    #expect(throws: TrainingError.self) { try settings.validate() }
    settings = AugmentationSettings()
    settings.blurProbability = 1.5
    #expect(throws: TrainingError.self) { try settings.validate() }
    for name in ["none", "light", "standard", "strong"] {
      try #require(AugmentationSettings(named: name)).validate()
    }
    #expect(AugmentationSettings(named: "wild") == nil)
    #expect(throws: TrainingError.self) {
      try Augmenter(.none, InputSpecification(width: 8, height: 8, channels: 3), seed: 1)
    }
  }
}
