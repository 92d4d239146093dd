package import Imaging

/// The samples of one frame as the object stores them: before any rescale, lookup table or colour
/// conversion, colour interleaved by pixel.
package struct StoredFrame: Sendable, Equatable {
  package let width: Int
  package let height: Int
  /// Samples of one pixel.
  package let samples: Int
  /// `[height, width, samples]`, in the smallest type that holds Bits Allocated.
  package let pixels: PixelBuffer
  package let bitsStored: Int
  /// True where the three samples are luminance and colour differences.
  package let isYBR: Bool
  /// What is to be said of the values beside the file's own warnings.
  package let remarks: [String]

  /// - Precondition: `pixels.count == width * height * samples`.
  package init(
    width: Int, height: Int, samples: Int, pixels: PixelBuffer, bitsStored: Int,
    isYBR: Bool = false,
    remarks: [String] = []
  ) {
    precondition(pixels.count == width * height * samples, "the samples must match the shape")
    self.width = width
    self.height = height
    self.samples = samples
    self.pixels = pixels
    self.bitsStored = bitsStored
    self.isYBR = isYBR
    self.remarks = remarks
  }

  /// True where the frames can stand in one array: the same size, samples and type.
  package func hasShape(of other: StoredFrame) -> Bool {
    width == other.width && height == other.height && samples == other.samples
      && pixels.bitsAllocated == other.pixels.bitsAllocated
      && pixels.isSigned == other.pixels.isSigned
      && pixels.isFloatingPoint == other.pixels.isFloatingPoint
  }
}

/// How samples lie in cells of memory (PS3.5 section 8.1.1).
struct CellFormat: Equatable {
  /// Bits of one cell.
  var allocated: Int
  /// Bits of the sample.
  var stored: Int
  /// The sample's most significant bit.
  var high: Int
  var isSigned: Bool
  /// Bits of the samples that are to come out: 8, 16 or 32.
  var container: Int
  /// Cells are numbers and not bit patterns: those that a lossy codestream of more bits puts beside
  /// the sample's range are the nearest value inside, where masked bits would turn white to black.
  var isLimited = false
}

extension CellFormat {
  init(_ pixels: PixelDescription) {
    self.init(
      allocated: pixels.bitsAllocated, stored: pixels.bitsStored, high: pixels.highBit,
      isSigned: pixels.isSigned, container: CellFormat.container(for: pixels.bitsAllocated))
  }

  /// The format of what a codestream of `precision` bits gives: either whole cells or only the
  /// sample bits of them.
  init(_ pixels: PixelDescription, precision: Int) {
    self.init(pixels)
    allocated = precision <= 8 ? 8 : precision <= 16 ? 16 : 32
    if high >= precision {
      stored = min(stored, precision)
      high = stored - 1
    }
  }

  static func container(for bits: Int) -> Int { bits <= 8 ? 8 : bits <= 16 ? 16 : 32 }
}
