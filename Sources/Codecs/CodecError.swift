/// Why bytes give no picture, or a picture no bytes. The caller adds the file's name.
package enum CodecError: Error, Equatable, CustomStringConvertible {
  /// The bytes begin like no format that is read here.
  case unknownFormat
  /// The bytes do not begin like this format.
  case notThisFormat(ImageFormat)
  /// The header promises more pixels than the limit allows; no memory was taken.
  case tooLarge(ImageFormat, width: Int, height: Int, maximumPixels: Int)
  /// The file has more pages than the limit allows.
  case tooManyFrames(ImageFormat, maximumFrames: Int)
  /// The file has fewer pages. Counted from 1.
  case noSuchFrame(Int, count: Int)
  /// The data ends before the picture does.
  case truncated(ImageFormat)
  /// The data breaks the format's rules: wrong checksums, impossible values, undecodable codes.
  case corrupt(ImageFormat, reason: String)
  /// A valid file of a kind that is not decoded.
  case unsupported(ImageFormat, reason: String)
  /// The format cannot hold these samples.
  case cannotEncode(ImageFormat, reason: String)
  /// The library could not get the memory it asked for.
  case outOfMemory(ImageFormat)

  package var description: String {
    switch self {
    case .unknownFormat: "this is not an image of a known format"
    case .notThisFormat(let format): "this is not a \(format) file"
    case .tooLarge(let format, let width, let height, let limit):
      "the \(format) header says \(width) x \(height) pixels, over the limit of \(limit)"
    case .tooManyFrames(let format, let limit):
      "the \(format) file has more pages than the limit of \(limit)"
    case .noSuchFrame(let frame, let count): "there is no frame \(frame); the file has \(count)"
    case .truncated(let format): "the \(format) data ends early: the file is truncated"
    case .corrupt(let format, let reason): "the \(format) data is corrupt: \(reason)"
    case .unsupported(let format, let reason): "this kind of \(format) is not supported: \(reason)"
    case .cannotEncode(let format, let reason): "\(format) cannot hold this image: \(reason)"
    case .outOfMemory(let format): "not enough memory for the \(format) data"
    }
  }
}
