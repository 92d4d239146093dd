/// A yes or no for each pixel: 1 where a lesion is, 0 elsewhere.
package struct Mask: Sendable, Equatable {
  package let width: Int
  package let height: Int
  /// `[height, width]`, each 0 or 1.
  package var pixels: [UInt8]

  /// - Precondition: `pixels.count == width * height`.
  package init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(pixels.count == width * height, "the mask's pixels must match its shape")
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// A mask without any pixel set.
  package init(width: Int, height: Int) {
    self.init(width: width, height: height, pixels: [UInt8](repeating: 0, count: width * height))
  }

  /// Number of pixels set.
  package var area: Int { pixels.reduce(0) { $0 + Int($1) } }
}
