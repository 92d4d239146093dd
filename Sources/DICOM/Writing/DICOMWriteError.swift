/// Why an object cannot be written.
package enum DICOMWriteError: Error, Equatable, CustomStringConvertible {
  /// Samples that the object's kind does not hold: floating point, 32 bits.
  case unsuitablePixels(reason: String)
  /// A value that its attribute does not allow.
  case badValue(String, reason: String)
  /// The encoder failed.
  case cannotCompress(reason: String)

  package var description: String {
    switch self {
    case .unsuitablePixels(let reason): "a DICOM object cannot hold these samples: \(reason)"
    case .badValue(let keyword, let reason): "\(keyword) cannot be written: \(reason)"
    case .cannotCompress(let reason): "the samples cannot be compressed: \(reason)"
    }
  }
}
