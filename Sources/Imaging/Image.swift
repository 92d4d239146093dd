/// One frame: its samples at the precision they were stored with, and what they mean.
///
/// An image is a value. Each step of the pipeline takes one and returns another; what later steps
/// must know (modality, spacing, what was done to it) travels inside.
package struct Image: Sendable, Equatable {
  /// Columns, at least 1.
  package let width: Int
  /// Rows, at least 1.
  package let height: Int
  /// Samples of one pixel: 1 grey, 3 RGB. Files' palettes, YCbCr, CMYK and alpha are resolved on decoding.
  package let channels: Int
  /// `[height, width, channels]`.
  package let pixels: PixelBuffer
  /// Bits that carry information in one sample, 1...64 (12 for a 12-bit CT held in 16 bits).
  package let bitsStored: Int
  package var attributes: ImageAttributes

  /// - Precondition: `pixels.count == width * height * channels`; callers check sizes read from files.
  package init(
    width: Int, height: Int, channels: Int = 1, pixels: PixelBuffer, bitsStored: Int? = nil,
    attributes: ImageAttributes = ImageAttributes()
  ) {
    precondition(width > 0 && height > 0, "an image has at least one pixel")
    precondition(channels == 1 || channels == 3, "an image is grey or RGB")
    precondition(
      pixels.count == width * height * channels, "the sample count must match the image's shape")
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
    self.bitsStored = bitsStored ?? pixels.bitsAllocated
    self.attributes = attributes
  }

  package var isColor: Bool { channels == 3 }

  /// The same geometry and meaning with other samples.
  package func replacingPixels(_ pixels: PixelBuffer, channels: Int? = nil, bitsStored: Int? = nil)
    -> Image
  {
    Image(
      width: width, height: height, channels: channels ?? self.channels, pixels: pixels,
      bitsStored: bitsStored
        ?? (pixels.bitsAllocated == self.pixels.bitsAllocated ? self.bitsStored : nil),
      attributes: attributes)
  }
}
