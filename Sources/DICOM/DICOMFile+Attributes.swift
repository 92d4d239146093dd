package import Imaging

/// What a frame's samples mean: from its functional groups, the shared ones, or the top level.
extension DICOMFile {
  /// - Parameter index: from 0.
  package func attributes(ofFrame index: Int) -> ImageAttributes {
    var attributes = ImageAttributes(
      modality: dataSet.modality, isInverted: pixels.photometric == .monochrome1,
      identifiers: identifiers(frame: index), warnings: warnings + overlayRemarks())
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

  func rescale(frame index: Int, warnings: inout [String]) -> Rescale {
    let group = group(.pixelValueTransformation, frame: index)
    let slope = group.number(.rescaleSlope) ?? 1
    let intercept = group.number(.rescaleIntercept) ?? 0
    guard slope != 0 else {
      warnings.append("Rescale Slope is 0; stored values are used as they are")
      return .identity
    }
    return Rescale(slope: slope, intercept: intercept)
  }

  private func windows(frame index: Int, warnings: inout [String]) -> [Window] {
    let group = group(.frameVOILUTSequence, frame: index)
    let function = group.text(.voiLUTFunction).flatMap { Window.Function(rawValue: $0) } ?? .linear
    let explanations = group.names(.windowExplanation)
    let values = Array(zip(group.numbers(.windowCenter), group.numbers(.windowWidth)))
    // PS3.3 C.11.2.1.2: LINEAR windows are at least 1 wide.
    func isValid(_ width: Double) -> Bool { function == .linear ? width >= 1 : width > 0 }
    if let refused = values.first(where: { !isValid($0.1) }) {
      warnings.append("a window of width \(refused.1) is not believed")
    }
    return values.enumerated().compactMap { position, value in
      guard isValid(value.1) else { return nil }
      let explanation = position < explanations.count ? explanations[position] : ""
      return Window(
        center: value.0, width: value.1, function: function,
        explanation: explanation.isEmpty ? nil : explanation)
    }
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
    guard let first = dataSet.number(isDouble ? .doublePaddingValue : .floatPaddingValue) else {
      return nil
    }
    let last = dataSet.number(isDouble ? .doublePaddingLimit : .floatPaddingLimit) ?? first
    guard !first.isNaN, !last.isNaN else { return nil }
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

  /// Overlay planes (groups 6000...601E) are graphics beside the picture: named, not drawn.
  private func overlayRemarks() -> [String] {
    let groups = stride(from: UInt16(0x6000), through: 0x601E, by: 2).filter {
      dataSet.element(Tag($0, 0x0010)) != nil
    }
    guard !groups.isEmpty else { return [] }
    let names = groups.map { String($0, radix: 16) }.joined(separator: ", ")
    return ["the file has graphic overlays (group \(names)) that are not shown"]
  }
}

extension DataSet {
  /// Modality, where it is a code (PS3.5 6.2: at most 16 capitals, digits, blanks and underscores).
  /// Anything else may be a name that strayed in, and results show the modality.
  var modality: String? {
    guard let text = text(.modality), 1...16 ~= text.utf8.count else { return nil }
    let isCode = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "_"), UInt8(ascii: " "):
        true
      default: false
      }
    }
    return isCode ? text : nil
  }
}
