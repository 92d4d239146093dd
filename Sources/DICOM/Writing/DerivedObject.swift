package import Imaging

extension ObjectDescription {
  /// An object made of another image: Secondary Capture in the same study, a new series, UIDs that
  /// depend on the source and the steps alone.
  /// - Parameters:
  ///   - image: the result; its identifiers name the source, its history the steps.
  ///   - sourceHash: SHA-256 of the source file, which stands in where the source has no UIDs.
  ///   - includesIdentifiers: copy the patient's name, ID and birth date.
  package init(
    derivedFrom image: Image, sourceHash: String, includesIdentifiers: Bool = false
  ) {
    let source = image.attributes.identifiers
    let steps = image.attributes.history.joined(separator: "; ")
    self.init(.secondaryCapture, seed: sourceHash)
    modality = image.attributes.modality ?? "OT"
    isDerived = true
    derivation = steps.isEmpty ? nil : String("imgdx: \(steps)".prefix(1024))
    seriesDescription = "imgdx enhanced"
    seriesNumber = 9001
    let study = source.studyInstanceUID ?? studyInstanceUID
    studyInstanceUID = study
    seriesInstanceUID = UID.derived(
      from: "derived series", study, source.seriesInstanceUID ?? "", steps)
    sopInstanceUID = UID.derived(
      from: "derived instance", sourceHash, source.sopInstanceUID ?? "",
      "\(source.frame ?? 0)", steps)
    sourceSOPClassUID = source.sopClassUID
    sourceSOPInstanceUID = source.sopInstanceUID
    guard includesIdentifiers else { return }
    patientName = source.patientName ?? ""
    patientID = source.patientID ?? ""
    patientBirthDate = source.patientBirthDate ?? ""
  }
}
