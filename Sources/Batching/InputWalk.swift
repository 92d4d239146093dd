private import Foundation

/// From files and folders, as the user gave them, to the cases of a run.
package enum InputWalk {
  /// Every image file of the inputs once, in a fixed order: inputs as given, the files of a folder
  /// by path. In folders, what is no image by content is passed over; a file named as input is
  /// always taken, so that its failure is told.
  /// - Parameter outputFolder: left out when it lies inside an input folder.
  /// - Throws: ``BatchError`` when an input folder is the output folder, or nothing is found.
  package static func works(for inputs: [String], outputFolder: String?) throws(BatchError)
    -> [CaseWork]
  {
    let output = outputFolder.map(resolved)
    var found: [(path: String, relative: String)] = []
    var seen = Set<String>()
    for input in inputs {
      for file in try files(of: input, output: output)
      where seen.insert(resolved(file.path)).inserted {
        found.append(file)
      }
    }
    guard !found.isEmpty else { throw .noImages(inputs: inputs) }
    let names = OutputNames.assign(to: found.map(\.relative))
    return zip(found, names).map { CaseWork(path: $0.path, name: $1) }
  }

  private static func files(of input: String, output: String?) throws(BatchError)
    -> [(path: String, relative: String)]
  {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: input, isDirectory: &isFolder)
    guard input != "-" && exists && isFolder.boolValue else {
      return [(input, input == "-" ? "stdin" : (input as NSString).lastPathComponent)]
    }
    if resolved(input) == output { throw .outputIsInput(path: input) }
    return walk(input, output: output).filter { isImage($0.path) }
  }

  /// Regular files below a folder, by path; hidden ones and the output folder are left out.
  private static func walk(_ folder: String, output: String?) -> [(path: String, relative: String)]
  {
    guard let enumerator = FileManager.default.enumerator(atPath: folder) else { return [] }
    let root = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    var files: [(path: String, relative: String)] = []
    while let relative = enumerator.nextObject() as? String {
      let path = "\(root)/\(relative)"
      let kind = enumerator.fileAttributes?[.type] as? FileAttributeType
      if (relative as NSString).lastPathComponent.hasPrefix(".")
        || (kind == .typeDirectory && output != nil && resolved(path) == output)
      {
        enumerator.skipDescendants()
      } else if kind == .typeRegular || kind == .typeSymbolicLink {
        files.append((path, relative))
      }
    }
    return files.sorted { $0.relative < $1.relative }
  }

  /// Begins like an image, or is named like one: a damaged image must be told, not passed over.
  private static func isImage(_ path: String) -> Bool {
    let endings = ["png", "jpg", "jpeg", "dcm", "dicom", "jp2", "j2k", "tif", "tiff"]
    if endings.contains((path as NSString).pathExtension.lowercased()) { return true }
    guard let handle = FileHandle(forReadingAtPath: path) else { return false }
    defer { try? handle.close() }
    let head = [UInt8]((try? handle.read(upToCount: 132)) ?? Data())
    let signatures: [[UInt8]] = [[0x89, 0x50, 0x4E, 0x47], [0xFF, 0xD8, 0xFF]]
    return signatures.contains { head.starts(with: $0) }
      || (head.count == 132 && head[128...].elementsEqual("DICM".utf8))
  }

  private static func resolved(_ path: String) -> String {
    URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
  }
}
