package import Imaging

/// What the header says; the `info` command prints it.
package struct ImageFacts: Sendable, Equatable {
  /// "PNG", "JPEG", "JPEG 2000", "JP2", "TIFF" or "DICOM".
  package var format: String
  /// Columns and rows as displayed.
  package var width: Int
  package var height: Int
  /// Samples of a displayed pixel: 1 grey, 3 colour.
  package var channels: Int
  /// Bits of one stored sample that carry information.
  package var bits: Int
  package var frames: Int
  package var modality: String?
  /// The standard's name of it; nil but for DICOM.
  package var transferSyntax: String?
  package var transferSyntaxUID: String?
  package var photometricInterpretation: String?
  /// Of the first frame.
  package var pixelSpacing: PixelSpacing?
  package var windows: [Window]
  package var fileSize: Int = 0
  package var identifiers = Identifiers()
  /// Remarks about the file: overlays, odd encodings, spacing that is not the patient's.
  package var warnings: [String] = []
}
