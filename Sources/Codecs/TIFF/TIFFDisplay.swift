internal import CTIFF
internal import Imaging

/// Turns stored TIFF samples into grey or RGB without transparency.
struct TIFFDisplay {
  let channels: Int
  private let page: CTIFFPage
  private let pixels: PixelBuffer

  init(_ stored: TIFFLibrary.Stored) throws(CodecError) {
    page = stored.page
    let samples = Int(page.samples)
    let isUnsigned = page.sampleFormat == 1
    switch page.photometric {
    case TIFFLibrary.palette:
      guard case .uint8(let indices) = stored.pixels, samples == 1 else {
        throw .unsupported(.tiff, reason: "its palette images have \(samples) samples a pixel")
      }
      channels = 3
      pixels = .uint8(TIFFDisplay.resolved(indices, page))
    case TIFFLibrary.inks:
      guard samples == 4, isUnsigned, page.bits == 8 || page.bits == 16 else {
        throw .unsupported(.tiff, reason: "its inks are not four of 8 or 16 bits")
      }
      channels = 3
      pixels = TIFFDisplay.withoutInk(stored.pixels)
    case TIFFLibrary.rgb where samples >= 3:
      channels = 3
      pixels = TIFFDisplay.opaque(stored.pixels, page, channels: 3)
    case TIFFLibrary.rgb:
      throw .corrupt(.tiff, reason: "it states RGB and \(samples) samples a pixel")
    default:
      channels = 1
      pixels = TIFFDisplay.opaque(stored.pixels, page, channels: 1)
    }
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
    case .uint8(let s): .uint8(weighted(s, samples: 4, channels: 3, largest: 255, isInk: true))
    case .uint16(let s): .uint16(weighted(s, samples: 4, channels: 3, largest: 65535, isInk: true))
    default: pixels
    }
  }

  /// The colour samples alone; where alpha is yet to be applied to them, laid over black.
  private static func opaque(_ pixels: PixelBuffer, _ page: CTIFFPage, channels: Int)
    -> PixelBuffer
  {
    let samples = Int(page.samples)
    guard samples > channels else { return pixels }
    let largest = (UInt64(1) << UInt64(min(page.bits, 32))) - 1
    func blended<T: FixedWidthInteger>(_ values: [T]) -> [T] {
      weighted(values, samples: samples, channels: channels, largest: largest, isInk: false)
    }
    switch pixels {
    case .uint8(let s) where page.alpha == 2: return .uint8(blended(s))
    case .uint16(let s) where page.alpha == 2: return .uint16(blended(s))
    case .uint32(let s) where page.alpha == 2: return .uint32(blended(s))
    default:
      return pixels.reordered(count: pixels.count / samples * channels) { index in
        index / channels * samples + index % channels
      }
    }
  }

  /// Colour x weight / largest, the weight being each pixel's last sample; of inks the complement
  /// of both.
  private static func weighted<T: FixedWidthInteger>(
    _ values: [T], samples: Int, channels: Int, largest: UInt64, isInk: Bool
  ) -> [T] {
    var out = [T]()
    out.reserveCapacity(values.count / samples * channels)
    for pixel in stride(from: 0, to: values.count, by: samples) {
      let last = UInt64(values[pixel + samples - 1])
      let weight = isInk ? largest - last : last
      for channel in 0..<channels {
        let value = UInt64(values[pixel + channel])
        let light = isInk ? largest - value : value
        out.append(T(truncatingIfNeeded: (light * weight + largest / 2) / largest))
      }
    }
    return out
  }
}
