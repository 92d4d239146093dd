// The one kind of branch that convolutional networks hold: squeeze an axis, or leave it.
import Networks

extension GraphImporter {
  /// PyTorch's older exporter writes `squeeze(axis)` so where it does not know the size: squeeze in
  /// one branch, nothing in the other, by whether the axis has one element.
  mutating func appendConditionalSqueeze(_ node: ONNXNode, _ name: String, _ output: String)
    throws(ImportError)
  {
    guard case .graph(let one) = node.attributes["then_branch"],
      case .graph(let other) = node.attributes["else_branch"],
      let squeeze = one.nodes.last, squeeze.operation == "Squeeze",
      one.nodes.dropLast().allSatisfy({ $0.operation == "Constant" }),
      other.nodes.count == 1, other.nodes[0].operation == "Identity",
      let x = squeeze.inputs.first, other.nodes[0].inputs == [x]
    else { throw ImportError("branches are supported only where they squeeze or leave a value") }
    guard let axes = squeezedAxes(squeeze, in: one) else {
      throw ImportError("the axes that a branch squeezes are not constants")
    }
    let (value, condition) = (renamed[x] ?? x, try input(0, of: node))
    if let constant = graph.constants[condition], constant.values.count == 1 {
      guard constant.values[0] != 0 else { return rename(value, to: output, name) }
      append(Reshape(.squeeze(axes)), name, [value], output)
    } else if axes.count == 1, isSize(ofAxis: axes[0], of: value, equalToOne: condition) {
      append(Reshape(.squeezeWherePossible(axes)), name, [value], output)
    } else {
      throw ImportError("its condition is not whether the squeezed axis has one element")
    }
  }

  private func squeezedAxes(_ squeeze: ONNXNode, in branch: ONNXGraph) -> [Int]? {
    if let axes = AttributeReader(node: squeeze).integers("axes") { return axes }
    guard squeeze.inputs.count > 1 else { return nil }
    let constant = branch.nodes.first { $0.outputs == [squeeze.inputs[1]] }
    guard case .tensor(let tensor) = constant?.attributes["value"] else {
      return graph.constants[squeeze.inputs[1]]?.integers
    }
    return tensor.constant()?.integers
  }

  /// Whether `condition` is `shape(value)[axis] == 1`.
  private func isSize(ofAxis axis: Int, of value: String, equalToOne condition: String) -> Bool {
    guard let equal = maker(of: condition), equal.inputs.count == 2,
      (equal.operation as? ConstantFunction)?.function == .equal
    else { return false }
    let (a, b) = (equal.inputs[0], equal.inputs[1])
    return graph.constants[b]?.values == [1] && isSize(a, ofAxis: axis, of: value)
      || graph.constants[a]?.values == [1] && isSize(b, ofAxis: axis, of: value)
  }

  private func isSize(_ size: String, ofAxis axis: Int, of value: String) -> Bool {
    guard let gather = maker(of: size), (gather.operation as? Gather)?.axis == 0,
      gather.inputs.count == 2, graph.constants[gather.inputs[1]]?.integers == [axis],
      let shape = maker(of: gather.inputs[0]), shape.inputs == [value]
    else { return false }
    return (shape.operation as? ConstantFunction)?.function == .shape(start: 0, end: nil)
  }

  private func maker(of value: String) -> Node? {
    graph.nodes.last { $0.outputs.contains(value) }
  }
}
