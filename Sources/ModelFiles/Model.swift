// A model file: ONNX, with what imgdx must know in its metadata.
package import Files
private import Foundation
package import Networks

/// A network as it stands in a file: graph, weights and what imgdx must know to use it.
package struct Model: Sendable {
  package var graph: Graph
  /// Nil for a plain ONNX file that imgdx did not write.
  package var metadata: ModelMetadata?
  /// SHA-256 of the file it was read from.
  package private(set) var digest: Digest?

  private static let metadataKey = "imgdx"

  package init(graph: Graph, metadata: ModelMetadata?) {
    self.graph = graph
    self.metadata = metadata
  }

  /// Reads an ONNX file.
  /// - Throws: ``ModelFileError``, naming the file and the node or weight at fault.
  package static func load(path: String) throws(ModelFileError) -> Model {
    let data: Data
    do { data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped) } catch {
      let isThere = FileManager.default.fileExists(atPath: path)
      throw .unreadable(path: path, reason: isThere ? "it cannot be read" : "there is no such file")
    }
    // Typed throws do not pass through Data.withUnsafeBytes.
    let result = data.withUnsafeBytes { bytes in
      Result { () throws(ModelFileError) in try decode(bytes, path: path) }
    }
    var model = try result.get()
    model.digest = Digest(of: data)
    return model
  }

  private static func decode(_ bytes: UnsafeRawBufferPointer, path: String) throws(ModelFileError)
    -> Model
  {
    let message: ONNXModel
    do { message = try ONNXModel(bytes) } catch {
      throw .unreadable(path: path, reason: "it is not a whole ONNX file")
    }
    guard 1...26 ~= message.opset else {
      throw .unsupported(path: path, reason: "it names no ONNX operator set that imgdx knows")
    }
    let graph: Graph
    do { graph = try Graph(message.graph) } catch {
      throw .unsupported(path: path, reason: error.reason)
    }
    guard let json = message.metadata.first(where: { $0.key == metadataKey })?.value else {
      return Model(graph: graph, metadata: nil)
    }
    do {
      let metadata = try JSONDecoder().decode(ModelMetadata.self, from: Data(json.utf8))
      return Model(graph: graph, metadata: metadata)
    } catch {
      throw .unreadable(path: path, reason: "its imgdx metadata is damaged")
    }
  }

  /// Writes an ONNX file, whole or not at all.
  package func write(to path: String) throws(ModelFileError) {
    do { try AtomicFile.write(try encoded(), to: path) } catch let error as FileError {
      throw .cannotWrite(path: path, reason: error.description)
    } catch { throw .cannotWrite(path: path, reason: "its metadata cannot be encoded") }
  }

  /// The bytes of the ONNX file; the same model gives the same bytes.
  func encoded() throws -> [UInt8] {
    var message = ONNXModel()
    let sample = graph.inputs.map { ($0.name, $0.shape.map { $0 ?? 1 }) }
    let shapes = try graph.shapes(inputShapes: Dictionary(uniqueKeysWithValues: sample))
    let outputs = graph.outputs.map { name in
      (name, [nil] + (shapes[name] ?? []).dropFirst().map { Optional($0) })
    }
    message.graph = ONNXGraph(graph, outputShapes: Dictionary(uniqueKeysWithValues: outputs))
    if let metadata {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys]
      let json = String(decoding: try encoder.encode(metadata), as: UTF8.self)
      message.metadata = [(Self.metadataKey, json)]
    }
    return message.encoded()
  }
}

/// Why a model file cannot be used.
package enum ModelFileError: Error, Equatable, CustomStringConvertible {
  /// The file is missing, damaged or no ONNX file.
  case unreadable(path: String, reason: String)
  /// The file is sound but holds something that imgdx does not run.
  case unsupported(path: String, reason: String)
  /// The file cannot be written.
  case cannotWrite(path: String, reason: String)

  package var description: String {
    switch self {
    case .unreadable(let path, let reason): "cannot use the model \(path): \(reason)"
    case .unsupported(let path, let reason): "cannot run the model \(path): \(reason)"
    case .cannotWrite(let path, let reason): "cannot write the model \(path): \(reason)"
    }
  }
}
