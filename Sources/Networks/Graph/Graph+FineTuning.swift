// Making a network that others trained fit another task: its input, its last layer.
private import Tensors

extension Graph {
  /// The graph with its first output alone, giving `count` numbers an image or a pixel.
  ///
  /// A closing softmax or sigmoid goes, since losses take logits; the last dense layer or convolution
  /// starts anew where its width differs.
  /// - Throws: ``NetworkError`` where no such layer stands at the end.
  package func withHead(width count: Int, seed: UInt64) throws(NetworkError) -> Graph {
    var graph = self
    guard var value = outputs.first else { throw .missingValue(node: "output", value: "") }
    graph.outputs = [value]
    if let last = graph.producer(of: value), graph.nodes[last].operation.isClosingFunction {
      value = graph.nodes[last].inputs[0]
      graph.outputs = [value]
      graph.removeUnread()
    }
    // Shapes, pooling and activations may stand between the layer and the output.
    while let index = graph.producer(of: value), !graph.nodes[index].operation.isLayer,
      graph.nodes[index].operation.keepsChannels, let input = graph.nodes[index].inputs.first
    { value = input }
    guard let head = graph.producer(of: value), graph.nodes[head].operation.isLayer else {
      throw .badShape(
        node: outputs[0], reason: "no dense layer or convolution stands before this output")
    }
    graph.replaceWeights(of: head, width: count, seed: seed)
    return graph
  }

  /// The graph with one input channel, luminance normalised to mean `0.5` and deviation `0.25`,
  /// spread over the channels that the network was trained on with a mean and deviation for each.
  package func takingLuminance(mean: [Float], standardDeviation: [Float]) -> Graph {
    var graph = self
    let (name, c) = (inputs[0].name, mean.count)
    let (factor, offset, scaled, spread) = (
      name + ".factor", name + ".offset", name + ".scaled", name + ".channels"
    )
    for index in graph.nodes.indices {
      graph.nodes[index].inputs = graph.nodes[index].inputs.map { $0 == name ? spread : $0 }
    }
    graph.inputs[0].shape[1] = 1
    graph.parameters[factor] = Tensor(shape: [1, c, 1, 1], standardDeviation.map { 0.25 / $0 })
    graph.parameters[offset] = Tensor(
      shape: [1, c, 1, 1], zip(mean, standardDeviation).map { (0.5 - $0) / $1 })
    graph.fixed.formUnion([factor, offset])
    graph.nodes =
      [
        Node(
          name: scaled, operation: Arithmetic(.multiply), inputs: [name, factor], outputs: [scaled]),
        Node(
          name: spread, operation: Arithmetic(.add), inputs: [scaled, offset], outputs: [spread]),
      ] + graph.nodes
    return graph
  }

  private func producer(of value: String) -> Int? {
    nodes.firstIndex { $0.outputs.contains(value) }
  }

  /// New weights and no bias, where the layer's width is another.
  private mutating func replaceWeights(of head: Int, width: Int, seed: UInt64) {
    guard let old = parameters[nodes[head].inputs[1]] else { return }
    let axis = (nodes[head].operation as? Dense)?.transposesWeights == false ? 1 : 0
    guard old.shape[axis] != width else { return }
    var shape = old.shape
    shape[axis] = width
    let fanIn = Float(old.count / old.shape[axis])
    var generator = SplitMix64(seed: seed)
    let (weight, bias) = (nodes[head].outputs[0] + ".weight", nodes[head].outputs[0] + ".bias")
    parameters[weight] = Tensor(
      shape: shape,
      (0..<shape.reduce(1, *)).map { _ in generator.nextNormal() / fanIn.squareRoot() })
    parameters[bias] = Tensor(shape: [width])
    nodes[head].inputs = [nodes[head].inputs[0], weight, bias]
    removeUnread()
  }
}

extension Operator {
  /// Turns logits into probabilities.
  fileprivate var isClosingFunction: Bool {
    self is Softmax || (self as? Elementwise)?.function == .sigmoid
  }

  fileprivate var isLayer: Bool { self is Dense || (self as? Convolution)?.groups == 1 }

  fileprivate var keepsChannels: Bool {
    self is Reshape || self is Identity || self is GlobalPooling || self is Pooling
      || self is LeakyReLU || self is Dropout || self is Resize
  }
}
