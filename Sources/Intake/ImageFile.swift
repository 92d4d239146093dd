package import Files
package import Imaging

/// An opened image file: what it is, and its frames one at a time.
package final class ImageFile {
  package let path: String
  package let facts: ImageFacts
  /// SHA-256 of the whole file.
  package let digest: Digest

  /// Opens a PNG, JPEG or DICOM file, told by content. Sizes are checked against `limits` first.
  package init(path: String, limits: Limits = Limits()) throws(IntakeError) {
    throw .unreadable(path: path, reason: "not written yet")
  }

  /// Decodes frame `index` (from 0), colour resolved to grey or RGB, orientation applied.
  package func frame(_ index: Int) throws(IntakeError) -> Image {
    throw .unreadable(path: path, reason: "not written yet")
  }
}

/// What the header says; the `info` command prints it.
package struct ImageFacts: Sendable, Equatable {
  package var format: String
  package var width: Int
  package var height: Int
  package var channels: Int
  package var bits: Int
  package var frames: Int
  package var modality: String?
  package var transferSyntax: String?
  package var pixelSpacing: PixelSpacing?
  package var windows: [Window]
}

/// Bounds that are checked from headers, before memory is taken.
package struct Limits: Sendable, Equatable {
  /// Pixels of one frame.
  package var maximumPixels = 1 << 28
  /// Bytes of one file.
  package var maximumBytes = 4 << 30
  /// Frames of one file.
  package var maximumFrames = 100_000
  package init() {}
}

/// Why a file gives no image.
package enum IntakeError: Error, Equatable, CustomStringConvertible {
  case unreadable(path: String, reason: String)

  package var description: String {
    switch self {
    case .unreadable(let path, let reason): "\(path): \(reason)"
    }
  }
}
