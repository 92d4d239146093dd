package import Imaging

/// One door to all formats of this module: the format is told by content.
package enum ImageCodec {
  /// What the header says; of files with many pages, that of the first.
  /// - Throws: ``CodecError/tooLarge(_:width:height:maximumPixels:)`` and
  ///   ``CodecError/tooManyFrames(_:maximumFrames:)`` where it promises more than the limits allow.
  package static func header(
    of bytes: [UInt8], limits: CodecLimits = .standard
  ) throws(CodecError) -> CodecHeader {
    let header =
      switch try imageFormat(of: bytes) {
      case .png: try PNGCodec.header(of: bytes)
      case .jpeg: try JPEGCodec.header(of: bytes)
      case .tiff: try TIFFCodec.header(of: bytes, limits: limits)
      default: try JPEG2000Codec.header(of: bytes)
      }
    try limits.check(header.format, width: header.width, height: header.height)
    return header
  }

  /// Samples as stored.
  /// - Parameters:
  ///   - frame: from 0; only TIFF has more than one.
  ///   - header: of these bytes, where it was read before: spares looking for the frame.
  package static func decode(
    _ bytes: [UInt8], frame: Int = 0, header: CodecHeader? = nil, limits: CodecLimits = .standard
  ) throws(CodecError) -> DecodedPixels {
    switch try imageFormat(of: bytes, frame: frame) {
    case .png: try PNGCodec.decode(bytes, limits: limits)
    case .jpeg: try JPEGCodec.decode(bytes, limits: limits)
    case .tiff: try TIFFCodec.decode(bytes, frame: frame, header: header, limits: limits)
    default: try JPEG2000Codec.decode(bytes, limits: limits)
    }
  }

  /// The picture for the eye and the network: grey or RGB, upright, nothing transparent.
  /// - Parameters:
  ///   - frame: from 0; only TIFF has more than one.
  ///   - header: of these bytes, where it was read before: spares looking for the frame.
  package static func image(
    from bytes: [UInt8], frame: Int = 0, header: CodecHeader? = nil,
    limits: CodecLimits = .standard
  ) throws(CodecError) -> Image {
    switch try imageFormat(of: bytes, frame: frame) {
    case .png: try PNGCodec.image(from: bytes, limits: limits)
    case .jpeg: try JPEGCodec.image(from: bytes, limits: limits)
    case .tiff: try TIFFCodec.image(from: bytes, frame: frame, header: header, limits: limits)
    default: try JPEG2000Codec.image(from: bytes, limits: limits)
    }
  }

  /// The format, checked to be one of pictures and to have such a frame.
  private static func imageFormat(of bytes: [UInt8], frame: Int = 0) throws(CodecError)
    -> ImageFormat
  {
    guard let format = ImageFormat(sniffing: bytes) else { throw .unknownFormat }
    guard format != .npy else {
      throw .unsupported(.npy, reason: "an array says nothing about being an image")
    }
    guard frame == 0 || format == .tiff else { throw .noSuchFrame(frame + 1, count: 1) }
    return format
  }
}
