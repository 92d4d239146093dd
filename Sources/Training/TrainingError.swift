package import Intake

/// Why a data set cannot be used, or a network not be trained or evaluated on it.
///
/// Messages name files, lines and columns, never what stands in a patient column.
package enum TrainingError: Error, Equatable, CustomStringConvertible {
  /// The manifest as a whole cannot be read.
  case unreadableManifest(path: String, reason: String)
  /// A line of the manifest is no row of a table.
  case badLine(path: String, line: Int, reason: String)
  /// A cell of the manifest does not hold what its column asks for.
  case badCell(path: String, line: Int, column: String, reason: String)
  /// Files that the manifest names and the disk lacks, with the lines naming them.
  case missingFiles(manifest: String, files: [MissingFile])
  /// An image or mask cannot be read.
  case unreadableImage(IntakeError)
  /// An image cannot be prepared or answered.
  case unusableImage(path: String, reason: String)
  /// A mask has another size than its image.
  case maskSizeDiffers(mask: String, maskSize: String, imageSize: String)
  /// The data cannot be divided as asked.
  case cannotSplit(reason: String)
  /// The data cannot answer what was asked (no labels, no masks, labels the model does not know).
  case unsuitableData(reason: String)
  /// A setting is out of range.
  case badSetting(name: String, reason: String)

  /// A file that is not there, and the manifest's line that names it.
  package struct MissingFile: Sendable, Equatable {
    package let path: String
    package let line: Int
  }

  package var description: String {
    switch self {
    case .unreadableManifest(let path, let reason): "cannot use the manifest \(path): \(reason)"
    case .badLine(let path, let line, let reason): "\(path), line \(line): \(reason)"
    case .badCell(let path, let line, let column, let reason):
      "\(path), line \(line), column '\(column)': \(reason)"
    case .missingFiles(let manifest, let files): Self.describe(files, of: manifest)
    case .unreadableImage(let error): error.description
    case .unusableImage(let path, let reason): "cannot use \(path): \(reason)"
    case .maskSizeDiffers(let mask, let maskSize, let imageSize):
      "the mask \(mask) is \(maskSize) pixels, its image \(imageSize); they must be the same"
    case .cannotSplit(let reason): "cannot divide the data: \(reason)"
    case .unsuitableData(let reason): reason
    case .badSetting(let name, let reason): "\(name): \(reason)"
    }
  }

  private static func describe(_ files: [MissingFile], of manifest: String) -> String {
    let shown = 20
    var lines = ["\(manifest) names \(files.count) file\(files.count == 1 ? "" : "s") not there:"]
    lines += files.prefix(shown).map { "  line \($0.line): \($0.path)" }
    if files.count > shown { lines.append("  and \(files.count - shown) more") }
    return lines.joined(separator: "\n")
  }
}
