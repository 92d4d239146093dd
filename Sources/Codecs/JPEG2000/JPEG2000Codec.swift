package import Imaging

/// JPEG 2000 (ISO/IEC 15444-1) and High-Throughput JPEG 2000 (15444-15) through OpenJPEG: bare
/// codestreams and `.jp2` files, up to four components of up to 31 bits, signed or not.
package enum JPEG2000Codec {
  /// What the codestream's SIZ segment says.
  package static func header(of bytes: [UInt8]) throws(CodecError) -> CodecHeader {
    description(try JPEG2000Header(of: bytes))
  }

  /// The same of bytes that are lent.
  package static func header(of bytes: UnsafeRawBufferPointer) throws(CodecError) -> CodecHeader {
    description(try JPEG2000Header(of: bytes))
  }

  private static func description(_ header: JPEG2000Header) -> CodecHeader {
    CodecHeader(
      format: header.format, width: header.width, height: header.height,
      samplesPerPixel: header.components, precision: header.precision,
      isSigned: header.isSigned, orientation: .upright, remarks: [])
  }

  /// Component values as coded, interleaved by pixel, in the smallest integers that hold them; the
  /// codestream's own component transform (RCT, ICT) is undone, nothing else. Components of half
  /// resolution are repeated to full size.
  /// - Throws: ``CodecError/truncated(_:)`` or ``CodecError/corrupt(_:reason:)`` when any tile is
  ///   not whole.
  package static func decode(
    _ bytes: [UInt8], limits: CodecLimits = .standard
  ) throws(CodecError) -> DecodedPixels {
    description(try OpenJPEG.decode(bytes, limits: limits))
  }

  /// The same of bytes that are lent: a copy of a large codestream would be memory of its own.
  package static func decode(
    _ bytes: UnsafeRawBufferPointer, limits: CodecLimits = .standard
  ) throws(CodecError) -> DecodedPixels {
    description(try OpenJPEG.decode(bytes, limits: limits))
  }

  private static func description(_ decoded: JPEG2000Pixels) -> DecodedPixels {
    DecodedPixels(
      width: decoded.width, height: decoded.height, samplesPerPixel: decoded.samples,
      pixels: decoded.pixels, precision: decoded.precision, isSigned: decoded.isSigned)
  }

  /// The picture: grey or RGB (from sYCC and inks too), stated alpha laid over black, profiles ignored;
  /// signed values from 0 on.
  package static func image(
    from bytes: [UInt8], limits: CodecLimits = .standard
  ) throws(CodecError) -> Image {
    let decoded = try OpenJPEG.decode(bytes, limits: limits)
    let format = ImageFormat(sniffing: bytes) ?? .jpeg2000
    let shown = try JPEG2000Display.shown(decoded, format)
    var attributes = ImageAttributes()
    if shown.samples < decoded.samples, decoded.opacity == nil, decoded.space != .inks {
      attributes.warnings.append(
        "1 of \(decoded.samples) samples a pixel has no stated meaning and is not shown")
    }
    return Image(
      width: shown.width, height: shown.height, channels: shown.samples, pixels: shown.pixels,
      bitsStored: shown.precision, attributes: attributes)
  }
}

/// Decoded samples, interleaved by pixel; components are all of one size, precision and sign.
struct JPEG2000Pixels {
  var width: Int
  var height: Int
  /// Samples of one pixel, 1...4.
  var samples: Int
  var precision: Int
  var isSigned: Bool
  /// Which sample is no colour, of an even number.
  var extra: Int
  /// Nil where nothing says that the extra sample is opacity.
  var opacity: JP2Boxes.Opacity?
  var space: Space
  /// `[height, width, samples]`, in the smallest integers that hold the precision.
  var pixels: PixelBuffer

  /// What the samples of a pixel are (ISO/IEC 15444-1 I.5.3.3).
  enum Space: Equatable {
    /// Grey or RGB, or not stated.
    case plain
    /// sYCC: luminance and two colour differences.
    case ycc
    /// Cyan, magenta, yellow and black, 0 for none.
    case inks
    case other(String)
  }
}
