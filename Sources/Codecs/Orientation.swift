package import Imaging

/// EXIF orientation (CIPA DC-008, tag 0x0112): how stored rows and columns lie in the upright picture.
package enum Orientation: Int, Sendable {
  case upright = 1
  case mirrored = 2
  case rotated180 = 3
  case flipped = 4
  case transposed = 5
  case rotated90 = 6
  case transversed = 7
  case rotated270 = 8

  /// Whether the upright picture has the stored rows as its columns.
  package var swapsAxes: Bool { rawValue >= 5 }

  /// The upright picture's samples, `[height, width, channels]` in and out.
  package func upright(
    _ pixels: PixelBuffer, width: Int, height: Int, channels: Int
  ) -> (pixels: PixelBuffer, width: Int, height: Int) {
    guard self != .upright else { return (pixels, width, height) }
    let outWidth = swapsAxes ? height : width
    let outHeight = swapsAxes ? width : height
    let turned = pixels.reordered(count: width * height * channels) { index in
      let pixel = index / channels
      let (column, row) = source(
        pixel % outWidth, pixel / outWidth, width: width, height: height)
      return (row * width + column) * channels + index % channels
    }
    return (turned, outWidth, outHeight)
  }

  /// The stored column and row of the upright picture's pixel (x, y).
  private func source(_ x: Int, _ y: Int, width: Int, height: Int) -> (Int, Int) {
    switch self {
    case .upright: (x, y)
    case .mirrored: (width - 1 - x, y)
    case .rotated180: (width - 1 - x, height - 1 - y)
    case .flipped: (x, height - 1 - y)
    case .transposed: (y, x)
    case .rotated90: (y, height - 1 - x)
    case .transversed: (width - 1 - y, height - 1 - x)
    case .rotated270: (width - 1 - y, x)
    }
  }
}
