// Model files: written, read back, damaged.
import Files
import Foundation
import Networks
import Tensors
import Testing

@testable import ModelFiles

@Suite struct ModelTests {
  private func smallModel() -> Model {
    var settings = UNetSettings()
    (settings.width, settings.height) = (32, 32)
    settings.widths = [4, 8, 8]
    let metadata = ModelMetadata(
      name: "test", labels: ["benign", "malignant", "normal"], suspiciousLabels: ["malignant"],
      input: InputSpecification(width: 32, height: 32), classificationOutput: UNetOutput.classes,
      segmentationOutput: UNetOutput.mask)
    return Model(graph: unet(settings, seed: 3), metadata: metadata)
  }

  private func imported(_ graph: ONNXGraph) throws -> Graph {
    try Graph(graph, opset: 17, external: ExternalData(modelPath: "/nowhere/model.onnx"))
  }

  private func withTemporaryFolder<R>(_ body: (String) throws -> R) throws -> R {
    let folder = NSTemporaryDirectory() + "imgdx-model-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
  }

  private func outputs(of graph: Graph) throws -> [String: [Float]] {
    var generator = SplitMix64(seed: 1)
    let shape = [2, 1, 32, 32]
    let input = Tensor(shape: shape, (0..<2048).map { _ in generator.nextNormal() })
    return try InferencePlan(graph: graph, inputShape: shape, threads: 1).run(input)
      .mapValues(\.values)
  }

  @Test func `a model read back gives the same answers and the same bytes`() throws {
    try withTemporaryFolder { folder in
      let model = smallModel()
      try model.write(to: folder + "/a.onnx")
      let loaded = try Model.load(path: folder + "/a.onnx")
      #expect(loaded.metadata == model.metadata)
      #expect(try outputs(of: loaded.graph) == outputs(of: model.graph))
      try loaded.write(to: folder + "/b.onnx")
      let (a, b) = (
        FileManager.default.contents(atPath: folder + "/a.onnx"),
        FileManager.default.contents(atPath: folder + "/b.onnx")
      )
      #expect(a != nil && a == b)
      #expect(loaded.digest == a.map { Digest(of: $0) })
    }
  }

  @Test func `a truncated file is refused at every length`() throws {
    try withTemporaryFolder { folder in
      let bytes = try smallModel().encoded()
      for length in stride(from: 0, to: bytes.count - 1, by: bytes.count / 97) {
        let path = folder + "/cut.onnx"
        try Data(bytes[..<length]).write(to: URL(fileURLWithPath: path))
        #expect(throws: ModelFileError.self) { try Model.load(path: path) }
      }
    }
  }

  @Test func `flipped bytes give an error or a graph, never a crash`() throws {
    try withTemporaryFolder { folder in
      let original = try smallModel().encoded()
      var generator = SplitMix64(seed: 7)
      let path = folder + "/flipped.onnx"
      for _ in 0..<300 {
        var bytes = original
        for _ in 0..<3 {
          bytes[Int(generator.next() % UInt64(bytes.count))] = UInt8(
            truncatingIfNeeded: generator.next())
        }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        guard let model = try? Model.load(path: path) else { continue }
        let shapes = Dictionary(
          model.graph.inputs.map { ($0.name, $0.shape.map { $0 ?? 1 }) },
          uniquingKeysWith: { first, _ in first })
        _ = try? model.graph.shapes(inputShapes: shapes)
      }
    }
  }

  @Test func `a missing file is named`() {
    #expect(
      throws: ModelFileError.unreadable(path: "/nowhere.onnx", reason: "there is no such file")
    ) { try Model.load(path: "/nowhere.onnx") }
  }

  @Test func `an unknown operator is named with its node`() throws {
    var graph = ONNXGraph()
    var node = ONNXNode("Frobnicate")
    node.name = "odd one"
    node.inputs = ["x"]
    node.outputs = ["y"]
    graph.nodes = [node]
    graph.inputs = [ONNXValue(name: "x", shape: [1, 1])]
    graph.outputs = [ONNXValue(name: "y", shape: [1, 1])]
    let error = #expect(throws: ImportError.self) { try imported(graph) }
    #expect(error?.reason == "node 'odd one': the operator Frobnicate is not supported")
  }

  @Test func `a graph that reads what nothing makes is refused`() throws {
    var graph = ONNXGraph()
    var node = ONNXNode("Relu")
    node.inputs = ["ghost"]
    node.outputs = ["y"]
    graph.nodes = [node]
    graph.outputs = [ONNXValue(name: "y", shape: [1])]
    #expect(throws: ImportError.self) { try imported(graph) }
  }
}

@Suite struct SafetensorsTests {
  @Test func `tensors and metadata come back as they were`() throws {
    let path = NSTemporaryDirectory() + "imgdx-\(UUID().uuidString).safetensors"
    defer { try? FileManager.default.removeItem(atPath: path) }
    var file = Safetensors(metadata: ["epoch": "3"])
    file.tensors["a"] = Tensor(shape: [2, 3], [1, 2, 3, 4, 5, 6])
    file.tensors["b"] = Tensor(shape: [1], [-0.5])
    try file.write(to: path)
    let loaded = try Safetensors(contentsOf: path)
    #expect(loaded.metadata == file.metadata)
    #expect(loaded.tensors["a"]?.values == [1, 2, 3, 4, 5, 6])
    #expect(loaded.tensors["a"]?.shape == [2, 3])
    #expect(loaded.tensors["b"]?.values == [-0.5])
  }

  @Test func `offsets outside the file and absurd shapes are refused`() throws {
    let headers = [
      #"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16000]}}"#,
      #"{"a":{"dtype":"F32","shape":[9223372036854775807,9],"data_offsets":[0,4]}}"#,
      #"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#,
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, "{", "[]",
    ]
    for header in headers {
      let path = NSTemporaryDirectory() + "imgdx-\(UUID().uuidString).safetensors"
      defer { try? FileManager.default.removeItem(atPath: path) }
      var bytes = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
      bytes += Array(header.utf8) + [0, 0, 0, 0]
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      #expect(throws: FileError.self, "\(header)") { try Safetensors(contentsOf: path) }
    }
  }
}
