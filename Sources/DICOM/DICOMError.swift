/// Why a DICOM file, or one of its frames, gives no image. The path is the caller's to add.
package enum DICOMError: Error, Equatable, CustomStringConvertible {
  /// The bytes are not a DICOM data set.
  case notDICOM
  /// The file ends before the value of this attribute does.
  case truncated(Tag)
  /// The file ends, or is not understood, before any pixel data.
  case malformed(reason: String)
  /// An attribute that pixels cannot be read without is absent or empty.
  case missing(Tag, keyword: String)
  /// An attribute's value makes no sense.
  case invalid(Tag, reason: String)
  /// A DICOM object of another kind: a report, a plan, an index.
  case notAnImage(kind: String)
  /// A transfer syntax or an encoding that imgdx does not decode.
  case unsupported(what: String)
  /// The compressed data of a frame is damaged.
  case undecodable(frame: Int, reason: String)
  /// More than the limits allow.
  case exceedsLimit(what: String)
  /// The object has fewer frames. Counted from 1.
  case noSuchFrame(Int, count: Int)

  package var description: String {
    switch self {
    case .notDICOM: "this is not a DICOM file"
    case .truncated(let tag): "the DICOM file ends in the middle of the value of \(tag)"
    case .malformed(let reason): "the DICOM file is damaged: \(reason)"
    case .missing(let tag, let keyword): "the DICOM file has no \(keyword) \(tag)"
    case .invalid(let tag, let reason): "the DICOM file's \(tag) is wrong: \(reason)"
    case .notAnImage(let kind): "this DICOM file is not an image but \(kind)"
    case .unsupported(let what): "\(what) is not supported"
    case .undecodable(let frame, let reason): "frame \(frame) cannot be decoded: \(reason)"
    case .exceedsLimit(let what): what
    case .noSuchFrame(let frame, let count):
      "there is no frame \(frame); the file has \(count)"
    }
  }
}
