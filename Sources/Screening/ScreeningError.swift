package import Enhancement
package import ModelFiles
package import Networks

/// Why an image cannot be screened.
package enum ScreeningError: Error, Equatable, CustomStringConvertible {
  /// The model file cannot be used at all.
  case model(ModelFileError)
  /// The model file says nothing about how to feed it or what its answers mean.
  case missingMetadata(path: String)
  /// The model's metadata contradicts itself or its graph.
  case badMetadata(model: String, reason: String)
  /// The model asks for an enhancement that cannot be applied.
  case enhancement(EnhancementError)
  /// The network's answer to one image is not a number: overflow inside, or a damaged model.
  case notANumber(model: String, output: String)
  /// Every pixel of the image has the same value: whatever a network said would mean nothing.
  case blankImage
  /// The network does not fit the image's shape.
  case network(NetworkError)

  package var description: String {
    switch self {
    case .model(let error): error.description
    case .missingMetadata(let path):
      "the model \(path) carries no imgdx metadata: it was not made by 'imgdx train'; "
        + "labels and preprocessing are unknown"
    case .badMetadata(let model, let reason): "the model '\(model)' cannot be used: \(reason)"
    case .enhancement(let error): "enhancement failed: \(error)"
    case .notANumber(let model, let output):
      "output '\(output)' of the model '\(model)' is not a number"
    case .blankImage: "every pixel has the same value: there is nothing to screen"
    case .network(let error): "the network cannot run: \(error)"
    }
  }
}
