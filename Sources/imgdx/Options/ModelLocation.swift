private import Foundation

/// Where the shipped model is.
enum ModelLocation {
  static let shippedName = "breast-ultrasound.onnx"

  /// The path given, else `IMGDX_MODEL`, else the one that a pipeline names, else the shipped model.
  static func find(_ given: String?, inPipeline named: String? = nil) throws(UsageError) -> String {
    if let path = given ?? Terminal.environment("IMGDX_MODEL") ?? named { return path }
    let folders = shippedFolders()
    for folder in folders {
      let path = "\(folder)/\(shippedName)"
      if FileManager.default.fileExists(atPath: path) { return path }
    }
    throw .noModel(lookedIn: folders)
  }

  /// `share/imgdx/Models` beside the installed program, then `Models` of the checkout that built it.
  static func shippedFolders(executable: String = executablePath) -> [String] {
    let bin = URL(fileURLWithPath: executable).deletingLastPathComponent()
    let installed = bin.deletingLastPathComponent().appendingPathComponent("share/imgdx/Models")
    var folders = [installed.path]
    var folder = bin
    while folder.path != "/" {
      folder = folder.deletingLastPathComponent()
      let package = folder.appendingPathComponent("Package.swift").path
      if FileManager.default.fileExists(atPath: package) {
        folders.append(folder.appendingPathComponent("Models").path)
        break
      }
    }
    return folders
  }

  /// The running program with symbolic links resolved.
  static var executablePath: String {
    URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
  }
}

/// What the arguments and the environment do not give.
enum UsageError: Error, Equatable, CustomStringConvertible {
  case noModel(lookedIn: [String])

  var description: String {
    switch self {
    case .noModel(let folders):
      "no model: give one with --model or IMGDX_MODEL; the shipped one was looked for in "
        + folders.joined(separator: " and ")
    }
  }
}
