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

  static func decode(_ bytes: UnsafeRawBufferPointer, path: String) throws(ModelFileError)
    -> Model
  {
    let message: ONNXModel
    do { message = try ONNXModel(bytes) } catch {
      throw .unreadable(path: path, reason: "it is not a whole ONNX file")
    }
    guard 6...26 ~= message.opset else {
      throw .unsupported(
        path: path, reason: "imgdx knows ONNX's operator sets 6 to 26, not \(message.opset)")
    }
    let graph: Graph
    do {
      graph = try Graph(
        message.graph, opset: Int(message.opset), external: ExternalData(modelPath: path))
    } catch {
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
  /// - Parameter halvesWeights: matrices and kernels take half the room, rounded to half precision
  ///   (relative error at most 2^-11).
  package func write(to path: String, halvesWeights: Bool = false) throws(ModelFileError) {
    do { try AtomicFile.write(try encoded(halvesWeights: halvesWeights), to: path) } catch let error
      as FileError
    {
      throw .cannotWrite(path: path, reason: error.description)
    } catch let error as ImportError {
      throw .cannotWrite(path: path, reason: error.reason)
    } catch let error as NetworkError {
      throw .cannotWrite(path: path, reason: error.description)
    } catch { throw .cannotWrite(path: path, reason: "its metadata cannot be encoded") }
  }

  /// The bytes of the ONNX file; the same model gives the same bytes.
  func encoded(halvesWeights: Bool = false) throws -> [UInt8] {
    var message = ONNXModel()
    message.opset = Int64(graph.nodes.map { NodeEncoder.opset(for: $0.operation) }.max() ?? 17)
    // Operator sets up to 17 go with version 8 of the format, 21 with 10.
    message.irVersion = message.opset > 20 ? 10 : message.opset > 17 ? 9 : 8
    message.graph = try ONNXGraph(
      graph, outputShapes: openOutputShapes(), opset: Int(message.opset),
      halvesWeights: halvesWeights)
    if let metadata {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys]
      let json = String(decoding: try encoder.encode(metadata), as: UTF8.self)
      message.metadata = [(Self.metadataKey, json)]
    }
    return message.encoded()
  }
}

extension Model {
  /// The outputs' sizes as far as they do not depend on the input's; none where no common input
  /// size suits the network.
  private func openOutputShapes() -> [String: [Int?]] {
    guard let shapes = try? graph.sampleShapes(batch: 1) else { return [:] }
    let isOpen = graph.inputs.contains { $0.shape.dropFirst(2).contains(nil) }
    var result: [String: [Int?]] = [:]
    for name in graph.outputs {
      result[name] = (shapes[name] ?? []).enumerated().map { axis, size in
        axis == 0 || (isOpen && axis > 1) ? nil : size
      }
    }
    return result
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
