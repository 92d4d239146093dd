// ONNX's Gemm: a dense layer where its weights allow, otherwise the products and sums it stands for.
import Networks
import Tensors

extension GraphImporter {
  /// `y = α A' · B' + β C`
  mutating func appendProduct(_ node: ONNXNode, _ name: String) throws(ImportError) {
    let attributes = AttributeReader(node: node)
    guard node.inputs.count >= 2, node.inputs.prefix(2).allSatisfy({ !$0.isEmpty }) else {
      throw ImportError("it takes two matrices")
    }
    let (alpha, beta) = (attributes.float("alpha", 1), attributes.float("beta", 1))
    let transposes = attributes.integer("transB", 0) != 0
    var x = node.inputs[0]
    let bias = node.inputs.count > 2 && !node.inputs[2].isEmpty ? node.inputs[2] : nil
    if attributes.integer("transA", 0) != 0 {
      add(Transpose([1, 0]), name + ".transA", [x], name + ".transA")
      x = name + ".transA"
    }
    if alpha == 1, let weights = graph.parameters[node.inputs[1]], weights.shape.count == 2 {
      let width = weights.shape[transposes ? 0 : 1]
      if bias == nil || beta == 1 && graph.parameters[bias ?? ""]?.shape == [width] {
        add(
          Dense(transposesWeights: transposes), name,
          [x, node.inputs[1]] + (bias.map { [$0] } ?? []),
          node.outputs[0])
        return
      }
    }
    var weights = node.inputs[1]
    if transposes {
      add(Transpose([1, 0]), name + ".transB", [weights], name + ".transB")
      weights = name + ".transB"
    }
    let last = bias == nil && alpha == 1
    var product = last ? node.outputs[0] : name + ".product"
    add(MatrixProduct(), last ? name : name + ".product", [x, weights], product)
    product = scaled(product, by: alpha, name + ".alpha", bias == nil ? node.outputs[0] : nil)
    guard let bias else { return }
    let addend = scaled(bias, by: beta, name + ".beta", nil)
    add(Arithmetic(.add), name, [product, addend], node.outputs[0])
  }

  private mutating func scaled(
    _ value: String, by factor: Float, _ name: String, _ output: String?
  ) -> String {
    guard factor != 1 else { return value }
    graph.parameters[name + ".factor"] = Tensor(shape: [], [factor])
    graph.fixed.insert(name + ".factor")
    let result = output ?? name
    add(Arithmetic(.multiply), name, [value, name + ".factor"], result)
    return result
  }

  private mutating func add(
    _ operation: any Operator, _ name: String, _ inputs: [String], _ output: String
  ) {
    graph.nodes.append(
      Node(name: name, operation: operation, inputs: inputs, outputs: [output]))
  }
}
