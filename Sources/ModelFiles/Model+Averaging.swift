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

  private func answers(as other: ModelMetadata?) -> Bool {
    guard let own = metadata, let other else { return metadata == nil && other == nil }
    return own.labels == other.labels && own.input == other.input
      && own.classificationOutput == other.classificationOutput
      && own.segmentationOutput == other.segmentationOutput
      && own.averagesFlips == other.averagesFlips
  }
}
