package import Imaging

/// Colour to grey by ITU-R BT.601: Y = 0.299 R + 0.587 G + 0.114 B, on the values as stored.
package enum Luminance {
  package static let red: Float = 0.299
  package static let green: Float = 0.587
  package static let blue: Float = 0.114

  /// One value a pixel; grey images give their samples.
  package static func plane(of image: Image) -> [Float] {
    let samples = image.pixels.floats()
    guard image.isColor else { return samples }
    return (0..<(image.width * image.height)).map { pixel in
      red * samples[3 * pixel] + green * samples[3 * pixel + 1] + blue * samples[3 * pixel + 2]
    }
  }

  /// The image in grey, rounded to its own sample type; grey images come back as they are.
  package static func grey(_ image: Image) -> Image {
    guard image.isColor else { return image }
    return image.replacingPixels(
      image.pixels.rounding(plane(of: image)), channels: 1, bitsStored: image.bitsStored)
  }
}
