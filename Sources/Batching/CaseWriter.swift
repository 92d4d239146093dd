private import Codecs
internal import Files
private import Foundation
internal import Imaging
internal import Reports
private import Screening

/// Puts the files of one case on disk.
struct CaseWriter {
  private let outputs: CaseOutputs

  init(_ outputs: CaseOutputs) { self.outputs = outputs }

  /// Writes `<name>.json` and, where asked for and the model segments, `<name>.mask.png` and
  /// `<name>.overlay.png`.
  /// - Throws: ``FileError`` when the disk refuses, ``ReportError`` when a picture cannot be encoded.
  func write(_ record: CaseRecord, image: Image, mask: Mask?) throws {
    guard let base = try base(for: record) else { return }
    if outputs.includesPictures, let mask {
      try AtomicFile.write(encode(PNGCodec.encode(mask), "the mask"), to: base + ".mask.png")
      let overlay = Overlay.render(
        image, mask: mask, isSuspicious: record.findings?.isSuspicious ?? false)
      try AtomicFile.write(
        encode(PNGCodec.encode(overlay), "the overlay"), to: base + ".overlay.png")
    }
    try writeDocument(record, base)
  }

  /// Writes the reason to `<name>.json`; pictures of an earlier run are taken away.
  func write(failed record: CaseRecord) throws(FileError) {
    guard let base = try base(for: record) else { return }
    unlink(base + ".mask.png")
    unlink(base + ".overlay.png")
    try writeDocument(record, base)
  }

  private func writeDocument(_ record: CaseRecord, _ base: String) throws(FileError) {
    let document = CaseDocument.json(
      record, program: outputs.program, includesPHI: outputs.includesPHI)
    try AtomicFile.write(document.text(isIndented: true) + "\n", to: base + ".json")
  }

  /// The path without ending, its folder made; nil when nothing is to be written.
  private func base(for record: CaseRecord) throws(FileError) -> String? {
    guard let folder = outputs.folder else { return nil }
    let base = "\(folder)/\(record.source.name)"
    try makeFolder((base as NSString).deletingLastPathComponent)
    return base
  }

  private func encode(_ bytes: @autoclosure () throws(CodecError) -> [UInt8], _ what: String)
    throws(ReportError) -> [UInt8]
  {
    do {
      return try bytes()
    } catch {
      throw .cannotEncode(what: what, reason: error.description)
    }
  }
}

/// Makes a folder and those above it; one that is there already is fine.
func makeFolder(_ path: String) throws(FileError) {
  var status = stat()
  if path.isEmpty || stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR { return }
  try makeFolder((path as NSString).deletingLastPathComponent)
  guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
    throw .cannotWrite(path: path, reason: String(cString: strerror(errno)))
  }
}
