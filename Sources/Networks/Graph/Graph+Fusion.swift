// Rewriting a graph into one that computes the same with fewer passes over memory.
private import Tensors

extension Graph {
  /// For running: dropout removed, batch normalisation folded into convolutions, activations and
  /// residual sums fused into the operator before them.
  /// - Parameter shapes: of every value.
  package func fusedForInference(shapes: [String: [Int]]) -> Graph {
    var graph = self
    graph.removeDropout()
    graph.foldBatchNormalization()
    graph.fuseResidualAdds(shapes) { $0.convolving(adding: $1) }
    graph.fuseActivations { $0.fusedForRunning(slope: $1) }
    graph.absorbFlattening(shapes)
    graph.removeUnusedParameters()
    return graph
  }

  /// For training: residual sums and activations fused into the batch normalisation before them.
  /// - Parameter shapes: of every value.
  package func fusedForTraining(shapes: [String: [Int]]) -> Graph {
    var graph = self
    graph.fuseResidualAdds(shapes) { $0.normalizing(adding: $1) }
    graph.fuseActivations { $0.fused(slope: $1) }
    return graph
  }

  /// Replaces every use of a value by another.
  private mutating func rename(_ old: String, to new: String) {
    for i in nodes.indices { nodes[i].inputs = nodes[i].inputs.map { $0 == old ? new : $0 } }
  }

  private mutating func removeDropout() {
    for node in nodes
    where node.operation is Dropout && !outputs.contains(node.outputs[0]) {
      nodes.removeAll { $0.outputs == node.outputs }
      rename(node.outputs[0], to: node.inputs[0])
    }
  }

  /// Index of the node that makes `value`, if that node is read by nothing else.
  private func soleProducer(of value: String, _ counts: [String: Int]) -> Int? {
    guard counts[value] == 1, !outputs.contains(value) else { return nil }
    return nodes.firstIndex { $0.outputs.first == value }
  }

  // w' = w γ / √(σ² + ε), b' = (b - μ) γ / √(σ² + ε) + β
  private mutating func foldBatchNormalization() {
    let counts = consumerCounts()
    var folded: Set<String> = []
    for node in nodes {
      guard let norm = node.operation as? BatchNormalization, norm.slope == 1,
        !norm.usesBatchStatistics,
        let producer = soleProducer(of: node.inputs[0], counts),
        let convolution = nodes[producer].operation as? Convolution, convolution.slope == 1,
        !convolution.hasAddend, let weights = parameters[nodes[producer].inputs[1]],
        counts[nodes[producer].inputs[1]] == 1,
        let statistics = vectors(Array(node.inputs[1...]))
      else { continue }
      let old = nodes[producer]
      let bias = old.inputs.count > 2 ? parameters[old.inputs[2]]?.values : nil
      if old.inputs.count > 2 && bias == nil { continue }
      let scale = zip(statistics[0], statistics[3]).map { $0 / ($1 + norm.epsilon).squareRoot() }
      let newBias = scale.indices.map {
        ((bias?[$0] ?? 0) - statistics[2][$0]) * scale[$0] + statistics[1][$0]
      }
      let biasName = old.outputs[0] + ".folded-bias"
      parameters[old.inputs[1]] = weights.scalingRows(by: scale)
      parameters[biasName] = Tensor(shape: [scale.count], newBias)
      nodes[producer].inputs = [old.inputs[0], old.inputs[1], biasName]
      nodes[producer].outputs = node.outputs
      folded.insert(node.name)
    }
    nodes.removeAll { $0.operation is BatchNormalization && folded.contains($0.name) }
  }

  private func vectors(_ names: [String]) -> [[Float]]? {
    let values = names.compactMap { parameters[$0]?.values }
    return values.count == names.count ? values : nil
  }

  /// A node followed by add becomes one with an addend, when it is the later of the two terms.
  private mutating func fuseResidualAdds(
    _ shapes: [String: [Int]], _ fuse: (Node, _ addend: String) -> Node?
  ) {
    let counts = consumerCounts()
    for node in nodes {
      guard let sum = node.operation as? Arithmetic, sum.function == .add, node.inputs.count == 2,
        node.inputs[0] != node.inputs[1], shapes[node.inputs[0]] == shapes[node.inputs[1]]
      else { continue }
      let order = Dictionary(
        nodes.enumerated().flatMap { i, n in n.outputs.map { ($0, i) } }, uniquingKeysWith: max)
      for (value, other) in [(node.inputs[0], node.inputs[1]), (node.inputs[1], node.inputs[0])] {
        guard let producer = soleProducer(of: value, counts), parameters[other] == nil,
          (order[other] ?? -1) < producer, let fused = fuse(nodes[producer], other),
          let at = nodes.firstIndex(where: { $0.outputs == node.outputs })
        else { continue }
        nodes[producer] = fused
        nodes[producer].outputs = node.outputs
        nodes.remove(at: at)
        break
      }
    }
  }

