/// A file format told by its first bytes, never by a file's name.
package enum ImageFormat: String, Sendable, CaseIterable, CustomStringConvertible {
  case png = "PNG"
  case jpeg = "JPEG"
  /// A bare codestream (`.j2k`, `.j2c`, a DICOM frame).
  case jpeg2000 = "JPEG 2000"
  /// A codestream in boxes (`.jp2`, `.jph`).
  case jp2 = "JP2"
  /// Classic TIFF and BigTIFF, one or many pages.
  case tiff = "TIFF"
  case npy = "NPY"

  package var description: String { rawValue }

  /// Nil when the bytes begin like none of them.
  package init?(sniffing bytes: [UInt8]) {
    let found = ImageFormat.allCases.first { $0.signatures.contains { bytes.starts(with: $0) } }
    guard let found else { return nil }
    self = found
  }

  /// The bytes that files of the format begin with, one of these.
  package var signatures: [[UInt8]] {
    switch self {
    case .png: [[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]]
    case .jpeg: [[0xFF, 0xD8, 0xFF]]
    case .jpeg2000: [[0xFF, 0x4F, 0xFF, 0x51]]
    case .jp2: [[0, 0, 0, 0x0C, 0x6A, 0x50, 0x20, 0x20, 0x0D, 0x0A, 0x87, 0x0A]]
    case .tiff:
      [
        [0x49, 0x49, 42, 0], [0x4D, 0x4D, 0, 42], [0x49, 0x49, 43, 0, 8, 0],
        [0x4D, 0x4D, 0, 43, 0, 8],
      ]
    case .npy: [[0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]]
    }
  }

  /// The first of ``signatures``.
  package var signature: [UInt8] { signatures[0] }
}
