package import Imaging

/// What a new DICOM object says beside its samples.
package struct ObjectDescription: Sendable {
  /// The kind of object; several frames choose its multi-frame variant.
  package enum Kind: Sendable {
    /// Ultrasound Image, with the pixel size as an ultrasound region.
    case ultrasound
    /// Secondary Capture, for images of any origin.
    case secondaryCapture
  }

  /// How samples are stored; all of them lossless.
  package enum Compression: Sendable, CaseIterable {
    case none, rle, jpegLossless, deflatedFrames

    var transferSyntax: String {
      switch self {
      case .none: "1.2.840.10008.1.2.1"
      case .rle: "1.2.840.10008.1.2.5"
      case .jpegLossless: "1.2.840.10008.1.2.4.70"
      case .deflatedFrames: "1.2.840.10008.1.2.8.1"
      }
    }
  }

  package var kind: Kind
  package var compression = Compression.none
  /// Modality of Secondary Capture; ultrasound is "US".
  package var modality = "OT"
  /// Empty values are written empty: the attributes themselves are required.
  package var patientName = ""
  package var patientID = ""
  /// YYYYMMDD or empty.
  package var patientBirthDate = ""
  /// M, F, O or empty.
  package var patientSex = ""
  /// YYYYMMDD or empty.
  package var studyDate = ""
  package var studyDescription: String?
  package var seriesDescription: String?
  package var seriesNumber = 1
  package var instanceNumber = 1
  package var studyInstanceUID: String
  package var seriesInstanceUID: String
  package var sopInstanceUID: String
  /// True for an image made of another one.
  package var isDerived = false
  /// How it was made ("clahe:tiles=8").
  package var derivation: String?
  /// The image that it was made of.
  package var sourceSOPClassUID: String?
  package var sourceSOPInstanceUID: String?
  /// Milliseconds between the frames of a cine loop.
  package var frameTime = 40.0
  package var pixelSpacing: PixelSpacing?
  /// Of the image that it was made of.
  package var sourceFacts = SourceFacts()

  /// An object whose UIDs depend on `seed` alone: the same seed, the same file.
  package init(_ kind: Kind, seed: String) {
    self.kind = kind
    studyInstanceUID = UID.derived(from: "study", seed)
    seriesInstanceUID = UID.derived(from: "series", seed)
    sopInstanceUID = UID.derived(from: "instance", seed)
  }
}
