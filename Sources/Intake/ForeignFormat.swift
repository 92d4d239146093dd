/// Names for formats that are told by their first bytes and not read here.
enum ForeignFormat {
  static func name(of start: [UInt8]) -> String? {
    signatures.first { start.starts(with: $0.bytes) }?.name ?? textual(start)
  }

  private static func textual(_ start: [UInt8]) -> String? {
    let text = String(decoding: start.prefix(64), as: UTF8.self).lowercased()
    if text.hasPrefix("<!doctype html") || text.hasPrefix("<html") { return "a web page" }
    if text.hasPrefix("<?xml") || text.hasPrefix("<svg") { return "an XML document" }
    return nil
  }

  private static let signatures: [(bytes: [UInt8], name: String)] = [
    (Array("%PDF".utf8), "a PDF document"), (Array("GIF8".utf8), "a GIF image"),
    (Array("BM".utf8), "a BMP image"),
    (Array("PK".utf8), "a ZIP archive or Office document"), ([0x1F, 0x8B], "a gzip archive"),
    (Array("NRRD".utf8), "an NRRD image"), ([0x5C, 1, 0, 0], "a NIfTI image"),
    (Array("RIFF".utf8), "a WebP image, sound or video"), ([0xFF, 0x0A], "a JPEG XL image"),
    ([0, 0, 0, 0x0C, 0x4A, 0x58, 0x4C, 0x20], "a JPEG XL image"),
    ([0x93] + Array("NUMPY".utf8), "a NumPy array"), ([0x7F] + Array("ELF".utf8), "a program"),
    (Array("MZ".utf8), "a program"), ([0x89] + Array("HDF".utf8), "an HDF5 file"),
    (Array("SQLite format 3".utf8), "a database"), (Array("#!".utf8), "a script"),
  ]
}
