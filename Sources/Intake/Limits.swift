internal import Codecs
internal import DICOM

/// Bounds that are checked from headers, before memory is taken.
package struct Limits: Sendable, Equatable {
  /// Pixels of one frame.
  package var maximumPixels = 1 << 28
  /// Bytes of one file.
  package var maximumBytes = 4 << 30
  /// Frames of one file.
  package var maximumFrames = 100_000
  package init() {}

  var dicom: DICOMLimits {
    var limits = DICOMLimits()
    limits.maximumPixels = maximumPixels
    limits.maximumBytes = maximumBytes
    limits.maximumFrames = maximumFrames
    return limits
  }

  var codec: CodecLimits {
    CodecLimits(maximumPixels: maximumPixels, maximumFrames: maximumFrames)
  }
}
