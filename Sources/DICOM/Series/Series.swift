/// The slices of one series in order, and what is wrong with them. Pixels are not held: a volume is
/// read slice by slice from the slices' files.
package struct Series: Sendable, Equatable {
  package let studyInstanceUID: String
  package let seriesInstanceUID: String
  package let modality: String?
  /// Along the normal of their plane where positions are known, else by instance number.
  package let slices: [Slice]
  /// Millimetres between neighbouring planes: the lower median, nil below two positions.
  package let sliceSpacing: Double?
  package let findings: [SeriesFinding]

  package init(
    studyInstanceUID: String, seriesInstanceUID: String, modality: String?, slices: [Slice]
  ) {
    self.studyInstanceUID = studyInstanceUID
    self.seriesInstanceUID = seriesInstanceUID
    self.modality = modality
    let stack = SliceStack(slices)
    self.slices = stack.sorted
    sliceSpacing = stack.spacing
    findings = stack.findings()
  }
}
