/// One network at several sizes.
extension Graph {
  /// The network run on its image at several sizes, and the mean of its answers: what is too small for
  /// it at one size is large enough at another. The weights are shared.
  /// - Parameters:
  ///   - sides: of the squares that the image is resized to, in pixels.
  ///   - inputSide: of the square that the new network takes; pictures among its outputs are brought
  ///     back to that scale.
  /// - Throws: ``NetworkError`` where the network does not take one of the sizes.
  package func averaged(overSides sides: [Int], inputSide: Int) throws(NetworkError) -> Graph {
    guard inputs.count == 1, let input = inputs.first, input.shape.count == 4,
      !sides.isEmpty, (sides + [inputSide]).allSatisfy({ 1..<(1 << 15) ~= $0 }),
      Set(sides).count == sides.count
    else { throw .badShape(node: "input", reason: "only one image can be run at several sizes") }
    let channels = try sampleInputShapes(batch: 1)[input.name]?[1] ?? 1
    var open = self
    open.inputs[0].shape = input.shape[..<2] + [nil, nil]
    var result = self
    result.inputs[0].shape = input.shape[..<2] + [inputSide, inputSide]
    result.nodes = []
    var terms: [String: [String]] = [:]
    for side in sides {
      let image = result.resized(
        input.name, to: side, as: "\(input.name).at\(side)", from: inputSide)
      let shapes = try open.shapes(inputShapes: [input.name: [1, channels, side, side]])
      func own(_ name: String) -> String {
        if name.isEmpty || parameters[name] != nil || constants[name] != nil { return name }
        return name == input.name ? image : "at\(side).\(name)"
      }
      result.nodes += nodes.map { node in
        Node(
          name: own(node.name), operation: node.operation, inputs: node.inputs.map(own),
          outputs: node.outputs.map(own))
      }
      for output in outputs {
        var term = own(output)
        if let shape = shapes[output], shape.count == 4, shape[2] * shape[3] > 1 {
          guard shape[2] == shape[3], shape[2] * inputSide % side == 0 else {
            throw .badShape(
              node: output, reason: "its size at \(side) pixels does not scale to \(inputSide)")
          }
          term = result.resized(
            term, to: shape[2] * inputSide / side, as: term + ".resized", from: shape[2])
        }
        terms[output, default: []].append(term)
      }
    }
    for output in outputs { result.appendMean(of: terms[output] ?? [], as: output) }
    // Answers of a size of their own, whatever the image's, do not meet.
    _ = try result.shapes(inputShapes: [input.name: [1, channels, inputSide, inputSide]])
    return result
  }

  /// The value, brought to another side where it has not that one.
  private mutating func resized(_ value: String, to side: Int, as name: String, from old: Int)
    -> String
  {
    guard side != old else { return value }
    nodes.append(
      Node(
        name: name, operation: Resize(.linear, .sizes(y: side, x: side)), inputs: [value],
        outputs: [name]))
    return name
  }
}
