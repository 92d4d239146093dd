package import Networks

/// A network as it stands in a file: graph, weights and what imgdx must know to use it.
package struct Model: Sendable {
  package var graph: Graph
  /// Nil for a plain ONNX file that imgdx did not write.
  package var metadata: ModelMetadata?

  package init(graph: Graph, metadata: ModelMetadata?) {
    self.graph = graph
    self.metadata = metadata
  }

  /// Reads an ONNX file.
  package static func load(path: String) throws(ModelFileError) -> Model {
    throw .unreadable(path: path, reason: "not written yet")
  }

  /// Writes an ONNX file, whole or not at all.
  package func write(to path: String) throws(ModelFileError) {
    throw .unreadable(path: path, reason: "not written yet")
  }
}

/// Why a model file cannot be used.
package enum ModelFileError: Error, Equatable, CustomStringConvertible {
  case unreadable(path: String, reason: String)

  package var description: String {
    switch self {
    case .unreadable(let path, let reason): "cannot use the model \(path): \(reason)"
    }
  }
}
