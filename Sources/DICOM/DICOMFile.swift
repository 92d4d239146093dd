package import Files

/// A DICOM object: its attributes, and where its pixels lie. Frames are decoded one at a time.
package struct DICOMFile: Sendable {
  package let source: FileBytes
  package let dataSet: DataSet
  package let transferSyntax: TransferSyntax
  package let pixels: PixelDescription
  /// Remarks about the file that do not stop its use.
  package private(set) var warnings: [String]
  let layout: FrameLayout
  /// Functional groups of enhanced objects: shared, then one a frame.
  let sharedGroups: DataSet?
  let frameGroups: [DataSet]

  /// Reads the structure and the description of the pixels; no pixel is decoded.
  /// - Parameter limits: checked before memory is taken.
  package init(_ source: FileBytes, limits: DICOMLimits = DICOMLimits()) throws(DICOMError) {
    let contents = try FileContents(source, limits: limits)
    dataSet = contents.dataSet
    self.source = contents.dataSet.source
    transferSyntax = contents.transferSyntax
    warnings = contents.warnings
    guard let pixelElement = DICOMFile.pixelElement(of: dataSet) else {
      throw DICOMFile.reasonWithoutPixels(contents)
    }
    guard transferSyntax.pixels != .unsupported else {
      throw .unsupported(what: transferSyntax.name)
    }
    var remarks = [String]()
    pixels = try PixelDescription(
      dataSet, pixelTag: pixelElement.tag, limits: limits, warnings: &remarks)
    layout = try FrameLayout(
      pixelElement, dataSet: dataSet, transferSyntax: transferSyntax, pixels: pixels,
      warnings: &remarks)
    sharedGroups = dataSet.items(.sharedFunctionalGroups).first
    frameGroups = dataSet.items(.perFrameFunctionalGroups)
    let held = layout.heldFrames(dataSet, pixelElement)
    if held > pixels.frames {
      remarks.append(
        "the file holds data for \(held) frames, and \(pixels.frames) are stated and read")
    }
    warnings += remarks
  }

  private static func pixelElement(of dataSet: DataSet) -> Element? {
    [Tag.pixelData, .floatPixelData, .doubleFloatPixelData].lazy
      .compactMap { dataSet.element($0) }.first { !$0.value.isEmpty }
  }

  /// What to say of an object without samples.
  private static func reasonWithoutPixels(_ contents: FileContents) -> DICOMError {
    let dataSet = contents.dataSet
    if dataSet.element(Attribute.directoryRecordSequence.tag) != nil {
      return .notAnImage(kind: SOPClass.kindWithoutImage(SOPClass.mediaStorageDirectory) ?? "")
    }
    let uid = dataSet.text(.sopClassUID) ?? contents.mediaStorageSOPClassUID ?? ""
    if let kind = SOPClass.kindWithoutImage(uid) { return .notAnImage(kind: kind) }
    if dataSet.has(.pixelDataProviderURL) {
      return .unsupported(
        what: "pixel data that lies on a server (\(contents.transferSyntax.name))")
    }
    if !dataSet.isWhole { return .malformed(reason: "it ends before any pixel data") }
    if dataSet.element(.pixelData) != nil { return .malformed(reason: "its pixel data are empty") }
    if dataSet.has(.rows) { return .malformed(reason: "it describes an image without pixel data") }
    return .notAnImage(kind: "a data set without pixel data")
  }
}

/// Bounds on what a file may claim.
package struct DICOMLimits: Sendable {
  /// Pixels of one frame.
  package var maximumPixels = 1 << 28
  /// Bytes of a deflated data set once inflated.
  package var maximumBytes = 4 << 30
  /// Inflated bytes by deflated ones. Deflate reaches 1032 to 1, which only a bomb or a blank picture
  /// does; what inflates to no more than ``unsuspectedBytes`` may be either.
  package var maximumRatio = 200
  package var unsuspectedBytes = 1 << 28
  /// Frames of one file.
  package var maximumFrames = 100_000
  package init() {}
}

extension DICOMFile {
  /// True where the first bytes (256 are enough) look like DICOM, with or without a preamble.
  package static func isRecognised(_ start: FileBytes) -> Bool { FileContents.isRecognised(start) }

  /// Photometric Interpretation as the file writes it.
  package var photometricName: String? { dataSet.text(.photometricInterpretation) }
}
