package import Imaging

/// Writing PNG: 8 or 16 bits, grey, RGB, RGB with alpha. The same samples give the same bytes.
extension PNGCodec {
  /// Writes an image of `uint8` or `uint16` samples as they are.
  /// - Throws: ``CodecError/cannotEncode(_:reason:)`` for signed, 32-bit and floating-point samples:
  ///   the caller decides how those become grey levels.
  package static func encode(_ image: Image) throws(CodecError) -> [UInt8] {
    try encode(
      image.pixels, width: image.width, height: image.height, samplesPerPixel: image.channels)
  }

  /// Writes a mask as 8-bit grey, 0 and 255.
  package static func encode(_ mask: Mask) throws(CodecError) -> [UInt8] {
    try encode(
      .uint8(mask.pixels.map { $0 == 0 ? 0 : 255 }), width: mask.width, height: mask.height,
      samplesPerPixel: 1)
  }

  /// Writes samples `[height, width, samplesPerPixel]`: 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and
  /// alpha.
  /// - Precondition: `pixels.count == width * height * samplesPerPixel`.
  package static func encode(
    _ pixels: PixelBuffer, width: Int, height: Int, samplesPerPixel: Int
  ) throws(CodecError) -> [UInt8] {
    precondition(
      width > 0 && height > 0 && pixels.count == width * height * samplesPerPixel,
      "the sample count must match the image's shape")
    let colorTypes = [
      1: PNGLibrary.grey, 2: PNGLibrary.greyAlpha, 3: PNGLibrary.rgb, 4: PNGLibrary.rgbAlpha,
    ]
    guard let colorType = colorTypes[samplesPerPixel] else {
      throw .cannotEncode(.png, reason: "it has \(samplesPerPixel) samples a pixel")
    }
    func write(_ bits: Int, _ samples: UnsafeRawBufferPointer) -> Result<[UInt8], CodecError> {
      Result { () throws(CodecError) in
        try PNGLibrary.write(
          width: width, height: height, bitDepth: bits, colorType: colorType, pixels: samples)
      }
    }
    switch pixels {
    case .uint8(let samples): return try samples.withUnsafeBytes { write(8, $0) }.get()
    case .uint16(let samples): return try samples.withUnsafeBytes { write(16, $0) }.get()
    default: throw .cannotEncode(.png, reason: "it takes unsigned samples of 8 or 16 bits")
    }
  }
}
