import ArgumentParser
private import Codecs
private import DICOM
private import Files
internal import Imaging
internal import Simulation

/// The file format of simulated images.
enum SimulatedFormat: String, ExpressibleByArgument, CaseIterable {
  case png
  case jpeg
  case dicom

  var ending: String {
    switch self {
    case .png: "png"
    case .jpeg: "jpg"
    case .dicom: "dcm"
    }
  }
}

/// How pixels of simulated DICOM objects are compressed.
enum SimulatedCompression: String, ExpressibleByArgument, CaseIterable {
  case none
  case rle
  case jpegLossless = "jpeg-lossless"
}

/// Writes the images, masks and manifest of a simulated set.
struct SimulatedSetWriter {
  let folder: String
  let format: SimulatedFormat
  let bits: Int
  let frames: Int
  let compression: SimulatedCompression

  /// Writes one image and its mask.
  /// - Returns: the image's row of the manifest.
  func write(_ plan: SimulationPlan, seed: UInt64, number: Int) throws -> String {
    let digits = String(number)
    let zeros = String(repeating: "0", count: max(4 - digits.count, 0))
    let finding = plan.finding.rawValue
    let name = "\(finding)-\(seed)-\(zeros)\(digits)"
    let picture = plan.picture()
    let image = "images/\(name).\(format.ending)"
    let mask = "masks/\(name).png"
    let patient = "simulated-\(seed)-\(number)"
    try AtomicFile.write(
      try encoded(plan, first: picture, patient: patient), to: "\(folder)/\(image)")
    try AtomicFile.write(try PNGCodec.encode(picture.mask), to: "\(folder)/\(mask)")
    return "\(image),\(mask),\(finding),\(patient)\n"
  }

  func writeManifest(_ rows: String) throws {
    try AtomicFile.write("image,mask,label,patient_id\n" + rows, to: "\(folder)/manifest.csv")
  }

  private func encoded(
    _ plan: SimulationPlan, first: SimulatedUltrasound, patient: String
  ) throws -> [UInt8] {
    let image = first.image(bits: bits)
    switch format {
    case .png: return try PNGCodec.encode(image)
    case .jpeg: return try JPEGCodec.encode(image, quality: 92)
    case .dicom:
      let others = (1..<frames).map { plan.picture(frame: $0).image(bits: bits) }
      return try DICOMWriter.encode([image] + others, description(of: patient))
    }
  }

  /// A fictitious patient and study, the same for the same image.
  private func description(of patient: String) -> ObjectDescription {
    var description = ObjectDescription(.ultrasound, seed: "\(patient) \(bits) \(frames)")
    description.patientName = "Sample^Simulated"
    description.patientID = patient
    description.studyDescription = "Simulated breast ultrasound"
    description.seriesDescription = "Simulated by imgdx, no patient"
    description.compression =
      switch compression {
      case .none: .none
      case .rle: .rle
      case .jpegLossless: .jpegLossless
      }
    return description
  }
}
