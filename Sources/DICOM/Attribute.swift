/// An attribute that imgdx reads or writes: its tag, its VR in the standard's dictionary (PS3.6),
/// which implicit encodings do not carry, and its keyword for messages.
package struct Attribute: Sendable, Hashable {
  package let tag: Tag
  let vr: VR
  package let keyword: String

  init(_ group: UInt16, _ element: UInt16, _ vr: VR, _ keyword: String) {
    tag = Tag(group, element)
    self.vr = vr
    self.keyword = keyword
  }
}

extension Attribute {
  // File meta information.
  static let mediaStorageSOPClassUID = Attribute(2, 0x0002, .UI, "Media Storage SOP Class UID")
  static let transferSyntaxUID = Attribute(2, 0x0010, .UI, "Transfer Syntax UID")
  static let directoryRecordSequence = Attribute(4, 0x1220, .SQ, "Directory Record Sequence")

  // Who, what, when.
  static let specificCharacterSet = Attribute(8, 0x0005, .CS, "Specific Character Set")
  static let imageType = Attribute(8, 0x0008, .CS, "Image Type")
  static let sopClassUID = Attribute(8, 0x0016, .UI, "SOP Class UID")
  static let sopInstanceUID = Attribute(8, 0x0018, .UI, "SOP Instance UID")
  static let modality = Attribute(8, 0x0060, .CS, "Modality")
  static let seriesDescription = Attribute(8, 0x103E, .LO, "Series Description")
  static let patientName = Attribute(0x10, 0x0010, .PN, "Patient's Name")
  static let patientID = Attribute(0x10, 0x0020, .LO, "Patient ID")
  static let patientBirthDate = Attribute(0x10, 0x0030, .DA, "Patient's Birth Date")
  static let studyInstanceUID = Attribute(0x20, 0x000D, .UI, "Study Instance UID")
  static let seriesInstanceUID = Attribute(0x20, 0x000E, .UI, "Series Instance UID")
  static let seriesNumber = Attribute(0x20, 0x0011, .IS, "Series Number")
  static let instanceNumber = Attribute(0x20, 0x0013, .IS, "Instance Number")

