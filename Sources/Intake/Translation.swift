internal import Codecs
internal import DICOM
internal import Imaging

/// From the decoders' words to those of this door.
extension IntakeError {
  init(_ error: CodecError, path: String) {
    self =
      switch error {
      case .unknownFormat, .notThisFormat: .foreign(path: path, kind: nil)
      case .tooLarge, .tooManyFrames: .tooLarge(path: path, reason: "\(error)")
      case .noSuchFrame(let frame, let count):
        .noSuchFrame(path: path, frame: frame, count: count)
      case .truncated, .corrupt: .damaged(path: path, reason: "\(error)")
      case .unsupported, .cannotEncode: .unsupported(path: path, reason: "\(error)")
      case .outOfMemory: .tooLarge(path: path, reason: "\(error)")
      }
  }

  init(_ error: DICOMError, path: String) {
    self =
      switch error {
      case .notDICOM: .foreign(path: path, kind: nil)
      case .truncated, .malformed, .missing, .invalid, .undecodable:
        .damaged(path: path, reason: "\(error)")
      case .notAnImage, .unsupported: .unsupported(path: path, reason: "\(error)")
      case .exceedsLimit: .tooLarge(path: path, reason: "\(error)")
      case .noSuchFrame(let frame, let count):
        .noSuchFrame(path: path, frame: frame, count: count)
      }
  }
}

extension ImageFacts {
  init(_ header: CodecHeader, size: Int) {
    let shown = header.displaySize
    self.init(
      format: "\(header.format)", width: shown.width, height: shown.height,
      channels: header.channels, bits: header.precision, frames: header.frames, modality: nil,
      transferSyntax: nil, transferSyntaxUID: nil, photometricInterpretation: nil,
      pixelSpacing: header.pixelSpacing, windows: [], fileSize: size, warnings: header.warnings)
  }

  init(_ file: DICOMFile, size: Int) {
    let attributes = file.attributes(ofFrame: 0)
    let pixels = file.pixels
    let isColor = pixels.samples >= 3 || pixels.photometric == .paletteColor
    self.init(
      format: "DICOM", width: pixels.columns, height: pixels.rows, channels: isColor ? 3 : 1,
      bits: pixels.bitsStored, frames: pixels.frames, modality: attributes.modality,
      transferSyntax: file.transferSyntax.name, transferSyntaxUID: file.transferSyntax.uid,
      photometricInterpretation: file.photometricName, pixelSpacing: attributes.pixelSpacing,
      windows: isColor ? [] : attributes.windows, fileSize: size,
      identifiers: attributes.identifiers, warnings: attributes.warnings)
  }
}
