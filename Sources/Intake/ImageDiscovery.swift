private import DICOM
private import Files
private import Foundation

/// Finds the image files below a folder, in an order that depends on names alone.
///
/// Hidden files and folders are passed over, links to folders are not followed. One folder's
/// listing is in memory at a time for each level, never the whole tree.
package enum ImageDiscovery {
  /// Calls `body` with the path of each file that begins like an image, depth first, each folder's
  /// entries by the bytes of their names.
  /// - Parameters:
  ///   - includesNamed: files named like images are given too, whatever they hold: whoever reports
  ///     on a whole folder must tell of an empty or overwritten scan, not pass it over.
  ///   - isExcluded: folders for which it says true are left out.
  ///   - unreadable: called with the folders and files that the system refuses.
  package static func walk(
    _ folder: String, includesNamed: Bool = false,
    excluding isExcluded: (String) -> Bool = { _ in false },
    unreadable: (IntakeError) -> Void, body: (String) throws -> Void
  ) rethrows {
    let root = withoutLastSlashes(folder)
    guard let listing = entries(of: root) else {
      unreadable(.unreadable(path: folder, reason: "the folder cannot be listed"))
      return
    }
    for name in listing.unnamable {
      unreadable(.unreadable(path: "\(root)/\(name)", reason: "its name is not UTF-8; rename it"))
    }
    let sorted = listing.names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    for name in sorted where !name.hasPrefix(".") {
      let path = "\(root)/\(name)"
      switch kind(of: path) {
      case .folder where isExcluded(path): continue
      case .folder:
        try walk(
          path, includesNamed: includesNamed, excluding: isExcluded, unreadable: unreadable,
          body: body)
      case .file:
        guard access(path, R_OK) == 0 else {
          unreadable(.unreadable(path: path, reason: String(cString: strerror(errno))))
          continue
        }
        if (includesNamed && isNamedLikeImage(name)) || beginsLikeImage(path) { try body(path) }
      case .dead where includesNamed && isNamedLikeImage(name):
        unreadable(.unreadable(path: path, reason: "the link leads nowhere"))
      case .unreachable(let reason) where includesNamed:
        unreadable(.unreadable(path: path, reason: reason))
      case .other, .dead, .unreachable: continue
      }
    }
  }

  /// True for a folder, also behind a link.
  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Tells by the first bytes whether ``ImageFile`` would try to read a file.
  package static func beginsLikeImage(_ path: String) -> Bool {
    start(of: path).map(ImageFile.isRecognised) ?? false
  }

  /// Tells by the name and the first bytes whether a file is DICOM or was meant to be.
  package static func mayBeDICOM(_ path: String) -> Bool {
    isNamed(path, dicomEndings) || start(of: path).map(DICOMFile.isRecognised) ?? false
  }

  private static func start(of path: String) -> FileBytes? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var start = [UInt8](repeating: 0, count: 256)
    let count = read(descriptor, &start, start.count)
    return count > 0 ? FileBytes(start[..<count]) : nil
  }

  /// The names in a folder; those that are not UTF-8, which no path here can hold, apart and with their
  /// foreign bytes written out, so that no two become one.
  private static func entries(of folder: String) -> (names: [String], unnamable: [String])? {
    guard let stream = opendir(folder) else { return nil }
    defer { closedir(stream) }
    var (names, unnamable): ([String], [String]) = ([], [])
    while let entry = readdir(stream) {
      // Safe: `d_name` ends with a zero and stays until the next `readdir`.
      withUnsafePointer(to: &entry.pointee.d_name) { field in
        field.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { text in
          if let name = String(validatingCString: text) {
            if name != "." && name != ".." { names.append(name) }
          } else {
            let bytes = UnsafeBufferPointer(start: text, count: strlen(text)).map(
              UInt8.init(bitPattern:))
            unnamable.append(
              bytes.map { $0 < 0x80 ? String(UnicodeScalar($0)) : String(format: "\\x%02X", $0) }
                .joined())
          }
        }
      }
    }
    return (names, unnamable.sorted())
  }

  private static let dicomEndings = [".dcm", ".dicom"]
  private static let pictureEndings = [
    ".png", ".jpg", ".jpeg", ".jp2", ".j2k", ".jph", ".tif", ".tiff",
  ]

  private static func isNamedLikeImage(_ name: String) -> Bool {
    isNamed(name, dicomEndings + pictureEndings)
  }

  private static func isNamed(_ name: String, _ endings: [String]) -> Bool {
    let name = name.lowercased()
    return endings.contains { name.hasSuffix($0) }
  }

  /// A folder's path without slashes at its end, but for the root.
  package static func withoutLastSlashes(_ folder: String) -> String {
    var folder = folder[...]
    while folder.utf8.count > 1, folder.utf8.last == UInt8(ascii: "/") { folder.removeLast() }
    return String(folder)
  }

  private enum Kind {
    case folder, file, dead, other
    /// There is something, and the system does not let it be looked at.
    case unreachable(String)
  }

  private static func kind(of path: String) -> Kind {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      return errno == ENOENT ? .other : .unreachable(String(cString: strerror(errno)))
    }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: return .folder
    case S_IFREG: return .file
    case S_IFLNK:
      guard stat(path, &status) == 0 else { return .dead }
      return status.st_mode & S_IFMT == S_IFREG ? .file : .other
    default: return .other
    }
  }
}