  // Geometry.
  static let imagerPixelSpacing = Attribute(0x18, 0x1164, .DS, "Imager Pixel Spacing")
  static let nominalScannedPixelSpacing = Attribute(
    0x18, 0x2010, .DS, "Nominal Scanned Pixel Spacing")
  static let distanceSourceToDetector = Attribute(0x18, 0x1110, .DS, "Distance Source to Detector")
  static let distanceSourceToPatient = Attribute(0x18, 0x1111, .DS, "Distance Source to Patient")
  static let radiographicMagnification = Attribute(
    0x18, 0x1114, .DS, "Estimated Radiographic Magnification Factor")
  static let imagePlanePixelSpacing = Attribute(0x3002, 0x0011, .DS, "Image Plane Pixel Spacing")
  static let radiationMachineSAD = Attribute(0x3002, 0x0022, .DS, "Radiation Machine SAD")
  static let rtImageSID = Attribute(0x3002, 0x0026, .DS, "RT Image SID")
  static let gantryTilt = Attribute(0x18, 0x1120, .DS, "Gantry/Detector Tilt")
  static let gridFrameOffsetVector = Attribute(0x3004, 0x000C, .DS, "Grid Frame Offset Vector")
  static let spacingBetweenSlices = Attribute(0x18, 0x0088, .DS, "Spacing Between Slices")
  static let detectorInformation = Attribute(0x54, 0x0022, .SQ, "Detector Information Sequence")
  static let sliceVector = Attribute(0x54, 0x0080, .US, "Slice Vector")
  static let sliceThickness = Attribute(0x18, 0x0050, .DS, "Slice Thickness")
  static let ultrasoundRegions = Attribute(0x18, 0x6011, .SQ, "Sequence of Ultrasound Regions")
  static let regionSpatialFormat = Attribute(0x18, 0x6012, .US, "Region Spatial Format")
  static let regionX0 = Attribute(0x18, 0x6018, .UL, "Region Location Min X0")
  static let regionY0 = Attribute(0x18, 0x601A, .UL, "Region Location Min Y0")
  static let regionX1 = Attribute(0x18, 0x601C, .UL, "Region Location Max X1")
  static let regionY1 = Attribute(0x18, 0x601E, .UL, "Region Location Max Y1")
  static let physicalUnitsX = Attribute(0x18, 0x6024, .US, "Physical Units X Direction")
  static let physicalUnitsY = Attribute(0x18, 0x6026, .US, "Physical Units Y Direction")
  static let physicalDeltaX = Attribute(0x18, 0x602C, .FD, "Physical Delta X")
  static let physicalDeltaY = Attribute(0x18, 0x602E, .FD, "Physical Delta Y")
  static let imagePositionPatient = Attribute(0x20, 0x0032, .DS, "Image Position (Patient)")
  static let imageOrientationPatient = Attribute(0x20, 0x0037, .DS, "Image Orientation (Patient)")
  static let frameOfReferenceUID = Attribute(0x20, 0x0052, .UI, "Frame of Reference UID")
  static let imagePositionVolume = Attribute(0x20, 0x9301, .FD, "Image Position (Volume)")
  static let imageOrientationVolume = Attribute(0x20, 0x9302, .FD, "Image Orientation (Volume)")
  static let dimensionOrganizationType = Attribute(
    0x20, 0x9311, .CS, "Dimension Organization Type")
  static let totalPixelMatrixColumns = Attribute(0x48, 0x0006, .UL, "Total Pixel Matrix Columns")
  static let totalPixelMatrixRows = Attribute(0x48, 0x0007, .UL, "Total Pixel Matrix Rows")
  static let concatenationUID = Attribute(0x20, 0x9161, .UI, "Concatenation UID")
  static let concatenationNumber = Attribute(0x20, 0x9162, .US, "In-concatenation Number")
  static let concatenationCount = Attribute(0x20, 0x9163, .US, "In-concatenation Total Number")
  static let projectionCalibration = Attribute(
    0x18, 0x9401, .SQ, "Projection Pixel Calibration Sequence")
  static let objectPixelSpacing = Attribute(
    0x18, 0x9404, .FD, "Object Pixel Spacing in Center of Beam")
  static let framePixelData = Attribute(0x28, 0x9443, .SQ, "Frame Pixel Data Properties Sequence")
  static let pixelSpacing = Attribute(0x28, 0x0030, .DS, "Pixel Spacing")
  static let pixelPresentation = Attribute(0x08, 0x9205, .CS, "Pixel Presentation")
  static let pixelAspectRatio = Attribute(0x28, 0x0034, .IS, "Pixel Aspect Ratio")

  // Samples.
  static let samplesPerPixel = Attribute(0x28, 0x0002, .US, "Samples per Pixel")
  static let photometricInterpretation = Attribute(
    0x28, 0x0004, .CS, "Photometric Interpretation")
  static let planarConfiguration = Attribute(0x28, 0x0006, .US, "Planar Configuration")
  static let numberOfFrames = Attribute(0x28, 0x0008, .IS, "Number of Frames")
  static let rows = Attribute(0x28, 0x0010, .US, "Rows")
  static let columns = Attribute(0x28, 0x0011, .US, "Columns")
  static let bitsAllocated = Attribute(0x28, 0x0100, .US, "Bits Allocated")
  static let bitsStored = Attribute(0x28, 0x0101, .US, "Bits Stored")
  static let highBit = Attribute(0x28, 0x0102, .US, "High Bit")
  static let pixelRepresentation = Attribute(0x28, 0x0103, .US, "Pixel Representation")
  static let pixelPaddingValue = Attribute(0x28, 0x0120, .US, "Pixel Padding Value")
  static let pixelPaddingRangeLimit = Attribute(0x28, 0x0121, .US, "Pixel Padding Range Limit")
  static let floatPaddingValue = Attribute(0x28, 0x0122, .FL, "Float Pixel Padding Value")
  static let doublePaddingValue = Attribute(0x28, 0x0123, .FD, "Double Float Pixel Padding Value")
  static let floatPaddingLimit = Attribute(0x28, 0x0124, .FL, "Float Pixel Padding Range Limit")
  static let doublePaddingLimit = Attribute(
    0x28, 0x0125, .FD, "Double Float Pixel Padding Range Limit")
  static let extendedOffsetTable = Attribute(0x7FE0, 0x0001, .OV, "Extended Offset Table")
  static let pixelData = Attribute(0x7FE0, 0x0010, .OW, "Pixel Data")
  static let pixelDataProviderURL = Attribute(0x28, 0x7FE0, .UR, "Pixel Data Provider URL")

