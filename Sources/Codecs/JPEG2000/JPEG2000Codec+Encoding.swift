package import Imaging

/// Writing JPEG 2000: lossless, one tile, one layer. The same samples give the same bytes.
extension JPEG2000Codec {
  /// A bare codestream (reversible 5/3 wavelet; three components go through the reversible colour
  /// transform).
  /// - Parameters:
  ///   - pixels: `[height, width, samplesPerPixel]`, integers of at most 16 bits.
  ///   - precision: bits of a sample that carry information; values must fit.
  /// - Throws: ``CodecError/cannotEncode(_:reason:)`` for other sample types, 2 samples a pixel, or
  ///   values over the precision.
  /// - Precondition: `pixels.count == width * height * samplesPerPixel`.
  package static func encode(
    _ pixels: PixelBuffer, width: Int, height: Int, samplesPerPixel: Int, precision: Int
  ) throws(CodecError) -> [UInt8] {
    precondition(
      width > 0 && height > 0 && pixels.count == width * height * samplesPerPixel,
      "the sample count must match the image's shape")
    guard samplesPerPixel == 1 || samplesPerPixel == 3, width <= 1 << 24, height <= 1 << 24 else {
      throw .cannotEncode(.jpeg2000, reason: "it takes grey and RGB of moderate size")
    }
    let samples: [Int32] =
      switch pixels {
      case .uint8(let values): values.map(Int32.init)
      case .int8(let values): values.map(Int32.init)
      case .uint16(let values): values.map(Int32.init)
      case .int16(let values): values.map(Int32.init)
      default:
        throw .cannotEncode(.jpeg2000, reason: "it takes integers of at most 16 bits")
      }
    guard (1...pixels.bitsAllocated).contains(precision) else {
      throw .cannotEncode(.jpeg2000, reason: "\(precision) bits do not describe these samples")
    }
    let lowest: Int32 = pixels.isSigned ? -(1 << (precision - 1)) : 0
    let highest = lowest + (1 << precision) - 1
    guard samples.allSatisfy({ (lowest...highest).contains($0) }) else {
      throw .cannotEncode(.jpeg2000, reason: "a sample does not fit \(precision) bits")
    }
    let planes = (0..<samplesPerPixel).map { first in
      stride(from: first, to: samples.count, by: samplesPerPixel).map { samples[$0] }
    }
    return try OpenJPEG.encode(
      JPEG2000Planes(
        width: width, height: height, precision: precision, isSigned: pixels.isSigned,
        components: planes))
  }
}

/// Components to be coded, all of one size, precision and sign.
struct JPEG2000Planes {
  var width: Int
  var height: Int
  var precision: Int
  var isSigned: Bool
  /// Each `[height, width]`.
  var components: [[Int32]]
}
