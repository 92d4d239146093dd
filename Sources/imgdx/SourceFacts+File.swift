internal import DICOM
internal import Intake

extension ImageFile {
  /// What a DICOM object made of this file is to keep of it.
  func sourceFacts(frames: Range<Int>, keepsValues: Bool) -> SourceFacts {
    if let dicom { return SourceFacts(dicom, frames: frames, keepsValues: keepsValues) }
    var facts = SourceFacts()
    if self.facts.format == "JPEG" {
      facts.isLossy = true
      facts.lossyMethods = ["ISO_10918_1"]
    }
    return facts
  }
}
