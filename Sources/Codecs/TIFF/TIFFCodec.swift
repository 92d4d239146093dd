internal import CTIFF
package import Imaging

/// TIFF 6.0 and BigTIFF through libtiff: 1 to 32 bits, signed or not, floating point; grey, RGB,
/// palette, inks, YCbCr; strips and tiles, planes or pixels, every compression that libtiff has.
///
/// Each page of full resolution is a frame. Missing or undecodable data is an error.
package enum TIFFCodec {
  /// What the first page's directory says.
  package static func header(
    of bytes: [UInt8], limits: CodecLimits = .standard
  ) throws(CodecError) -> CodecHeader {
    let pages = try TIFFDirectories(of: bytes, limits: limits).pages
    let page = try TIFFLibrary.page(of: bytes, at: pages[0])
    try TIFFStack.refuse(page, pages: pages.count)
    var header = CodecHeader(
      format: .tiff, width: Int(page.width), height: Int(page.height),
      samplesPerPixel: Int(page.samples), precision: Int(page.bits),
      isSigned: page.sampleFormat != 1, orientation: orientation(of: page),
      remarks: page.photometric == TIFFLibrary.palette ? ["palette"] : [])
    header.frames = pages.count
    header.shownChannels = TIFFDisplay.channels(of: page)
    header.pages = pages
    header.pixelSpacing = TIFFSpacing.ofPixels(page)
    return header
  }

  /// Samples of one page as stored: palette indices, inks, alpha beside colour; not turned upright.
  /// YCbCr and CIE L*a*b* are given as RGB.
  /// - Parameters:
  ///   - frame: from 0.
  ///   - header: of these bytes, where it was read before.
  package static func decode(
    _ bytes: [UInt8], frame: Int = 0, header: CodecHeader? = nil, limits: CodecLimits = .standard
  ) throws(CodecError) -> DecodedPixels {
    let stored = try read(bytes, frame: frame, header, limits: limits)
    return DecodedPixels(
      width: Int(stored.page.width), height: Int(stored.page.height),
      samplesPerPixel: Int(stored.page.samples), pixels: stored.pixels,
      precision: Int(stored.page.bits), isSigned: stored.page.sampleFormat != 1)
  }

  /// The picture of one page: grey or RGB, upright, alpha laid over black. Grey keeps its values;
  /// where white is zero it is marked as inverted.
  /// - Parameters:
  ///   - frame: from 0.
  ///   - header: of these bytes, where it was read before.
  package static func image(
    from bytes: [UInt8], frame: Int = 0, header: CodecHeader? = nil,
    limits: CodecLimits = .standard
  ) throws(CodecError) -> Image {
    let stored = try read(bytes, frame: frame, header, limits: limits)
    let display = try TIFFDisplay(stored)
    var attributes = ImageAttributes()
    attributes.isInverted = display.isInverted
    attributes.pixelSpacing = TIFFSpacing.ofPixels(stored.page)
    if display.hiddenSamples > 0 {
      attributes.warnings.append(
        "\(display.hiddenSamples) of \(stored.page.samples) samples a pixel have no stated meaning "
          + "and are not shown")
    }
    return display.image(upright: orientation(of: stored.page), attributes)
  }

  private static func read(
    _ bytes: [UInt8], frame: Int, _ header: CodecHeader?, limits: CodecLimits
  ) throws(CodecError) -> TIFFLibrary.Stored {
    let pages =
      if let header { header.pages } else {
        try TIFFDirectories(of: bytes, limits: limits).pages
      }
    guard pages.indices.contains(frame) else {
      throw .noSuchFrame(frame + 1, count: pages.count)
    }
    let stored = try TIFFLibrary.read(bytes, at: pages[frame], limits: limits)
    try TIFFStack.refuse(stored.page, pages: pages.count)
    return stored
  }

  private static func orientation(of page: CTIFFPage) -> Orientation {
    Orientation(rawValue: Int(page.orientation)) ?? .upright
  }
}