  private mutating func fuseActivations(
    _ fuse: (any Operator, _ slope: Float) -> (any Operator)?
  ) {
    let counts = consumerCounts()
    for node in nodes {
      guard let activation = node.operation as? LeakyReLU, activation.slope >= 0,
        let producer = soleProducer(of: node.inputs[0], counts),
        let operation = fuse(nodes[producer].operation, activation.slope),
        let at = nodes.firstIndex(where: { $0.outputs == node.outputs })
      else { continue }
      nodes[producer].operation = operation
      nodes[producer].outputs = node.outputs
      nodes.remove(at: at)
    }
  }

  /// A dense layer behind a flattened image reads the image itself, its weights in the image's order.
  private mutating func absorbFlattening(_ shapes: [String: [Int]]) {
    let counts = consumerCounts()
    for node in nodes {
      guard var dense = node.operation as? Dense, dense.transposesWeights, node.inputs.count > 1,
        let producer = soleProducer(of: node.inputs[0], counts),
        nodes[producer].operation is Reshape, let flat = shapes[node.inputs[0]],
        let source = nodes[producer].inputs.first, let image = shapes[source], image.count == 4,
        flat == [image[0], image[1] * image[2] * image[3]],
        counts[node.inputs[1]] == 1, let weights = parameters[node.inputs[1]],
        weights.shape == [weights.shape[0], flat[1]],
        let index = nodes.firstIndex(where: { $0.outputs == node.outputs })
      else { continue }
      dense.readsImages = true
      nodes[index].operation = dense
      nodes[index].inputs[0] = source
      parameters[node.inputs[1]] = weights.reshaped([weights.shape[0]] + image.dropFirst())
      nodes.remove(at: producer)
    }
  }

  private mutating func removeUnusedParameters() {
    let used = Set(nodes.flatMap(\.inputs) + outputs)
    parameters = parameters.filter { used.contains($0.key) }
  }
}

extension Node {
  /// The node with another value added to its result, where it is a convolution.
  fileprivate func convolving(adding addend: String) -> Node? {
    guard var convolution = operation as? Convolution, convolution.slope == 1,
      !convolution.hasAddend
    else { return nil }
    var node = self
    convolution.hasAddend = true
    node.operation = convolution
    node.inputs.append(addend)
    return node
  }

  /// The same for a batch normalisation. Its two gradients are written at once, so they must be two.
  fileprivate func normalizing(adding addend: String) -> Node? {
    guard var norm = operation as? BatchNormalization, norm.slope == 1, !norm.hasAddend,
      inputs.count == 5, inputs[0] != addend
    else { return nil }
    var node = self
    norm.hasAddend = true
    node.operation = norm
    node.inputs.insert(addend, at: 3)
    return node
  }
}

extension Operator {
  /// The operator with a leaky ReLU applied to its result, where it can do that.
  fileprivate func fused(slope: Float) -> (any Operator)? {
    switch self {
    case var norm as BatchNormalization where norm.slope == 1:
      norm.slope = slope
      return norm
    default: return nil
    }
  }
}

extension Operator {
  /// The same for operators whose backward pass does not know activations: only for running.
  fileprivate func fusedForRunning(slope: Float) -> (any Operator)? {
    switch self {
    case var convolution as Convolution where convolution.slope == 1:
      convolution.slope = slope
      return convolution
    case var dense as Dense where dense.slope == 1:
      dense.slope = slope
      return dense
    default: return fused(slope: slope)
    }
  }
}

extension Tensor {
  /// Each slice along the first axis times its factor.
  fileprivate func scalingRows(by factors: [Float]) -> Tensor {
    var copy = self
    let row = count / max(factors.count, 1)
    copy.withUnsafeMutableFloats { floats in
      for (i, factor) in factors.enumerated() {
        for j in i * row..<(i + 1) * row { floats[j] *= factor }
      }
    }
    return copy
  }
}
