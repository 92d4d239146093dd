private import CPNG
package import Imaging

/// PNG (ISO/IEC 15948) through libpng: 1 to 16 bits, grey, RGB, palette, alpha, interlaced.
///
/// Gamma, colour profiles, text and EXIF chunks are ignored. A wrong checksum or an early end
/// anywhere is an error, also where the pixels before it could be shown.
package enum PNGCodec {
  /// What the header says, up to the first pixel data.
  package static func header(of bytes: [UInt8]) throws(CodecError) -> CodecHeader {
    let raw = try PNGLibrary.header(of: bytes)
    var remarks: [String] = []
    if raw.colorType == PNGLibrary.palette { remarks.append("palette") }
    if raw.interlaced != 0 { remarks.append("interlaced") }
    var header = CodecHeader(
      format: .png, width: Int(raw.width), height: Int(raw.height),
      samplesPerPixel: Int(raw.samples), precision: Int(raw.bitDepth), isSigned: false,
      orientation: .upright, remarks: remarks)
    header.warnings = warnings(of: bytes)
    return header
  }

  /// An animation has a chunk of its own before the picture's data, with the number of frames.
  private static func warnings(of bytes: [UInt8]) -> [String] {
    var reader = BigEndianReader(bytes: bytes, position: 8, format: .png)
    while let length = try? reader.next(4), let type = try? reader.next(4) {
      if type == 0x4944_4154 { break }  // IDAT
      if type == 0x6163_544C, let frames = try? reader.next(4), frames > 1 {  // acTL
        return ["the PNG is an animation of \(frames) frames; only its still picture is read"]
      }
      reader.position += length + 4
    }
    return []
  }

  /// Samples as stored: palette indices, alpha beside colour, 1-bit grey as 0 and 1.
  ///
  /// Grey of 2 and 4 bits is widened to 8 by bit replication (x85 and x17), which loses nothing and
  /// is what other readers give; `precision` is then 8.
  package static func decode(
    _ bytes: [UInt8], limits: CodecLimits = .standard
  ) throws(CodecError) -> DecodedPixels {
    let stored = try PNGLibrary.read(bytes, limits: limits)
    let header = stored.header
    var precision = Int(header.bitDepth)
    var pixels = stored.pixels
    if case .uint8(let samples) = pixels, header.colorType == PNGLibrary.grey,
      precision == 2 || precision == 4
    {
      let factor = PNGLibrary.scaleTo8(bits: precision)
      pixels = .uint8(samples.map { $0 &* factor })
      precision = 8
    }
    return DecodedPixels(
      width: Int(header.width), height: Int(header.height), samplesPerPixel: Int(header.samples),
      pixels: pixels, precision: precision, isSigned: false)
  }

  /// The picture: palettes resolved, less than 8 bits scaled to 8, 16 bits kept, transparency laid
  /// over black.
  package static func image(
    from bytes: [UInt8], limits: CodecLimits = .standard
  ) throws(CodecError) -> Image {
    let stored = try PNGLibrary.read(bytes, limits: limits)
    let (width, height) = (Int(stored.header.width), Int(stored.header.height))
    let display = PNGDisplay(header: stored.header)
    let attributes = ImageAttributes(warnings: warnings(of: bytes))
    switch stored.pixels {
    case .uint16(let samples):
      return Image(
        width: width, height: height, channels: display.channels,
        pixels: .uint16(display.flatten(samples)), bitsStored: 16, attributes: attributes)
    case .uint8(let samples):
      let pixels: [UInt8] =
        if stored.header.colorType == PNGLibrary.palette {
          try display.resolvePalette(samples)
        } else {
          display.flatten(samples)
        }
      return Image(
        width: width, height: height, channels: display.channels, pixels: .uint8(pixels),
        bitsStored: 8, attributes: attributes)
    default:
      throw .unsupported(.png, reason: "samples are neither 8 nor 16 bits")
    }
  }
}
