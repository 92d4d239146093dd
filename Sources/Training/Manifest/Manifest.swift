private import Foundation

/// A labelled data set: a CSV file whose rows are images.
///
/// Columns: `image` (path relative to the CSV), `label` (one, maybe of several words) or instead
/// several columns of 0, 1 or nothing, each named for its label; `mask`, `patient_id`, `split`
/// (train, val, test) and `weight`. Other columns are kept and ignored.
package struct Manifest: Sendable {
  package let path: String
  /// The header, as it stands.
  package let columns: [String]
  /// Labels in the order of class indices: sorted for a `label` column, else as the columns stand.
  package let labels: [String]
  package let items: [ManifestItem]
  /// Remarks for whoever uses it.
  package let warnings: [String]

  package init(
    path: String, columns: [String], labels: [String], items: [ManifestItem],
    warnings: [String] = []
  ) {
    self.path = path
    self.columns = columns
    self.labels = labels
    self.items = items
    self.warnings = warnings
  }

  /// Reads a manifest; opens none of the files it names.
  package init(contentsOf path: String) throws(TrainingError) {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .unreadableManifest(path: path, reason: "there is no such file, or it cannot be read")
    }
    try self.init(parsing: [UInt8](data), path: path)
  }

  /// Reads a manifest from memory. - Parameter path: where it is from; its folder is what relative
  /// paths start at.
  package init(parsing bytes: [UInt8], path: String) throws(TrainingError) {
    let table = try CommaSeparatedTable(parsing: bytes, path: path)
    self = try ManifestReader(table: table, path: path).manifest()
  }

  /// Looks for every image and mask.
  /// - Throws: ``TrainingError/missingFiles(manifest:files:)`` naming all that are not there.
  package func checkFiles() throws(TrainingError) {
    var missing: [TrainingError.MissingFile] = []
    for item in items {
      for file in [item.image, item.mask].compactMap({ $0 })
      where !FileManager.default.isReadableFile(atPath: file) {
        missing.append(TrainingError.MissingFile(path: file, line: item.line))
      }
    }
    guard missing.isEmpty else { throw .missingFiles(manifest: path, files: missing) }
  }

  /// The manifest with these items only.
  package func selecting(_ indices: [Int]) -> Manifest {
    Manifest(
      path: path, columns: columns, labels: labels, items: indices.map { items[$0] },
      warnings: warnings)
  }
}
