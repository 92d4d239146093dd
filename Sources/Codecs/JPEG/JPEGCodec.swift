package import Imaging

/// JPEG (ISO/IEC 10918-1) through libjpeg-turbo: 8 bits, sequential, progressive, Huffman and
/// arithmetic; grey, YCbCr, RGB, CMYK and YCCK.
///
/// Missing or undecodable data is an error, where most readers fill with grey and go on.
package enum JPEGCodec {
  /// What the header says. `samplesPerPixel` is 1 grey, 3 RGB, 4 CMYK.
  package static func header(of bytes: [UInt8]) throws(CodecError) -> CodecHeader {
    let raw = try JPEGLibrary.header(of: bytes)
    var header = CodecHeader(
      format: .jpeg, width: Int(raw.width), height: Int(raw.height),
      samplesPerPixel: Int(raw.components), precision: 8, isSigned: false,
      orientation: EXIF.orientation(inJPEG: bytes),
      remarks: raw.isProgressive != 0 ? ["progressive"] : [])
    header.warnings = warnings(of: bytes)
    return header
  }

  /// Previews, gain maps and stereo views follow the first picture.
  private static func warnings(of bytes: [UInt8]) -> [String] {
    let count = EXIF.pictures(inJPEG: bytes)
    return count > 1
      ? ["the JPEG is the first of \(count) pictures in the file (MPO); only it is read"] : []
  }

  /// Samples as stored, not turned upright: grey, RGB (from YCbCr) or CMYK with 0 for no ink.
  package static func decode(
    _ bytes: [UInt8], limits: CodecLimits = .standard
  ) throws(CodecError) -> DecodedPixels {
    let (header, samples) = try JPEGLibrary.read(bytes, limits: limits)
    return DecodedPixels(
      width: Int(header.width), height: Int(header.height),
      samplesPerPixel: Int(header.components),
      pixels: .uint8(header.components == 4 ? samples.map { ~$0 } : samples), precision: 8,
      isSigned: false)
  }

  /// The picture: grey or RGB, EXIF orientation applied.
  package static func image(
    from bytes: [UInt8], limits: CodecLimits = .standard
  ) throws(CodecError) -> Image {
    let (header, stored) = try JPEGLibrary.read(bytes, limits: limits)
    let channels = header.components == 1 ? 1 : 3
    let samples = header.components == 4 ? rgb(fromInvertedCMYK: stored) : stored
    let upright = EXIF.orientation(inJPEG: bytes).upright(
      .uint8(samples), width: Int(header.width), height: Int(header.height), channels: channels)
    var attributes = ImageAttributes(warnings: warnings(of: bytes))
    if header.isIncomplete != 0 {
      attributes.warnings.append("the progressive JPEG lacks its last refinements")
    }
    if header.lacksEnd != 0 {
      attributes.warnings.append("the JPEG lacks its end marker; no sample is missing")
    }
    if header.strayBytes > 0 {
      attributes.warnings.append("the JPEG holds \(header.strayBytes) bytes that belong nowhere")
    }
    return Image(
      width: upright.width, height: upright.height, channels: channels,
      pixels: upright.pixels, bitsStored: 8, attributes: attributes)
  }

  /// Writes 8-bit grey or RGB; chroma is not subsampled.
  /// - Parameter quality: 1...100 on libjpeg's scale.
  /// - Throws: ``CodecError/cannotEncode(_:reason:)`` for samples that are not `uint8`.
  package static func encode(_ image: Image, quality: Int = 92) throws(CodecError) -> [UInt8] {
    precondition((1...100).contains(quality), "the quality lies in 1...100")
    guard case .uint8(let samples) = image.pixels else {
      throw .cannotEncode(.jpeg, reason: "it takes unsigned samples of 8 bits")
    }
    return try JPEGLibrary.write(
      samples, width: image.width, height: image.height, channels: image.channels,
      quality: quality)
  }

  /// Adobe writes CMYK inverted (255 is no ink); red = (255 - cyan)(255 - black) / 255, and so on.
  /// Inks are not simulated: profiles are ignored.
  private static func rgb(fromInvertedCMYK samples: [UInt8]) -> [UInt8] {
    var out = [UInt8]()
    out.reserveCapacity(samples.count / 4 * 3)
    for pixel in stride(from: 0, to: samples.count, by: 4) {
      let white = Int(samples[pixel + 3])
      for ink in 0..<3 { out.append(UInt8((Int(samples[pixel + ink]) * white + 127) / 255)) }
    }
    return out
  }
}
