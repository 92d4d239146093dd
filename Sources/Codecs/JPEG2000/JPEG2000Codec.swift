package import Imaging

/// JPEG 2000 (ISO/IEC 15444-1) and High-Throughput JPEG 2000 (15444-15) through OpenJPEG: bare
/// codestreams and `.jp2` files, up to four components of up to 31 bits, signed or not.
package enum JPEG2000Codec {
  /// What the codestream's SIZ segment says.
  package static func header(of bytes: [UInt8]) throws(CodecError) -> CodecHeader {
    let header = try JPEG2000Header(of: bytes)
    return CodecHeader(
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
    try pixels(of: try OpenJPEG.decode(bytes, limits: limits))
  }

  /// The picture: grey or RGB (from sYCC too), alpha laid over black, profiles ignored.
  package static func image(
    from bytes: [UInt8], limits: CodecLimits = .standard
  ) throws(CodecError) -> Image {
    let planes = try OpenJPEG.decode(bytes, limits: limits)
    let display = try JPEG2000Display(planes).planes
    let decoded = try pixels(of: display)
    return Image(
      width: decoded.width, height: decoded.height, channels: decoded.samplesPerPixel,
      pixels: decoded.pixels, bitsStored: decoded.precision)
  }

  private static func pixels(of planes: JPEG2000Planes) throws(CodecError) -> DecodedPixels {
    let pixels: PixelBuffer =
      switch (planes.precision, planes.isSigned) {
      case (...8, false): .uint8(planes.interleaved())
      case (...8, true): .int8(planes.interleaved())
      case (...16, false): .uint16(planes.interleaved())
      case (...16, true): .int16(planes.interleaved())
      case (_, false): .uint32(planes.interleaved())
      case (_, true): .int32(planes.interleaved())
      }
    return DecodedPixels(
      width: planes.width, height: planes.height, samplesPerPixel: planes.components.count,
      pixels: pixels, precision: planes.precision, isSigned: planes.isSigned)
  }
}

/// Decoded components, all of one size, precision and sign.
struct JPEG2000Planes {
  var width: Int
  var height: Int
  var precision: Int
  var isSigned: Bool
  /// Each `[height, width]`.
  var components: [[Int32]]
  /// Which component is alpha, if one is.
  var alpha: Int?
  /// Components are luminance and two colour differences.
  var isYCC: Bool

  func interleaved<Sample: FixedWidthInteger>() -> [Sample] {
    if components.count == 1 { return components[0].map { Sample(truncatingIfNeeded: $0) } }
    var out = [Sample]()
    out.reserveCapacity(width * height * components.count)
    for pixel in 0..<(width * height) {
      for component in components { out.append(Sample(truncatingIfNeeded: component[pixel])) }
    }
    return out
  }
}
