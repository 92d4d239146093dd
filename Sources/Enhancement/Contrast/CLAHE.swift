package import Imaging

/// Contrast-limited adaptive histogram equalisation (Zuiderveld, Graphics Gems IV, 1994) on the full
/// bit depth, with the tiling, clipping and rounding of OpenCV's `createCLAHE(clip, (tiles, tiles))`.
///
/// One histogram bin a grey level: 256 for 8 bits, 4096 for 12, 65536 for 16. Padding is left out of
/// the histograms. Colour: the luminance is equalised and each channel scaled by its change.
package struct CLAHE: EnhancementMethod {
  package static let name = "clahe"
  package static let purpose = EnhancementPurpose.contrast
  package static let summary = "Contrast-limited adaptive histogram equalisation."
  package static let parameters = [
    EnhancementParameter(
      "clip", 0...1000, standard: 2,
      "largest bin as a multiple of the mean bin; 0 leaves histograms as they are"),
    EnhancementParameter("tiles", 1...64, standard: 8, isWhole: true, "tiles along each axis"),
  ]

  private let clip: Double
  private let tiles: Int

  package init(_ values: EnhancementValues) throws(EnhancementError) {
    clip = values["clip"] ?? 2
    tiles = Int(values["tiles"] ?? 8)
  }

  package func apply(
    to image: Image
  ) throws(EnhancementError) -> (image: Image, found: EnhancementValues) {
    guard image.isColor else {
      var levels = GreyLevels(image)
      levels.samples = equalised(levels, width: image.width, height: image.height)
      return (levels.image(like: image), [:])
    }
    return (equaliseColor(image), [:])
  }

  private func equalised(_ levels: GreyLevels, width: Int, height: Int) -> [UInt16] {
    let grid = CLAHEGrid(width: width, height: height, tiles: tiles)
    let tables = CLAHETables(levels, grid, clip: clip)
    return tables.applied(to: levels.samples)
  }

  private func equaliseColor(_ image: Image) -> Image {
    let grey = Luminance.grey(image)
    let old = GreyLevels(grey)
    let new = equalised(old, width: image.width, height: image.height)
    let samples = image.pixels.floats()
    let largest = Float(old.largest)
    var values = [Float](repeating: 0, count: samples.count)
    for pixel in new.indices {
      let ratio = old.samples[pixel] == 0 ? 0 : Float(new[pixel]) / Float(old.samples[pixel])
      for channel in 0..<3 {
        let index = 3 * pixel + channel
        // Black has no hue: it becomes grey of the new luminance.
        let value = ratio == 0 ? Float(new[pixel]) : samples[index] * ratio
        values[index] = min(value, largest)
      }
    }
    return image.replacingPixels(image.pixels.rounding(values), bitsStored: image.bitsStored)
  }
}

/// How OpenCV cuts an image into tiles: an image that does not divide evenly is extended to the right
/// and below by mirroring (the border pixel not repeated).
struct CLAHEGrid {
  let width: Int
  let height: Int
  let tiles: Int
  let tileWidth: Int
  let tileHeight: Int

  init(width: Int, height: Int, tiles: Int) {
    self.width = width
    self.height = height
    self.tiles = tiles
    let fits = width % tiles == 0 && height % tiles == 0
    tileWidth = fits ? width / tiles : (width + tiles - width % tiles) / tiles
    tileHeight = fits ? height / tiles : (height + tiles - height % tiles) / tiles
  }
}
