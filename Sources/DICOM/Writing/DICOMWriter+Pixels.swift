private import CDCMTK
internal import Codecs
internal import Imaging

/// The Image Pixel module and the encoding of frames.
extension DICOMWriter {
  static func setPixelModule(_ dataSet: inout NewDataSet, _ image: Image, count: Int)
    throws(DICOMWriteError)
  {
    try check(image)
    let bits = Double(image.pixels.bitsAllocated)
    let stored = Double(min(image.bitsStored, image.pixels.bitsAllocated))
    let isInverted = image.attributes.isInverted && !image.isColor
    let grey = isInverted ? "MONOCHROME1" : "MONOCHROME2"
    try dataSet.set(.samplesPerPixel, Double(image.channels))
    try dataSet.set(.photometricInterpretation, image.isColor ? "RGB" : grey)
    if image.isColor { try dataSet.set(.planarConfiguration, 0) }
    if count > 1 { try dataSet.set(.numberOfFrames, Double(count)) }
    try dataSet.set(.rows, Double(image.height))
    try dataSet.set(.columns, Double(image.width))
    try dataSet.set(.bitsAllocated, bits)
    try dataSet.set(.bitsStored, stored)
    try dataSet.set(.highBit, stored - 1)
    try dataSet.set(.pixelRepresentation, image.pixels.isSigned ? 1 : 0)
  }

  private static func check(_ image: Image) throws(DICOMWriteError) {
    guard image.width <= 0xFFFF && image.height <= 0xFFFF else {
      throw .unsuitablePixels(reason: "\(image.width) x \(image.height) pixels are too many")
    }
    switch image.pixels {
    case .uint8: return
    case .int8 where !image.isColor, .uint16 where !image.isColor,
      .int16 where !image.isColor:
      return
    default:
      let bits = image.pixels.bitsAllocated
      let kind = image.pixels.isFloatingPoint ? "floating-point numbers" : "integers"
      let isSigned = image.pixels.isSigned && !image.pixels.isFloatingPoint
      throw .unsuitablePixels(
        reason: image.isColor
          ? "they are colours of \(bits) bits, and colours have 8"
          : "they are \(isSigned ? "signed " : "")\(kind) of \(bits) bits, and grey has 8 or 16")
    }
  }

  static func setPixels(
    _ dataSet: inout NewDataSet, _ frames: [Image], _ compression: ObjectDescription.Compression
  ) throws(DICOMWriteError) {
    guard let first = frames.first else { return }
    for frame in frames {
      let isAlike =
        frame.width == first.width && frame.height == first.height
        && frame.channels == first.channels
        && frame.pixels.bitsAllocated == first.pixels.bitsAllocated
        && frame.pixels.isSigned == first.pixels.isSigned
      guard isAlike else { throw .unsuitablePixels(reason: "the frames differ in size or type") }
      guard frame.isColor || frame.attributes.meansTheSame(as: first.attributes) else {
        throw .unsuitablePixels(
          reason: "the frames differ in rescale, windows or padding, and there is one for all; "
            + "write frame by frame")
      }
    }
    if compression == .none {
      let bytes = frames.flatMap { $0.pixels.littleEndianBytes() }
      guard bytes.count < Int(UInt32.max) - 1 else {
        throw .unsuitablePixels(reason: "they are more than 4 GiB")
      }
      dataSet.set(pixelData: .bytes(bytes), vr: first.pixels.bitsAllocated == 8 ? .OB : .OW)
      return
    }
    var fragments = [[UInt8]]()
    for frame in frames { fragments.append(try compress(frame, compression)) }
    dataSet.set(pixelData: .fragments(fragments), vr: .OB)
  }

  private static func compress(_ image: Image, _ compression: ObjectDescription.Compression)
    throws(DICOMWriteError) -> [UInt8]
  {
    let bytes = image.pixels.littleEndianBytes()
    switch compression {
    case .none: return bytes
    case .rle:
      return RLE.encode(
        bytes, samples: image.channels, bytesOfCell: image.pixels.bitsAllocated / 8,
        columns: image.width)
    case .jpegLossless: return try losslessJPEG(image, bytes)
    case .deflatedFrames:
      var block: UnsafeMutablePointer<UInt8>?
      var count = 0
      defer { cdcmtk_free(block) }
      let status = cdcmtk_deflate(bytes, bytes.count, &block, &count)
      guard status == CDCMTK_OK, let block else { throw .cannotCompress(reason: "deflate failed") }
      return Array(UnsafeBufferPointer(start: block, count: count))
    }
  }

  private static func losslessJPEG(_ image: Image, _ bytes: [UInt8]) throws(DICOMWriteError)
    -> [UInt8]
  {
    let geometry = cdcmtk_geometry(
      rows: UInt16(image.height), columns: UInt16(image.width), samples: UInt16(image.channels),
      precision: UInt16(image.pixels.bitsAllocated))
    var block: UnsafeMutablePointer<UInt8>?
    var count = 0
    var message = [CChar](repeating: 0, count: 200)
    let capacity = message.count
    defer { cdcmtk_free(block) }
    let status = cdcmtk_encode_jpeg_lossless(
      geometry, bytes, bytes.count, &block, &count, &message, capacity)
    guard status == CDCMTK_OK, let block else {
      let text = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      throw .cannotCompress(reason: String(decoding: text, as: UTF8.self))
    }
    return Array(UnsafeBufferPointer(start: block, count: count))
  }
}

extension ImageAttributes {
  /// Whether a stored grey value means and is shown the same.
  fileprivate func meansTheSame(as other: ImageAttributes) -> Bool {
    rescale == other.rescale && isInverted == other.isInverted && windows == other.windows
      && voiLookupTable == other.voiLookupTable && padding == other.padding
  }
}
