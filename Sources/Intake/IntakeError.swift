private import Files

/// Why a file gives no image. Each sentence names the file and the cause, never a patient.
package enum IntakeError: Error, Equatable, CustomStringConvertible {
  /// The file cannot be opened or read: missing, a folder, no permission.
  case unreadable(path: String, reason: String)
  /// The file has no bytes.
  case empty(path: String)
  /// The content is of a format that is not read here.
  case foreign(path: String, kind: String?)
  /// The file is damaged or cut short.
  case damaged(path: String, reason: String)
  /// The file is what it says, but of a kind that is not decoded or holds no image.
  case unsupported(path: String, reason: String)
  /// The header promises more than the limits allow.
  case tooLarge(path: String, reason: String)
  /// The file has fewer frames. Counted from 1.
  case noSuchFrame(path: String, frame: Int, count: Int)

  package var path: String {
    switch self {
    case .unreadable(let path, _), .empty(let path), .foreign(let path, _),
      .damaged(let path, _), .unsupported(let path, _), .tooLarge(let path, _),
      .noSuchFrame(let path, _, _):
      path
    }
  }

  /// The cause without the path.
  package var reason: String {
    switch self {
    case .unreadable(_, let reason), .damaged(_, let reason), .unsupported(_, let reason),
      .tooLarge(_, let reason):
      reason
    case .empty: "the file is empty"
    case .foreign(_, let kind?): "this is \(kind), not a PNG, JPEG, JPEG 2000, TIFF or DICOM image"
    case .foreign(_, nil): "this is not a PNG, JPEG, JPEG 2000, TIFF or DICOM image"
    case .noSuchFrame(_, let frame, let count):
      count == 1
        ? "there is no frame \(frame); the file has one frame"
        : "there is no frame \(frame); the file has \(count) frames"
    }
  }

  package var description: String { "\(path): \(reason)".printable }
}
