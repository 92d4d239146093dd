/// What a file asks for that the picture does not show, and where it contradicts itself.
extension DICOMFile {
  func presentationRemarks(frame index: Int) -> [String] {
    [
      photometricRemark, subtractionRemark, tiledPicture?.description,
      realWorldRemark(frame: index),
    ]
    .compactMap { $0 }
  }

  /// PS3.3 C.7.6.3.1.2 and C.11.6: IDENTITY goes with MONOCHROME2, INVERSE with MONOCHROME1.
  private var photometricRemark: String? {
    guard let shape = dataSet.text(.presentationLUTShape) else { return nil }
    switch (pixels.photometric, shape) {
    case (.monochrome2, "INVERSE"), (.monochrome1, "IDENTITY"):
      let isInverted = pixels.photometric == .monochrome1
      return "Presentation LUT Shape \(shape) contradicts Photometric Interpretation "
        + "\(isInverted ? "MONOCHROME1" : "MONOCHROME2"), by which the picture is shown"
    default: return nil
    }
  }

  /// Angiography whose windows are for the difference from a mask (PS3.3 C.7.6.10).
  private var subtractionRemark: String? {
    guard dataSet.text(.recommendedViewingMode) == "SUB" else { return nil }
    return
      "frames are to be seen with a mask subtracted (Recommended Viewing Mode SUB), and are shown "
      + "as they are stored"
  }

  /// A mapping to real world values that is not the rescale.
  private func realWorldRemark(frame index: Int) -> String? {
    let own = index < frameGroups.count ? frameGroups[index].items(.realWorldValueMapping) : []
    let shared = sharedGroups?.items(.realWorldValueMapping) ?? []
    let items = [own, shared, dataSet.items(.realWorldValueMapping)].first { !$0.isEmpty } ?? []
    var remarks = [String]()
    let rescale = rescale(frame: index, warnings: &remarks)
    let isRescale = items.contains { item in
      item.number(.realWorldSlope) == rescale.slope
        && item.number(.realWorldIntercept) == rescale.intercept
    }
    guard !items.isEmpty, !isRescale else { return nil }
    return
      "the file maps values to real world values (Real World Value Mapping), which is not applied"
  }
}
