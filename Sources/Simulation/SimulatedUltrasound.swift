private import Foundation
package import Imaging

/// One simulated breast ultrasound picture with its known lesion. Simulated: no patient, no device.
///
/// The model is that of a textbook: layered tissue, K-distributed speckle from scatterers under a
/// depth-dependent point spread function, attenuation with what the time gain leaves of it, and
/// lesions with the signs that BI-RADS names: oval, parallel and brightening what is behind for
/// benign ones; irregular or spiculated, not parallel and shadowing for malignant ones.
package struct SimulatedUltrasound: Sendable {
  package enum Finding: String, Sendable, CaseIterable {
    case normal
    case benign
    case malignant
  }

  package let finding: Finding
  /// Brightness 0...1, `[height, width]`.
  package let brightness: [Float]
  /// Where the lesion is.
  package let mask: Mask
  package let pixelSpacing: PixelSpacing?

  /// The same numbers give the same picture.
  /// - Parameters:
  ///   - seed: chooses anatomy, lesion, machine and speckle.
  ///   - frame: another look at the same anatomy and lesion: new speckle and noise only.
  /// - Precondition: both sides are at least 64 pixels.
  package init(finding: Finding, seed: UInt64, width: Int, height: Int, frame: Int = 0) {
    precondition(width >= 64 && height >= 64, "a simulated picture is at least 64 x 64 pixels")
    var anatomy = RandomSource(seed: seed, stream: 1)
    var machine = RandomSource(seed: seed, stream: 2)
    var speckle = RandomSource(seed: seed, stream: 3 + UInt64(frame))
    var tissue = Tissue(&anatomy, width: width, height: height)
    let lesion = Self.lesion(finding, &anatomy, width, height, tissue.ground)
    if let lesion { tissue.add(lesion, &anatomy) }
    let scanner = Scanner(&machine, width: width, height: height)
    let transmission = Self.transmission(behind: lesion, width, height, &anatomy)
    self.finding = finding
    brightness = scanner.image(of: tissue, transmission: transmission, &speckle).values
    mask = Self.mask(of: lesion, width, height)
    let depth = Double((machine.uniform(32...48) * 10).rounded() / 10)
    let distance = (depth / Double(height) * 10000).rounded() / 10000
    pixelSpacing = PixelSpacing(row: distance, column: distance)
  }

  /// The picture as unsigned grey.
  /// - Parameter bits: 8 or 16.
  package func image(bits: Int) -> Image {
    precondition(bits == 8 || bits == 16, "pictures are written with 8 or 16 bits")
    let pixels: PixelBuffer =
      bits == 8
      ? .uint8(brightness.map { UInt8(($0 * 255).rounded()) })
      : .uint16(brightness.map { UInt16(($0 * 65535).rounded()) })
    return Image(
      width: mask.width, height: mask.height, pixels: pixels,
      attributes: ImageAttributes(modality: "US", pixelSpacing: pixelSpacing))
  }

  private static func lesion(
    _ finding: Finding, _ random: inout RandomSource, _ width: Int, _ height: Int,
    _ ground: ClosedRange<Float>
  ) -> Lesion? {
    switch finding {
    case .normal: nil
    case .benign: Lesion(benign: &random, width: width, height: height, ground: ground)
    case .malignant: Lesion(malignant: &random, width: width, height: height, ground: ground)
    }
  }

  /// Decibels gained or lost on the way through the lesion, summed down each column; benign lesions
  /// cast thin shadows from their sides, where the beam grazes them.
  private static func transmission(
    behind lesion: Lesion?, _ width: Int, _ height: Int, _ random: inout RandomSource
  ) -> Field {
    var field = Field(width: width, height: height)
    guard let lesion else { return field }
    let grazing = lesion.transmission > 0 ? random.uniform(0...6) : 0
    let streaks = Field(smooth: &random, width: width, height: 1, across: 6, down: 0)
    for x in 0..<width {
      var sum: Float = 0
      let offset = abs(Float(x) - lesion.centreX) / lesion.halfWidth
      let side = grazing * exp(-pow((offset - 0.97) / 0.08, 2))
      for y in 0..<height {
        if lesion.depth(Float(x), Float(y)) > 0 {
          sum += lesion.transmission * (1 + 0.25 * streaks[x, 0])
        }
        field[x, y] = sum - (Float(y) > lesion.centreY ? side : 0)
      }
    }
    // The beam is wider than a column, and neighbouring beams fill in behind.
    return field.blurred(across: 0, down: 2).blurredRows(.repeated) { y in
      2.5 + 0.09 * max(0, Float(y) - lesion.centreY)
    }
  }

  private static func mask(of lesion: Lesion?, _ width: Int, _ height: Int) -> Mask {
    guard let lesion else { return Mask(width: width, height: height) }
    let inside = (0..<(width * height)).map { index -> UInt8 in
      lesion.depth(Float(index % width), Float(index / width)) > 0 ? 1 : 0
    }
    return Mask(width: width, height: height, pixels: inside)
  }
}
