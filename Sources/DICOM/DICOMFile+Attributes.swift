package import Imaging

/// What a frame's samples mean: from its functional groups, the shared ones, or the top level.
extension DICOMFile {
  /// - Parameter index: from 0.
  package func attributes(ofFrame index: Int) -> ImageAttributes {
    var attributes = ImageAttributes(
      modality: dataSet.modality, isInverted: pixels.photometric == .monochrome1,
      identifiers: identifiers(frame: index),
      warnings: warnings + overlayRemarks() + presentationRemarks(frame: index))
    attributes.isUnnamedModality = attributes.modality == nil
    attributes.rescale = rescale(frame: index, warnings: &attributes.warnings)
    attributes.windows = windows(frame: index, warnings: &attributes.warnings)
    attributes.voiLookupTable = voiTable(
      frame: index, rescale: attributes.rescale, warnings: &attributes.warnings)
    attributes.padding = padding()
    let spacing = SpacingResolver(file: self, frame: index)
    attributes.pixelSpacing = spacing.resolve(warnings: &attributes.warnings)
    if pixels.samples == 1, pixels.photometric != .paletteColor,
      dataSet.text(.pixelPresentation) == "COLOR"
    {
      attributes.warnings.append(
        "values that the file colours (supplemental palette) are shown grey")
    }
    let aspect = dataSet.numbers(.pixelAspectRatio)
    if attributes.pixelSpacing == nil, aspect.count == 2, aspect[0] != aspect[1] {
      attributes.warnings.append(
        "pixels are not square (Pixel Aspect Ratio), and the picture is not stretched")
    }
    if let found = attributes.pixelSpacing, abs(found.row / found.column - 1) > 0.01 {
      attributes.warnings.append("pixel spacing differs between rows and columns")
    }
    return attributes
  }

  /// The item of a functional group that holds for a frame, else the data set itself.
  func group(_ sequence: Attribute, frame index: Int) -> DataSet {
    if index < frameGroups.count, let own = frameGroups[index].items(sequence).first { return own }
    return sharedGroups?.items(sequence).first ?? dataSet
  }

  /// Rescale Slope and Intercept; of an RT dose its Dose Grid Scaling (PS3.3 C.8.8.3), which gives
  /// the dose.
  func rescale(frame index: Int, warnings: inout [String]) -> Rescale {
    let group = group(.pixelValueTransformation, frame: index)
    let isScaled = !group.has(.rescaleSlope) && dataSet.has(.doseGridScaling)
    let attribute: Attribute = isScaled ? .doseGridScaling : .rescaleSlope
    let holder = isScaled ? dataSet : group
    let slope = holder.values(attribute).isEmpty ? 1 : holder.number(attribute)
    let intercept = group.values(.rescaleIntercept).isEmpty ? 0 : group.number(.rescaleIntercept)
    guard let slope, let intercept, slope != 0 else {
      let problem =
        slope == 0
        ? "\(attribute.keyword) is 0"
        : "\(slope == nil ? attribute.keyword : "Rescale Intercept") is not a number"
      warnings.append("\(problem); stored values are used as they are")
      return .identity
    }
    return Rescale(slope: slope, intercept: intercept)
  }

  private func windows(frame index: Int, warnings: inout [String]) -> [Window] {
    let group = group(.frameVOILUTSequence, frame: index)
    let (centers, widths) = (group.values(.windowCenter), group.values(.windowWidth))
    guard !centers.isEmpty || !widths.isEmpty else { return [] }
    let function = windowFunction(group, warnings: &warnings)
    // PS3.3 C.11.2.1.2: LINEAR windows are at least 1 wide.
    let least = function == .linear ? 1 : Double.leastNonzeroMagnitude
    let explanations = group.names(.windowExplanation)
    var windows = [Window]()
    // The first of each kind: there may be thousands.
    var (unstated, unbelieved): (Int?, Double?)
    for position in 0..<max(centers.count, widths.count) {
      guard let center = position < centers.count ? centers[position] : nil,
        let width = position < widths.count ? widths[position] : nil, center.isFinite,
        width.isFinite
      else {
        unstated = unstated ?? position + 1
        continue
      }
      guard width >= least else {
        unbelieved = unbelieved ?? width
        continue
      }
      let explanation = position < explanations.count ? explanations[position] : ""
      windows.append(
        Window(
          center: center, width: width, function: function,
          explanation: explanation.isEmpty ? nil : explanation))
    }
    if let unstated {
      warnings.append("window \(unstated) has no number as its centre or width")
    }
    if let unbelieved { warnings.append("a window of width \(unbelieved) is not believed") }
    return windows
  }

  private func windowFunction(_ group: DataSet, warnings: inout [String]) -> Window.Function {
    guard let name = group.text(.voiLUTFunction) else { return .linear }
    if let function = Window.Function(rawValue: name.uppercased()) { return function }
    warnings.append("its windows have an unknown VOI LUT Function and are taken for linear ones")
    return .linear
  }

  /// Pixel Padding Value, and the range to its limit, in stored values (PS3.3 C.7.5.1.1.2).
  private func padding() -> ClosedRange<Double>? {
    if pixels.isFloatingPoint { return floatPadding() }
    guard let first = dataSet.integer(.pixelPaddingValue) else { return nil }
    let low = storedValue(first)
    let high = dataSet.integer(.pixelPaddingRangeLimit).map { storedValue($0) } ?? low
    return min(low, high)...max(low, high)
  }

  private func floatPadding() -> ClosedRange<Double>? {
    let isDouble = pixels.bitsAllocated == 64
    let values = dataSet.values(isDouble ? .doublePaddingValue : .floatPaddingValue)
    let limits = dataSet.values(isDouble ? .doublePaddingLimit : .floatPaddingLimit)
    guard let first = values.first ?? nil, let last = limits.first ?? first, !first.isNaN,
      !last.isNaN
    else { return nil }
    return min(first, last)...max(first, last)
  }

  /// Whichever VR the file has: the value of these 16 bits where samples are signed, or are not.
  private func storedValue(_ value: Int) -> Double {
    if pixels.isSigned { return Double(value >= 0x8000 ? value - 0x10000 : value) }
    return Double(value < 0 ? value + 0x10000 : value)
  }

  private func identifiers(frame index: Int) -> Identifiers {
    var identifiers = Identifiers()
    identifiers.patientName = dataSet.names(.patientName).first
    identifiers.patientID = dataSet.names(.patientID).first
    identifiers.patientBirthDate = dataSet.text(.patientBirthDate)
    identifiers.studyInstanceUID = dataSet.text(.studyInstanceUID)
    identifiers.seriesInstanceUID = dataSet.text(.seriesInstanceUID)
    identifiers.sopInstanceUID = dataSet.text(.sopInstanceUID)
    identifiers.sopClassUID = dataSet.text(.sopClassUID)
    identifiers.frame = pixels.frames > 1 ? index + 1 : nil
    return identifiers
  }

  /// The groups of overlay planes (6000...601E).
  var overlayGroups: [UInt16] {
    stride(from: 0x6000, through: 0x601E, by: 2).filter { dataSet.element(Tag($0, 0x0010)) != nil }
  }

  /// Overlay planes are graphics beside the picture: named, not drawn.
  private func overlayRemarks() -> [String] {
    guard !overlayGroups.isEmpty else { return [] }
    let names = overlayGroups.map { String($0, radix: 16) }.joined(separator: ", ")
    return ["the file has graphic overlays (group \(names)) that are not shown"]
  }
}
