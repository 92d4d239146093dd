internal import Imaging

/// Pixel size from the attribute that means it, which differs by modality.
struct SpacingResolver {
  let file: DICOMFile
  /// From 0.
  let frame: Int

  private var dataSet: DataSet { file.dataSet }

  /// In this order: ultrasound regions; Pixel Measures of enhanced objects; Pixel Spacing; for
  /// projections the calibrated spacing of enhanced objects, else Imager Pixel Spacing divided by the
  /// magnification (PS3.3 10.7.1.3), of RT images that of their plane, brought to the machine's axis
  /// (C.8.8.2); scanned film.
  func resolve(warnings: inout [String]) -> PixelSpacing? {
    if let spacing = ultrasound(warnings: &warnings) { return spacing }
    let measures = file.group(.pixelMeasuresSequence, frame: frame)
    if !isSpacingOfDetector(measures),
      let spacing = pair(measures, .pixelSpacing, warnings: &warnings)
    {
      return spacing
    }
    if !dataSet.items(.ultrasoundRegions).isEmpty { return nil }
    let calibration = file.group(.projectionCalibration, frame: frame)
    if let spacing = pair(calibration, .objectPixelSpacing, warnings: &warnings) { return spacing }
    if let spacing = imager(warnings: &warnings) { return spacing }
    if let spacing = pair(dataSet, .nominalScannedPixelSpacing, warnings: &warnings) {
      warnings.append("pixel spacing is that of the scanned film")
      return spacing
    }
    return nil
  }

  /// Pixel Spacing that repeats Imager Pixel Spacing is not corrected for the magnification
  /// (PS3.3 10.7.1.3).
  private func isSpacingOfDetector(_ measures: DataSet) -> Bool {
    let stated = measures.numbers(.pixelSpacing)
    return !stated.isEmpty && stated == dataSet.numbers(.imagerPixelSpacing)
  }

  /// Row spacing, then column spacing; a single value is used for both.
  private func pair(
    _ dataSet: DataSet, _ attribute: Attribute, warnings: inout [String]
  ) -> PixelSpacing? {
    let values = dataSet.values(attribute)
    guard let first = values.first else { return nil }
    guard let row = first, let column = values.count > 1 ? values[1] : row else {
      warnings.append("\(attribute.keyword) is not two numbers")
      return nil
    }
    return believed(row, column, attribute.keyword, warnings: &warnings)
  }

  /// Nil, and a warning, for sizes that no image has.
  private func believed(
    _ row: Double, _ column: Double, _ name: String, warnings: inout [String]
  ) -> PixelSpacing? {
    if let spacing = PixelSpacing(row: row, column: column), spacing.isPlausible { return spacing }
    warnings.append("\(name) of \(row) x \(column) mm is not believed")
    return nil
  }

  private func imager(warnings: inout [String]) -> PixelSpacing? {
    let properties = file.group(.framePixelData, frame: frame)
    guard
      let detector = pair(properties, .imagerPixelSpacing, warnings: &warnings)
        ?? pair(dataSet, .imagePlanePixelSpacing, warnings: &warnings)
    else { return nil }
    guard let factor = magnification() else {
      warnings.append(
        "pixel spacing is that of the detector: sizes in the patient are smaller by an unknown factor"
      )
      return detector
    }
    return PixelSpacing(row: detector.row / factor, column: detector.column / factor)
  }

  /// The first that makes sense: as stated, or by the distances from the source.
  private func magnification() -> Double? {
    func ratio(_ detector: Attribute, _ patient: Attribute) -> Double? {
      guard let far = dataSet.number(detector), let near = dataSet.number(patient), near > 0 else {
        return nil
      }
      return far / near
    }
    let stated = [
      dataSet.number(.radiographicMagnification),
      ratio(.distanceSourceToDetector, .distanceSourceToPatient),
      ratio(.rtImageSID, .radiationMachineSAD),
    ]
    return stated.compactMap { $0 }.first { $0 >= 1 && $0 < 100 }
  }

  /// Physical Delta X and Y of the largest two-dimensional region in centimetres (PS3.3 C.8.5.5).
  private func ultrasound(warnings: inout [String]) -> PixelSpacing? {
    let regions = file.ultrasoundRegions
    guard let largest = regions.max(by: { $0.area < $1.area }) else { return nil }
    if regions.contains(where: { !$0.isScaled(like: largest) }) {
      warnings.append("ultrasound regions differ in scale; the largest region's is used")
    }
    return believed(
      largest.millimetresY, largest.millimetresX, "Physical Delta of an ultrasound region",
      warnings: &warnings)
  }
}
