package import Imaging
package import Screening

/// One image of a run: where it came from and what became of it.
package struct CaseRecord: Sendable, Equatable {
  package var source: CaseSource
  package var outcome: Outcome

  package enum Outcome: Sendable, Equatable {
    case screened(Findings, Thumbnail?)
    /// The reason, as one sentence.
    case failed(String)
  }

  package init(source: CaseSource, outcome: Outcome) {
    self.source = source
    self.outcome = outcome
  }

  /// Nil for a failed case.
  package var findings: Findings? {
    if case .screened(let findings, _) = outcome { findings } else { nil }
  }

  package var thumbnail: Thumbnail? {
    if case .screened(_, let thumbnail) = outcome { thumbnail } else { nil }
  }

  /// Nil for a screened case.
  package var failure: String? {
    if case .failed(let reason) = outcome { reason } else { nil }
  }
}

/// Where an image came from.
package struct CaseSource: Sendable, Equatable {
  /// Path of the outputs in the output folder, without the endings (`study/scan.frame-0002`).
  package var name: String
  /// Path as the user gave it, or as found in the folder that the user gave.
  package var file: String
  /// Frame number from 1, for files with several.
  package var frame: Int?
  /// Frames in the file; 0 where it could not be opened.
  package var frames: Int
  /// SHA-256 of the file, where it could be read.
  package var sha256: String?
  /// "PNG", "DICOM".
  package var format: String?
  package var transferSyntax: String?
  package var width: Int?
  package var height: Int?
  package var channels: Int?
  package var bits: Int?
  package var modality: String?
  package var spacing: PixelSpacing?
  /// Written only where the user asked for it.
  package var identifiers: Identifiers
  /// Seconds to read and decode.
  package var decoding: Double

  package init(name: String, file: String) {
    self.name = name
    self.file = file
    frames = 0
    identifiers = Identifiers()
    decoding = 0
  }
}

/// The sentence that stands on every report.
package let researchNotice = "Research use only. Not a medical device."
