// Weights in files beside the model: found, checked and mapped into memory.
private import Foundation

/// The files that a model's external tensors name. They must lie in the model's folder: a model from
/// elsewhere must not read what is not its own.
final class ExternalData {
  private let folder: String
  private var files: [String: NSData] = [:]

  /// - Parameter modelPath: of the model file.
  init(modelPath: String) {
    folder = URL(fileURLWithPath: modelPath).deletingLastPathComponent().path
  }

  /// The bytes of one tensor; they live as long as this object.
  /// - Throws: where the path leaves the folder or the file is shorter than the tensor needs.
  func bytes(of tensor: ONNXTensor) throws(ImportError) -> UnsafeRawBufferPointer {
    func fail(_ reason: String) -> ImportError {
      ImportError("the weight '\(tensor.name)' in another file: \(reason)")
    }
    guard let location = tensor.external["location"], !location.isEmpty else {
      throw fail("no file is named")
    }
    guard let expected = tensor.byteCount else { throw fail("its shape or type is impossible") }
    guard let offset = Int(tensor.external["offset"] ?? "0"), offset >= 0,
      let length = Int(tensor.external["length"] ?? "\(expected)"), length == expected
    else { throw fail("its offset or length does not fit its shape") }
    let data = try contents(of: location, fail)
    let (end, overflow) = offset.addingReportingOverflow(length)
    guard !overflow, end <= data.length else { throw fail("'\(location)' is too short for it") }
    return UnsafeRawBufferPointer(start: data.bytes + offset, count: length)
  }

  private func contents(of location: String, _ fail: (String) -> ImportError) throws(ImportError)
    -> NSData
  {
    if let data = files[location] { return data }
    let path = try checked(location, fail)
    guard let data = try? NSData(contentsOfFile: path, options: .alwaysMapped) else {
      throw fail("'\(location)' cannot be read")
    }
    files[location] = data
    return data
  }

  /// The file's real path, inside the model's real folder, through whatever symbolic links.
  private func checked(_ location: String, _ fail: (String) -> ImportError) throws(ImportError)
    -> String
  {
    guard !location.hasPrefix("/"), !location.utf8.contains(0),
      !location.split(separator: "/").contains("..")
    else { throw fail("'\(location)' leaves the model's folder") }
    guard let root = realPath(folder), let path = realPath(folder + "/" + location) else {
      throw fail("'\(location)' is not there")
    }
    guard path.hasPrefix(root == "/" ? "/" : root + "/") else {
      throw fail("'\(location)' leaves the model's folder")
    }
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw fail("'\(location)' is no regular file")
    }
    return path
  }

  private func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
