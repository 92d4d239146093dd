import Foundation

/// Something to train on: twelve small images of three classes with masks, of six patients.
enum LabelledSet {
  /// The folder holds the images, and `set.csv` that names them; it is removed afterwards.
  static func with(_ body: (_ folder: String) throws -> Void) throws {
    let folder = try Workbench.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var lines = ["image,label,mask,patient_id"]
    for index in 0..<12 {
      try Workbench.writeImage(to: "\(folder)/\(index).png", seed: index + 1)
      let label = ["normal", "benign", "malignant"][index % 3]
      lines.append("\(index).png,\(label),\(index).png,p\(index / 2)")
    }
    try lines.joined(separator: "\n").write(
      toFile: folder + "/set.csv", atomically: true, encoding: .utf8)
    try body(folder)
  }
}
