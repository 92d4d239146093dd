/// Names for formats that are told by their first bytes and not read here.
enum ForeignFormat {
  static func name(of start: [UInt8]) -> String? {
    signatures.first { start.starts(with: $0.bytes) }?.name ?? media(start) ?? textual(start)
  }

  /// Files of boxes, the first of which names its brand (ISO/IEC 14496-12).
  private static func media(_ start: [UInt8]) -> String? {
    guard start.count >= 12, start[4..<8].elementsEqual("ftyp".utf8) else { return nil }
    switch String(decoding: start[8..<12], as: UTF8.self) {
    case "avif", "avis": return "an AVIF image"
    case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1": return "a HEIC image"
    case "crx ": return "a camera's raw image"
    default: return "an MP4 or QuickTime video"
    }
  }

  private static func textual(_ start: [UInt8]) -> String? {
    let text = String(decoding: start.prefix(64), as: UTF8.self).lowercased()
    if text.hasPrefix("<!doctype html") || text.hasPrefix("<html") { return "a web page" }
    if text.hasPrefix("<?xml") || text.hasPrefix("<svg") { return "an XML document" }
    if text.hasPrefix("objecttype =") || text.hasPrefix("ndims =") { return "a MetaImage (MHA)" }
    // P1 to P7, and a blank before the size.
    guard start.count > 2, start[0] == UInt8(ascii: "P"), [9, 10, 13, 32].contains(start[2]),
      (UInt8(ascii: "1")...UInt8(ascii: "7")).contains(start[1])
    else { return nil }
    return "a PNM image (PBM, PGM, PPM or PAM)"
  }

  private static let signatures: [(bytes: [UInt8], name: String)] = [
    (Array("%PDF".utf8), "a PDF document"), (Array("GIF8".utf8), "a GIF image"),
    (Array("BM".utf8), "a BMP image"), (Array("qoif".utf8), "a QOI image"),
    (Array("PK".utf8), "a ZIP archive or Office document"), ([0x1F, 0x8B], "a gzip archive"),
    (Array("BZh".utf8), "a bzip2 archive"), (Array("7z".utf8) + [0xBC, 0xAF], "a 7z archive"),
    (Array("Rar!".utf8), "a RAR archive"), ([0xFD] + Array("7zXZ".utf8), "an XZ archive"),
    ([0xD0, 0xCF, 0x11, 0xE0], "an Office document"),
    (Array("NRRD".utf8), "an NRRD image"), ([0x5C, 1, 0, 0], "a NIfTI image"),
    ([0, 0, 1, 0x5C], "a NIfTI image"), ([0x1C, 2, 0, 0], "a NIfTI-2 image"),
    ([0, 0, 2, 0x1C], "a NIfTI-2 image"),
    (Array("RIFF".utf8), "a WebP image, sound or video"), ([0xFF, 0x0A], "a JPEG XL image"),
    ([0, 0, 0, 0x0C, 0x4A, 0x58, 0x4C, 0x20], "a JPEG XL image"),
    (Array("II".utf8) + [0xBC], "a JPEG XR image"), (Array("8BPS".utf8), "a Photoshop image"),
    ([0x76, 0x2F, 0x31, 0x01], "an OpenEXR image"),
    (Array("#?RADIANCE".utf8), "a Radiance image"), ([0x1A, 0x45, 0xDF, 0xA3], "a Matroska video"),
    ([0x93] + Array("NUMPY".utf8), "a NumPy array"), (Array("MATLAB 5".utf8), "a MATLAB file"),
    ([0x7F] + Array("ELF".utf8), "a program"),
    (Array("MZ".utf8), "a program"), ([0x89] + Array("HDF".utf8), "an HDF5 file"),
    (Array("SQLite format 3".utf8), "a database"), (Array("#!".utf8), "a script"),
  ]
}
