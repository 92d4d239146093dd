package import Imaging

/// One door to all formats of this module: the format is told by content.
package enum ImageCodec {
  /// What the header says.
  package static func header(of bytes: [UInt8]) throws(CodecError) -> CodecHeader {
    switch ImageFormat(sniffing: bytes) {
    case .png: try PNGCodec.header(of: bytes)
    case .jpeg: try JPEGCodec.header(of: bytes)
    case .jpeg2000, .jp2: try JPEG2000Codec.header(of: bytes)
    case .npy: throw .unsupported(.npy, reason: "an array says nothing about being an image")
    case nil: throw .unknownFormat
    }
  }

  /// Samples as stored.
  package static func decode(
    _ bytes: [UInt8], limits: CodecLimits = .standard
  ) throws(CodecError) -> DecodedPixels {
    switch ImageFormat(sniffing: bytes) {
    case .png: try PNGCodec.decode(bytes, limits: limits)
    case .jpeg: try JPEGCodec.decode(bytes, limits: limits)
    case .jpeg2000, .jp2: try JPEG2000Codec.decode(bytes, limits: limits)
    case .npy: throw .unsupported(.npy, reason: "an array says nothing about being an image")
    case nil: throw .unknownFormat
    }
  }

  /// The picture for the eye and the network: grey or RGB, upright, nothing transparent.
  package static func image(
    from bytes: [UInt8], limits: CodecLimits = .standard
  ) throws(CodecError) -> Image {
    switch ImageFormat(sniffing: bytes) {
    case .png: try PNGCodec.image(from: bytes, limits: limits)
    case .jpeg: try JPEGCodec.image(from: bytes, limits: limits)
    case .jpeg2000, .jp2: try JPEG2000Codec.image(from: bytes, limits: limits)
    case .npy: throw .unsupported(.npy, reason: "an array says nothing about being an image")
    case nil: throw .unknownFormat
    }
  }
}
