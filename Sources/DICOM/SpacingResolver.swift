internal import Imaging

/// Pixel size from the attribute that means it, which differs by modality.
struct SpacingResolver {
  let file: DICOMFile
  /// From 0.
  let frame: Int

  private var dataSet: DataSet { file.dataSet }

  /// In this order: Pixel Measures of enhanced objects; ultrasound regions; Pixel Spacing; for
  /// projections Imager Pixel Spacing divided by the magnification (PS3.3 10.7.1.3); scanned film.
  func resolve(warnings: inout [String]) -> PixelSpacing? {
    let measures = file.group(.pixelMeasuresSequence, frame: frame)
    if let spacing = pair(measures, .pixelSpacing), !isUltrasound { return spacing }
    if isUltrasound {
      return ultrasound(warnings: &warnings) ?? pair(measures, .pixelSpacing)
    }
    if let spacing = imager(warnings: &warnings) { return spacing }
    if let spacing = pair(dataSet, .nominalScannedPixelSpacing) {
      warnings.append("pixel spacing is that of the scanned film")
      return spacing
    }
    return nil
  }

  private var isUltrasound: Bool { !dataSet.items(.ultrasoundRegions).isEmpty }

  /// Row spacing, then column spacing; a single value is used for both.
  private func pair(_ dataSet: DataSet, _ attribute: Attribute) -> PixelSpacing? {
    let values = dataSet.numbers(attribute)
    guard let row = values.first else { return nil }
    return PixelSpacing(row: row, column: values.count > 1 ? values[1] : row)
  }

  private func imager(warnings: inout [String]) -> PixelSpacing? {
    guard let detector = pair(dataSet, .imagerPixelSpacing) else { return nil }
    guard let factor = magnification(), factor >= 1, factor < 100 else {
      warnings.append(
        "pixel spacing is that of the detector: sizes in the patient are smaller by an unknown factor"
      )
      return detector
    }
    return PixelSpacing(row: detector.row / factor, column: detector.column / factor)
  }

  private func magnification() -> Double? {
    if let factor = dataSet.number(.radiographicMagnification) { return factor }
    guard let detector = dataSet.number(.distanceSourceToDetector),
      let patient = dataSet.number(.distanceSourceToPatient), patient > 0
    else { return nil }
    return detector / patient
  }

  /// Physical Delta X and Y of the largest two-dimensional region in centimetres (PS3.3 C.8.5.5).
  private func ultrasound(warnings: inout [String]) -> PixelSpacing? {
    let regions = file.ultrasoundRegions
    guard let largest = regions.max(by: { $0.area < $1.area }) else { return nil }
    if regions.contains(where: { !$0.isScaled(like: largest) }) {
      warnings.append("ultrasound regions differ in scale; the largest region's is used")
    }
    return PixelSpacing(row: largest.millimetresY, column: largest.millimetresX)
  }
}
