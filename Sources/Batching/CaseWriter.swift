internal import BatchLedger
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
  /// - Returns: what was written, durably.
  /// - Throws: ``FileError`` when the disk refuses, ``ReportError`` when a picture cannot be encoded.
  func write(_ record: CaseRecord, image: Image, mask: Mask?) throws -> [OutputFile] {
    guard let folder = try madeFolder(for: record) else { return [] }
    var files: [OutputFile] = []
    if let mask, outputs.pictures.contains(.mask) {
      let bytes = try encode(PNGCodec.encode(mask), "the mask")
      files.append(try write(bytes, record.source.name + ".mask.png", folder))
    }
    if let mask, outputs.pictures.contains(.overlay) {
      let overlay = Overlay.render(
        image, mask: mask, isSuspicious: record.findings?.isSuspicious ?? false)
      let bytes = try encode(PNGCodec.encode(overlay), "the overlay")
      files.append(try write(bytes, record.source.name + ".overlay.png", folder))
    }
    return files + [try writeDocument(record, folder)]
  }

  /// Writes the reason to `<name>.json`; pictures of an earlier run are taken away.
  func write(failed record: CaseRecord) throws(FileError) -> [OutputFile] {
    guard let folder = try madeFolder(for: record) else { return [] }
    unlink("\(folder)/\(record.source.name).mask.png")
    unlink("\(folder)/\(record.source.name).overlay.png")
    return [try writeDocument(record, folder)]
  }

  /// Removes whatever files of a case lie about, of the case as a whole and of its frames.
  func removeAll(named name: String) {
    guard let folder = outputs.folder else { return }
    let base = (name as NSString).lastPathComponent
    let parent = "\(folder)/\(Folder.parent(of: name))"
    for file in (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
    where Self.isOutput(file, of: base) { unlink("\(parent)/\(file)") }
  }

  /// True for the files of a case, `<name>.json`, `<name>.frame-0001.mask.png` and the like, also
  /// under what they are called until they are whole.
  static func isOutput(_ file: String, of name: String) -> Bool {
    // By hand: a regular expression took a millisecond, for each file of each case.
    var rest = file[...].utf8
    guard rest.drop(name) else { return false }
    if rest.drop(".frame-"), !rest.dropDigits() { return false }
    guard rest.drop(".json") || rest.drop(".mask.png") || rest.drop(".overlay.png") else {
      return false
    }
    return rest.isEmpty
      || rest.drop(".part-") && rest.dropDigits() && rest.drop("-") && rest.dropDigits()
        && rest.isEmpty
  }

  private func writeDocument(_ record: CaseRecord, _ folder: String) throws(FileError)
    -> OutputFile
  {
    let document = CaseDocument.json(
      record, program: outputs.program, includesPHI: outputs.includesPHI)
    return try write(
      Array((document.text(isIndented: true) + "\n").utf8), record.source.name + ".json", folder)
  }

  private func write(_ bytes: [UInt8], _ path: String, _ folder: String) throws(FileError)
    -> OutputFile
  {
    try AtomicFile.write(bytes, to: "\(folder)/\(path)")
    return OutputFile(path: path, sha256: Digest(of: bytes).description)
  }

  /// The output folder, with the folders of the case's name made in it; nil when nothing is written.
  private func madeFolder(for record: CaseRecord) throws(FileError) -> String? {
    guard let folder = outputs.folder else { return nil }
    try Folder.make(Folder.parent(of: "\(folder)/\(record.source.name)"))
    return folder
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

extension Substring.UTF8View {
  /// Takes a beginning away; false where there is another.
  fileprivate mutating func drop(_ beginning: String) -> Bool {
    guard starts(with: beginning.utf8) else { return false }
    self = dropFirst(beginning.utf8.count)
    return true
  }

  /// Takes digits away; false where there is none.
  fileprivate mutating func dropDigits() -> Bool {
    let rest = drop(while: { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    defer { self = rest }
    return rest.count < count
  }
}