  // Lookup tables and windows.
  static let windowCenter = Attribute(0x28, 0x1050, .DS, "Window Center")
  static let windowWidth = Attribute(0x28, 0x1051, .DS, "Window Width")
  static let windowExplanation = Attribute(
    0x28, 0x1055, .LO, "Window Center & Width Explanation")
  static let voiLUTFunction = Attribute(0x28, 0x1056, .CS, "VOI LUT Function")
  static let rescaleIntercept = Attribute(0x28, 0x1052, .DS, "Rescale Intercept")
  static let rescaleSlope = Attribute(0x28, 0x1053, .DS, "Rescale Slope")
  static let rescaleType = Attribute(0x28, 0x1054, .LO, "Rescale Type")
  static let units = Attribute(0x54, 0x1001, .CS, "Units")
  static let realWorldValueMapping = Attribute(
    0x40, 0x9096, .SQ, "Real World Value Mapping Sequence")
  static let realWorldIntercept = Attribute(0x40, 0x9224, .FD, "Real World Value Intercept")
  static let realWorldSlope = Attribute(0x40, 0x9225, .FD, "Real World Value Slope")
  static let recommendedViewingMode = Attribute(0x28, 0x1090, .CS, "Recommended Viewing Mode")
  static let presentationLUTShape = Attribute(0x2050, 0x0020, .CS, "Presentation LUT Shape")
  static let doseGridScaling = Attribute(0x3004, 0x000E, .DS, "Dose Grid Scaling")
  static let modalityLUTSequence = Attribute(0x28, 0x3000, .SQ, "Modality LUT Sequence")
  static let voiLUTSequence = Attribute(0x28, 0x3010, .SQ, "VOI LUT Sequence")
  static let lutDescriptor = Attribute(0x28, 0x3002, .US, "LUT Descriptor")
  static let lutExplanation = Attribute(0x28, 0x3003, .LO, "LUT Explanation")
  static let lutData = Attribute(0x28, 0x3006, .US, "LUT Data")

  // Enhanced multi-frame objects.
  static let sharedFunctionalGroups = Attribute(
    0x5200, 0x9229, .SQ, "Shared Functional Groups Sequence")
  static let perFrameFunctionalGroups = Attribute(
    0x5200, 0x9230, .SQ, "Per-Frame Functional Groups Sequence")
  static let pixelMeasuresSequence = Attribute(0x28, 0x9110, .SQ, "Pixel Measures Sequence")
  static let frameVOILUTSequence = Attribute(0x28, 0x9132, .SQ, "Frame VOI LUT Sequence")
  static let pixelValueTransformation = Attribute(
    0x28, 0x9145, .SQ, "Pixel Value Transformation Sequence")
  static let planePositionSequence = Attribute(0x20, 0x9113, .SQ, "Plane Position Sequence")
  static let planePositionVolumeSequence = Attribute(
    0x20, 0x930E, .SQ, "Plane Position (Volume) Sequence")
  static let planeOrientationVolumeSequence = Attribute(
    0x20, 0x930F, .SQ, "Plane Orientation (Volume) Sequence")
  static let planeOrientationSequence = Attribute(0x20, 0x9116, .SQ, "Plane Orientation Sequence")

  /// Overlay Bit Position of an overlay group (6000...601E).
  static func overlayBitPosition(_ group: UInt16) -> Attribute {
    Attribute(group, 0x0102, .US, "Overlay Bit Position")
  }

  /// The descriptor, data and segmented data of one palette: `color` 0 red, 1 green, 2 blue.
  static func palette(_ color: UInt16) -> (
    descriptor: Attribute, data: Attribute, segmented: Attribute
  ) {
    (
      Attribute(0x28, 0x1101 + color, .US, "Palette Color Lookup Table Descriptor"),
      Attribute(0x28, 0x1201 + color, .OW, "Palette Color Lookup Table Data"),
      Attribute(0x28, 0x1221 + color, .OW, "Segmented Palette Color Lookup Table Data")
    )
  }
}
