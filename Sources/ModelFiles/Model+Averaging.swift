private import Networks

extension Model {
  /// One model that averages the answers of several.
  /// - Parameter paths: of `members`, to name the one at fault.
  /// - Throws: ``ModelFileError/unsupported(path:reason:)`` where a member answers another question
  ///   than the first.
  package static func average(_ members: [Model], paths: [String]) throws(ModelFileError) -> Model {
    let first = members.first?.metadata
    for (member, path) in zip(members, paths) where !member.answers(as: first) {
      throw .unsupported(
        path: path,
        reason: "it has other labels, outputs, input or enhancement than the first model")
    }
    let graph: Graph
    do {
      graph = try Graph.average(members.map(\.graph))
    } catch {
      throw .unsupported(path: paths.joined(separator: " with "), reason: error.description)
    }
    var metadata = first
    // Whoever measures the mean must know every image that any member has seen.
    let seen = members.map(\.metadata?.trainingImages)
    metadata?.trainingImages =
      seen.contains(nil) ? nil : Set(seen.compactMap(\.self).joined()).sorted()
    return Model(graph: graph, metadata: metadata)
  }

  /// The model run on its image at several sizes, and the mean of its answers.
  /// - Parameters:
  ///   - sides: of the squares that the image is resized to, in pixels.
  ///   - inputSide: of the square that the new model takes.
  /// - Throws: ``ModelFileError/unsupported(path:reason:)`` where it takes no squares of these sizes.
  package func averaged(overSides sides: [Int], inputSide: Int, path: String)
    throws(ModelFileError) -> Model
  {
    guard metadata.map({ $0.input.width == $0.input.height }) ?? true else {
      throw .unsupported(path: path, reason: "its input is not square")
    }
    var metadata = metadata
    metadata?.input.width = inputSide
    metadata?.input.height = inputSide
    do {
      let graph = try graph.averaged(overSides: sides, inputSide: inputSide)
      return Model(graph: graph, metadata: metadata)
    } catch {
      throw .unsupported(path: path, reason: error.description)
    }
  }

  private func answers(as other: ModelMetadata?) -> Bool {
    guard let own = metadata, let other else { return metadata == nil && other == nil }
    return own.labels == other.labels && own.input == other.input
      && own.classificationOutput == other.classificationOutput
      && own.segmentationOutput == other.segmentationOutput
      && own.averagesFlips == other.averagesFlips
  }
}
