internal import CTIFF
internal import Imaging

/// Turns stored TIFF samples into grey or RGB without transparency.
struct TIFFDisplay {
  let channels: Int
  /// Whether the smallest grey value is white.
  let isInverted: Bool
  /// Samples of a pixel that are neither colour nor alpha.
  let hiddenSamples: Int
  private let page: CTIFFPage
  private let pixels: PixelBuffer

  init(_ stored: TIFFLibrary.Stored) throws(CodecError) {
    page = stored.page
    let isWhiteZero = page.photometric == TIFFLibrary.whiteIsZero
    // Alpha is of light: the picture is turned over before it is applied.
    let turnsOver = isWhiteZero && TIFFDisplay.hasStraightAlpha(page, channels: 1)
    isInverted = isWhiteZero && !turnsOver
    let samples = Int(page.samples)
    channels = TIFFDisplay.channels(of: page)
    let hasAlpha = page.alpha == 1 || page.alpha == 2
    hiddenSamples =
      page.photometric == TIFFLibrary.inks ? 0 : samples - channels - (hasAlpha ? 1 : 0)
    let isUnsigned = page.sampleFormat == 1
    switch page.photometric {
    case TIFFLibrary.palette:
      guard case .uint8(let indices) = stored.pixels, samples == 1 else {
        throw .unsupported(.tiff, reason: "its palette images have \(samples) samples a pixel")
      }
      pixels = .uint8(TIFFDisplay.resolved(indices, page))
    case TIFFLibrary.inks:
      guard samples == 4, isUnsigned, page.bits == 8 || page.bits == 16 else {
        throw .unsupported(.tiff, reason: "its inks are not four of 8 or 16 bits")
      }
      guard page.inkSet == TIFFLibrary.processInks else {
        throw .unsupported(.tiff, reason: "its inks are not cyan, magenta, yellow and black")
      }
      pixels = TIFFDisplay.withoutInk(stored.pixels)
    case TIFFLibrary.rgb where samples >= 3:
      pixels = TIFFDisplay.opaque(stored.pixels, page, channels: 3)
    case TIFFLibrary.rgb:
      throw .corrupt(.tiff, reason: "it states RGB and \(samples) samples a pixel")
    default:
      pixels = TIFFDisplay.opaque(stored.pixels, page, channels: 1, turnsOver: turnsOver)
    }
  }

  /// Samples of a displayed pixel.
  static func channels(of page: CTIFFPage) -> Int {
    [TIFFLibrary.palette, TIFFLibrary.inks, TIFFLibrary.rgb].contains(page.photometric) ? 3 : 1
  }

  func image(upright orientation: Orientation, _ attributes: ImageAttributes) -> Image {
    let (width, height) = (Int(page.width), Int(page.height))
    let turned = orientation.upright(pixels, width: width, height: height, channels: channels)
    let isPalette = page.photometric == TIFFLibrary.palette
    return Image(
      width: turned.width, height: turned.height, channels: channels, pixels: turned.pixels,
      bitsStored: isPalette ? 8 : Int(page.bits), attributes: attributes)
  }

  private static func resolved(_ indices: [UInt8], _ page: CTIFFPage) -> [UInt8] {
    withUnsafeBytes(of: page.palette) { colors in
      var out = [UInt8]()
      out.reserveCapacity(3 * indices.count)
      for index in indices {
        for channel in 0..<3 { out.append(colors[3 * Int(index) + channel]) }
      }
      return out
    }
  }

  /// red = (largest - cyan)(largest - black) / largest, and so on; inks are not simulated.
  private static func withoutInk(_ pixels: PixelBuffer) -> PixelBuffer {
    switch pixels {
    case .uint8(let s): .uint8(lights(s))
    case .uint16(let s): .uint16(lights(s))
    default: pixels
    }
  }

  private static func lights<T: FixedWidthInteger & UnsignedInteger>(_ inks: [T]) -> [T] {
    AlphaBlending.overBlack(
      inks.map { ~$0 }, samples: 4, alpha: 3, largest: UInt64(T.max))
  }

  /// The colour samples alone; where alpha is yet to be applied to them, laid over black.
  /// - Parameter turnsOver: the first sample, so that 0 is black.
  private static func opaque(
    _ pixels: PixelBuffer, _ page: CTIFFPage, channels: Int, turnsOver: Bool = false
  ) -> PixelBuffer {
    let samples = Int(page.samples)
    guard samples > channels else { return pixels }
    let largest = (UInt64(1) << UInt64(min(page.bits, 32))) - 1
    func blended<T: FixedWidthInteger>(_ values: [T]) -> [T] {
      var values = values
      if turnsOver {
        for index in stride(from: 0, to: values.count, by: samples) {
          values[index] = T(truncatingIfNeeded: largest) &- values[index]
        }
      }
      return AlphaBlending.overBlack(values, samples: samples, alpha: channels, largest: largest)
    }
    let isStraight = hasStraightAlpha(page, channels: channels)
    switch pixels {
    case .uint8(let s) where isStraight: return .uint8(blended(s))
    case .uint16(let s) where isStraight: return .uint16(blended(s))
    case .uint32(let s) where isStraight: return .uint32(blended(s))
    default:
      return pixels.reordered(count: pixels.count / samples * channels) { index in
        index / channels * samples + index % channels
      }
    }
  }

  /// Alpha beside colours that it is yet to be applied to; of unsigned samples.
  private static func hasStraightAlpha(_ page: CTIFFPage, channels: Int) -> Bool {
    page.alpha == 2 && Int(page.samples) == channels + 1 && page.sampleFormat == 1
  }
}
