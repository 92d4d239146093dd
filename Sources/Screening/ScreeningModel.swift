package import Files
private import Foundation
package import ModelFiles

/// A model ready to be asked: loaded once, shared by every ``Screener``.
package struct ScreeningModel: Sendable {
  package let model: Model
  package let metadata: ModelMetadata
  package let identity: ModelIdentity
  package let preprocessing: Preprocessing
  /// Stand among the warnings of every result.
  let remarks: [String]

  /// Reads the model file and checks that its metadata makes sense.
  package static func load(path: String) throws(ScreeningError) -> ScreeningModel {
    let model: Model
    do {
      model = try Model.load(path: path)
    } catch {
      throw .model(error)
    }
    guard let metadata = model.metadata else { throw .missingMetadata(path: path) }
    let bytes: Data
    do {
      bytes = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
    } catch {
      throw .model(.unreadable(path: path, reason: error.localizedDescription))
    }
    return try ScreeningModel(model: model, metadata: metadata, digest: Digest(of: bytes))
  }

  /// - Parameter digest: of the model's file.
  package init(model: Model, metadata: ModelMetadata, digest: Digest) throws(ScreeningError) {
    try self.init(
      model: model, metadata: metadata,
      identity: ModelIdentity(name: metadata.name, sha256: digest.description), remarks: [])
  }

  init(model: Model, metadata: ModelMetadata, identity: ModelIdentity, remarks: [String])
    throws(ScreeningError)
  {
    if let reason = ScreeningModel.fault(in: metadata) {
      throw .badMetadata(model: metadata.name, reason: reason)
    }
    self.model = model
    self.metadata = metadata
    self.identity = identity
    self.remarks = remarks
    preprocessing = try Preprocessing(metadata.input)
  }

  private static func fault(in metadata: ModelMetadata) -> String? {
    if metadata.classificationOutput == nil && metadata.segmentationOutput == nil {
      return "it names neither a classification nor a segmentation output"
    }
    if metadata.classificationOutput != nil && metadata.labels.count < 2 {
      return "it classifies, but names fewer than two labels"
    }
    if Set(metadata.labels).count != metadata.labels.count { return "a label is named twice" }
    if let stray = metadata.suspiciousLabels.first(where: { !metadata.labels.contains($0) }) {
      return "the suspicious label '\(stray)' is not one of its labels"
    }
    if !(metadata.maskThreshold > 0 && metadata.maskThreshold < 1) {
      return "its mask threshold \(metadata.maskThreshold) is not between 0 and 1"
    }
    return nil
  }
}
