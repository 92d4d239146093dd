// Networks that others wrote, node by node.
import Networks
import Tensors
import Testing

@testable import ModelFiles

/// Builds ONNX graphs node by node.
struct Draft {
  var graph = ONNXGraph()

  init(input: [Int?], output: String = "y") {
    graph.inputs = [ONNXValue(name: "x", shape: input)]
    graph.outputs = [ONNXValue(name: output, shape: [])]
  }

  mutating func add(
    _ operation: String, _ inputs: [String], _ outputs: [String] = ["y"],
    _ attributes: [String: ONNXAttribute] = [:]
  ) {
    var node = ONNXNode(operation)
    node.inputs = inputs
    node.outputs = outputs
    node.attributes = attributes
    graph.nodes.append(node)
  }

  mutating func integers(_ name: String, _ values: [Int64]) {
    graph.initializers.append(readable(ONNXTensor(name: name, integers: values)))
  }

  mutating func floats(_ name: String, _ shape: [Int], _ values: [Float]) {
    graph.initializers.append(readable(ONNXTensor(name: name, Tensor(shape: shape, values))))
  }

  /// What was to be written, as if it had been read.
  private func readable(_ tensor: ONNXTensor) -> ONNXTensor {
    var tensor = tensor
    tensor.encodedRaw.withUnsafeBytes { bytes in
      tensor.integers = tensor.type == 7 ? bytes.bindMemory(to: Int64.self).map { $0 } : []
      tensor.floats = tensor.type == 1 ? bytes.bindMemory(to: Float.self).map { $0 } : []
    }
    return tensor
  }

  func imported(opset: Int = 17, folder: String = "/nowhere") throws -> Graph {
    try Graph(graph, opset: opset, external: ExternalData(modelPath: folder + "/model.onnx"))
  }

  func answer(_ x: Tensor, opset: Int = 17) throws -> Tensor {
    let plan = try InferencePlan(
      graph: try imported(opset: opset), inputShape: x.shape, threads: 1)
    return try #require(try plan.run(x)["y"])
  }
}

func counted(_ shape: [Int]) -> Tensor {
  Tensor(shape: shape, (0..<shape.reduce(1, *)).map { Float($0) })
}
