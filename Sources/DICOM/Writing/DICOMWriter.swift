package import Imaging

/// Writes images as DICOM objects (PS3.10) that readers accept: ultrasound and Secondary Capture,
/// grey or RGB, single or multi-frame. The same input gives the same bytes.
package enum DICOMWriter {
  /// Encodes frames of one size and type: `uint8`, `int8`, `uint16` or `int16` grey, `uint8` RGB.
  /// - Throws: ``DICOMWriteError`` for other samples, frames that differ, and forbidden values.
  package static func encode(_ frames: [Image], _ description: ObjectDescription)
    throws(DICOMWriteError) -> [UInt8]
  {
    guard let first = frames.first else { throw .unsuitablePixels(reason: "there is no frame") }
    let sopClass = sopClassUID(description.kind, first, count: frames.count)
    var dataSet = NewDataSet()
    try setIdentity(&dataSet, description, sopClass: sopClass)
    try setPixelModule(&dataSet, first, count: frames.count)
    try setMeaning(&dataSet, first, description, count: frames.count)
    try setPixels(&dataSet, frames, description.compression)
    return try fileMeta(description, sopClass: sopClass) + dataSet.encoded()
  }

  private static func sopClassUID(_ kind: ObjectDescription.Kind, _ image: Image, count: Int)
    -> String
  {
    switch kind {
    case .ultrasound: count > 1 ? SOPClass.ultrasoundMultiframe : SOPClass.ultrasoundImage
    case .secondaryCapture where count == 1: SOPClass.secondaryCapture
    case .secondaryCapture where image.isColor: SOPClass.multiframeTrueColorSecondaryCapture
    case .secondaryCapture where image.pixels.bitsAllocated == 8:
      SOPClass.multiframeGrayscaleByteSecondaryCapture
    case .secondaryCapture: SOPClass.multiframeGrayscaleWordSecondaryCapture
    }
  }

  private static func fileMeta(_ description: ObjectDescription, sopClass: String)
    throws(DICOMWriteError) -> [UInt8]
  {
    var meta = NewDataSet()
    meta.set(.fileMetaVersion, bytes: [0, 1])
    try meta.set(.mediaStorageSOPClassUID, sopClass)
    try meta.set(.mediaStorageSOPInstanceUID, description.sopInstanceUID)
    try meta.set(.transferSyntaxUID, description.compression.transferSyntax)
    try meta.set(.implementationClassUID, UID.implementationClass)
    try meta.set(.implementationVersionName, "IMGDX")
    let body = meta.encoded()
    // The group's length comes first and counts what follows it.
    let length: [UInt8] = [2, 0, 0, 0] + Array("UL".utf8) + [4, 0]
    return [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + length
      + NewDataSet.littleEndian(UInt32(body.count)) + body
  }

  /// Patient, General Study, General Series, General Equipment, General Image, SOP Common.
  private static func setIdentity(
    _ dataSet: inout NewDataSet, _ description: ObjectDescription, sopClass: String
  ) throws(DICOMWriteError) {
    try dataSet.set(.specificCharacterSet, "ISO_IR 192")
    try dataSet.set(
      .imageType, [description.isDerived ? "DERIVED" : "ORIGINAL", imageValue(description)])
    try dataSet.set(.sopClassUID, sopClass)
    try dataSet.set(.sopInstanceUID, description.sopInstanceUID)
    try dataSet.set(.studyDate, description.studyDate)
    try dataSet.set(.studyTime, "")
    try dataSet.set(.accessionNumber, "")
    try dataSet.set(.modality, description.kind == .ultrasound ? "US" : description.modality)
    if description.kind == .secondaryCapture { try dataSet.set(.conversionType, "WSD") }
    try dataSet.set(.manufacturer, "imgdx")
    try dataSet.set(.manufacturerModelName, "imgdx")
    try dataSet.set(.referringPhysician, "")
    try dataSet.set(.studyDescription, description.studyDescription)
    try dataSet.set(.seriesDescription, description.seriesDescription)
    try dataSet.set(.patientName, description.patientName)
    try dataSet.set(.patientID, description.patientID)
    try dataSet.set(.patientBirthDate, description.patientBirthDate)
    try dataSet.set(.patientSex, description.patientSex)
    try dataSet.set(.studyInstanceUID, description.studyInstanceUID)
    try dataSet.set(.seriesInstanceUID, description.seriesInstanceUID)
    try dataSet.set(.studyID, "")
    try dataSet.set(.seriesNumber, Double(description.seriesNumber))
    try dataSet.set(.instanceNumber, Double(description.instanceNumber))
    try dataSet.set(.patientOrientation, "")
    if !description.isDerived { try dataSet.set(.burnedInAnnotation, "NO") }
    try description.sourceFacts.write(to: &dataSet)
    try setDerivation(&dataSet, description)
  }

  private static func imageValue(_ description: ObjectDescription) -> String {
    description.isDerived ? "SECONDARY" : "PRIMARY"
  }

  private static func setDerivation(
    _ dataSet: inout NewDataSet, _ description: ObjectDescription
  ) throws(DICOMWriteError) {
    try dataSet.set(.derivationDescription, description.derivation)
    guard let classUID = description.sourceSOPClassUID,
      let instanceUID = description.sourceSOPInstanceUID
    else { return }
    var source = NewDataSet()
    try source.set(.referencedSOPClassUID, classUID)
    try source.set(.referencedSOPInstanceUID, instanceUID)
    dataSet.set(.sourceImageSequence, items: [source])
  }

  /// Spacing, rescale, windows or VOI table, padding, cine.
  private static func setMeaning(
    _ dataSet: inout NewDataSet, _ image: Image, _ description: ObjectDescription, count: Int
  ) throws(DICOMWriteError) {
    if count > 1 {
      // AT holds a tag: here Frame Time.
      dataSet.set(.frameIncrementPointer, bytes: [0x18, 0, 0x63, 0x10])
      try dataSet.set(.frameTime, description.frameTime)
    }
    if let spacing = description.pixelSpacing ?? image.attributes.pixelSpacing {
      if description.kind == .ultrasound {
        dataSet.set(.ultrasoundRegions, items: [try region(image, spacing)])
      } else {
        try dataSet.set(.pixelSpacing, [spacing.row, spacing.column])
      }
    }
    guard !image.isColor else { return }
    let rescale = image.attributes.rescale
    if rescale != .identity || (count > 1 && description.kind == .secondaryCapture) {
      try dataSet.set(.rescaleIntercept, rescale.intercept)
      try dataSet.set(.rescaleSlope, rescale.slope)
      let type = rescale == .identity ? nil : description.sourceFacts.rescaleType
      try dataSet.set(.rescaleType, type ?? "US")
    }
    setPadding(&dataSet, image)
    try setShades(&dataSet, image.attributes)
  }

  /// Pixel Padding Value in the samples' own type.
  private static func setPadding(_ dataSet: inout NewDataSet, _ image: Image) {
    guard let padding = image.attributes.padding, !image.pixels.isFloatingPoint,
      let low = Int(exactly: padding.lowerBound), let high = Int(exactly: padding.upperBound)
    else { return }
    let vr = image.pixels.isSigned ? VR.SS : .US
    dataSet.set(.pixelPaddingValue, words: [low], vr: vr)
    if high != low { dataSet.set(.pixelPaddingRangeLimit, words: [high], vr: vr) }
  }

  /// Windows, or the table that goes before them.
  private static func setShades(_ dataSet: inout NewDataSet, _ attributes: ImageAttributes)
    throws(DICOMWriteError)
  {
    if let function = attributes.windows.first?.function {
      // One function serves all windows of an object.
      let windows = attributes.windows.filter { $0.function == function }
      try dataSet.set(.windowCenter, windows.map(\.center))
      try dataSet.set(.windowWidth, windows.map(\.width))
      if windows.contains(where: { $0.explanation != nil }) {
        try dataSet.set(.windowExplanation, windows.map { $0.explanation ?? "" })
      }
      if function != .linear { try dataSet.set(.voiLUTFunction, function.rawValue) }
    }
    guard let table = attributes.voiLookupTable, table.shades.count <= 1 << 16 else { return }
    var item = NewDataSet()
    item.set(
      .lutDescriptor, words: [table.shades.count, table.firstMapped, 16],
      vr: table.firstMapped < 0 ? .SS : .US)
    item.set(.lutData, words: table.shades.map { Int(($0 * 65535).rounded()) }, vr: .OW)
    dataSet.set(.voiLUTSequence, items: [item])
  }

  /// One two-dimensional region over the whole picture, calibrated in centimetres.
  private static func region(_ image: Image, _ spacing: PixelSpacing) throws(DICOMWriteError)
    -> NewDataSet
  {
    var region = NewDataSet()
    try region.set(.regionSpatialFormat, 1)
    try region.set(.regionDataType, 1)
    try region.set(.regionFlags, 0)
    try region.set(.regionX0, 0)
    try region.set(.regionY0, 0)
    try region.set(.regionX1, Double(image.width - 1))
    try region.set(.regionY1, Double(image.height - 1))
    try region.set(.physicalUnitsX, 3)
    try region.set(.physicalUnitsY, 3)
    try region.set(.physicalDeltaX, spacing.column / 10)
    try region.set(.physicalDeltaY, spacing.row / 10)
    return region
  }
}
