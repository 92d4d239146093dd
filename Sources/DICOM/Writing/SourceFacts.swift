/// What an object made of others says of them beside its samples and whose they are: of each only what
/// the standard defines, as free text may name a patient.
package struct SourceFacts: Sendable, Equatable {
  /// Lossy Image Compression (PS3.3 C.7.6.1.1.5): once lossy, for ever lossy.
  package var isLossy = false
  package var lossyRatios: [Double] = []
  package var lossyMethods: [String] = []
  package var burnedInAnnotation: String?
  package var laterality: String?
  package var imageLaterality: String?
  package var rescaleType: String?
  /// Image Position and Orientation (Patient), where there is one frame.
  package var position: [Double] = []
  package var axes: [Double] = []
  /// Millimetres.
  package var sliceThickness: Double?
  package var frameOfReferenceUID: String?

  package init() {}

  /// - Parameters:
  ///   - frames: those that the new object is made of, from 0.
  ///   - keepsValues: false where rescaled values are no longer what the source says.
  package init(_ file: DICOMFile, frames: Range<Int>, keepsValues: Bool) {
    let dataSet = file.dataSet
    func term(_ attribute: Attribute, _ defined: Set<String>) -> String? {
      dataSet.text(attribute).flatMap { defined.contains($0) ? $0 : nil }
    }
    let stated = term(.lossyImageCompression, ["00", "01"])
    // The syntaxes that may be lossless too are for what is not: a file that lost nothing says so.
    isLossy =
      stated == "01" || file.transferSyntax.isAlwaysLossy
      || (stated == nil && file.transferSyntax.isLossy)
    if isLossy {
      lossyRatios = dataSet.numbers(.lossyImageCompressionRatio).filter { $0 > 0 }
      let methods = dataSet.texts(.lossyImageCompressionMethod)
      lossyMethods = methods.allSatisfy(SourceFacts.methods.contains) ? methods : []
    }
    burnedInAnnotation = term(.burnedInAnnotation, ["YES", "NO"])
    laterality = term(.laterality, ["L", "R"])
    imageLaterality = term(.imageLaterality, ["L", "R", "U", "B"])
    let values = file.group(.pixelValueTransformation, frame: frames.lowerBound)
    rescaleType = values.text(.rescaleType).flatMap {
      keepsValues && SourceFacts.rescaleTypes.contains($0) ? $0 : nil
    }
    guard frames.count == 1, let index = frames.first else { return }
    setPlane(file, frame: index)
  }

  private mutating func setPlane(_ file: DICOMFile, frame index: Int) {
    let place = file.group(.planePositionSequence, frame: index).numbers(.imagePositionPatient)
    let directions = file.group(.planeOrientationSequence, frame: index)
      .numbers(.imageOrientationPatient)
    if place.count == 3 && directions.count == 6 { (position, axes) = (place, directions) }
    let measures = file.group(.pixelMeasuresSequence, frame: index)
    sliceThickness = measures.number(.sliceThickness).flatMap { $0 > 0 ? $0 : nil }
    frameOfReferenceUID = file.dataSet.text(.frameOfReferenceUID).flatMap {
      $0.utf8.count <= 64 && $0.utf8.allSatisfy { "0123456789.".utf8.contains($0) } ? $0 : nil
    }
  }

  /// PS3.3 C.7.6.1.1.5.1.
  private static let methods: Set<String> = [
    "ISO_10918_1", "ISO_14495_1", "ISO_15444_1", "ISO_15444_15", "ISO_13818_2", "ISO_14496_10",
    "ISO_23008_2", "ISO_18181_1",
  ]
  /// PS3.3 C.11.1.1.2.
  private static let rescaleTypes: Set<String> = [
    "OD", "HU", "US", "MGML", "Z_EFF", "ED", "EDW", "HU_MOD", "PCT",
  ]

  func write(to dataSet: inout NewDataSet) throws(DICOMWriteError) {
    if isLossy { try dataSet.set(.lossyImageCompression, "01") }
    if !lossyRatios.isEmpty { try dataSet.set(.lossyImageCompressionRatio, lossyRatios) }
    try dataSet.set(.lossyImageCompressionMethod, lossyMethods)
    try dataSet.set(.burnedInAnnotation, burnedInAnnotation)
    try dataSet.set(.laterality, laterality)
    try dataSet.set(.imageLaterality, imageLaterality)
    if !position.isEmpty { try dataSet.set(.imagePositionPatient, position) }
    if !axes.isEmpty { try dataSet.set(.imageOrientationPatient, axes) }
    if let sliceThickness { try dataSet.set(.sliceThickness, sliceThickness) }
    try dataSet.set(.frameOfReferenceUID, frameOfReferenceUID)
  }
}
