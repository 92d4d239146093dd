package import Imaging

/// Samples as a file stores them, before anything that is only for display: palette indices, alpha,
/// CMYK inks and orientation are left as they are.
package struct DecodedPixels: Sendable, Equatable {
  package let width: Int
  package let height: Int
  /// 1 grey or palette index, 2 grey and alpha, 3 RGB, 4 RGB and alpha or CMYK.
  package let samplesPerPixel: Int
  /// `[height, width, samplesPerPixel]`.
  package let pixels: PixelBuffer
  /// Bits of one sample that carry information, 1...32.
  package let precision: Int
  package let isSigned: Bool
}

/// What a header says, before any pixel is decoded.
package struct CodecHeader: Sendable, Equatable {
  package let format: ImageFormat
  /// Columns and rows as stored; `Orientation` may swap them for display.
  package let width: Int
  package let height: Int
  package let samplesPerPixel: Int
  package let precision: Int
  package let isSigned: Bool
  /// EXIF orientation; `.upright` where the format has none.
  package let orientation: Orientation
  /// "palette", "interlaced", "progressive": for people.
  package let remarks: [String]
  /// Samples of a displayed pixel, where the samples stored do not tell.
  var shownChannels: Int?
  /// Pages; 1 where the format has no more.
  package var frames = 1
  /// Where a TIFF's pages lie in it: to find one anew means to walk over all before it.
  var pages: [UInt64] = []
  /// What the file holds that is not read.
  package var warnings: [String] = []
  /// Of the first page, where the file says it.
  package var pixelSpacing: PixelSpacing?

  /// Samples of a displayed pixel: 1 grey, 3 colour.
  package var channels: Int {
    shownChannels ?? (samplesPerPixel >= 3 || remarks.contains("palette") ? 3 : 1)
  }

  /// Columns and rows of the displayable image.
  package var displaySize: (width: Int, height: Int) {
    orientation.swapsAxes ? (height, width) : (width, height)
  }
}

/// Bounds that are checked from headers, before memory is taken.
package struct CodecLimits: Sendable, Equatable {
  package var maximumPixels: Int
  /// Scans of one progressive JPEG; each costs a pass over the whole picture.
  package var maximumScans: Int
  /// Pages of one file.
  package var maximumFrames: Int

  package init(
    maximumPixels: Int = 1 << 28, maximumScans: Int = 100, maximumFrames: Int = 100_000
  ) {
    self.maximumPixels = maximumPixels
    self.maximumScans = maximumScans
    self.maximumFrames = maximumFrames
  }

  package static let standard = CodecLimits()

  func check(_ format: ImageFormat, width: Int, height: Int) throws(CodecError) {
    guard width > 0, height > 0 else {
      throw .corrupt(format, reason: "the header says \(width) x \(height) pixels")
    }
    let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
    guard !overflow, pixels <= maximumPixels else {
      throw .tooLarge(format, width: width, height: height, maximumPixels: maximumPixels)
    }
  }
}
