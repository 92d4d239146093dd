// ONNX operators that become several of the graph's.
import Networks

extension GraphImporter {
  /// Whether a value is known before anything runs.
  func isConstant(_ value: String) -> Bool {
    arithmetic.contains(value) || graph.constants[value] != nil || graph.parameters[value] != nil
  }

  /// The shape of a value, or a part of it, under a name of its own.
  private mutating func appendShape(
    of value: String, _ name: String, start: Int = 0, end: Int? = nil
  ) throws(ImportError) -> String {
    var shape = ONNXNode("Shape")
    shape.attributes["start"] = .integer(Int64(start))
    if let end { shape.attributes["end"] = .integer(Int64(end)) }
    (shape.inputs, shape.outputs) = ([value], [name])
    try appendOne(shape, name)
    return name
  }

  /// Before operator set 13 all axes from the given one on are one: flattened, and put back.
  mutating func appendSoftmax(_ node: ONNXNode, _ name: String, axis: Int)
    throws(ImportError)
  {
    let (x, flat, soft) = (try input(0, of: node), name + ".flat", name + ".rows")
    append(Reshape(.flatten(axis: axis)), flat, [x], flat)
    append(
      Softmax(axis: -1, isLogarithmic: node.operation == "LogSoftmax"), name, [flat], soft)
    let shape = try appendShape(of: x, name + ".shape")
    append(Reshape(.input), name + ".back", [soft, shape], node.outputs[0])
  }

  /// Everything but shape arithmetic is float32.
  mutating func appendCastLike(_ node: ONNXNode, _ name: String, _ output: String)
    throws(ImportError)
  {
    let (value, like) = (try input(0, of: node), try input(1, of: node))
    let isInteger = graph.constants[like]?.isInteger ?? arithmetic.contains(like)
    guard let constant = graph.constants[value] else {
      guard !isInteger else { throw ImportError("a cast to integers is not supported") }
      return rename(value, to: output, name)
    }
    graph.constants[output] = ConstantTensor(
      shape: constant.shape, isInteger ? constant.integers.map(Double.init) : constant.values,
      isInteger: isInteger)
  }

  /// `[…, d, …]` to `[…, 1, d, …]` to `[…, r, d, …]` to `[…, r · d, …]`.
  mutating func appendTile(_ node: ONNXNode, _ name: String, _ output: String)
    throws(ImportError)
  {
    let x = try input(0, of: node)
    guard let repeats = graph.constants[try input(1, of: node)]?.integers,
      repeats.allSatisfy({ $0 >= 1 })
    else { throw ImportError("how often it repeats is not a constant above 0") }
    var (axes, wide): ([Int], [Int]) = ([], [])
    for count in repeats {
      if count > 1 {
        axes.append(wide.count)
        wide.append(count)
      }
      wide.append(1)
    }
    guard !axes.isEmpty else { return rename(x, to: output, name) }
    let names = (name + ".apart", name + ".wide", name + ".counts", name + ".size")
    append(Reshape(.unsqueeze(axes)), names.0, [x], names.0)
    append(Expand(wide), names.1, [names.0], names.1)
    let shape = try appendShape(of: x, name + ".shape")
    graph.constants[names.2] = ConstantTensor(
      shape: [repeats.count], repeats.map(Double.init), isInteger: true)
    var product = ONNXNode("Mul")
    (product.inputs, product.outputs) = ([shape, names.2], [names.3])
    try appendOne(product, names.3)
    append(Reshape(.input), name, [names.1, names.3], output)
  }

  /// Indices of several dimensions: gathered as a list, and given their shape.
  mutating func appendGather(_ node: ONNXNode, _ name: String, _ output: String)
    throws(ImportError)
  {
    let (x, axis) = (try input(0, of: node), AttributeReader(node: node).integer("axis", 0))
    guard let indices = graph.constants[try input(1, of: node)] else {
      throw ImportError("its indices are not constants")
    }
    let (flat, listed, own) = (name + ".list", name + ".indices", name + ".own")
    graph.constants[listed] = ConstantTensor(
      shape: [indices.values.count], indices.values, isInteger: indices.isInteger)
    append(Gather(axis: axis), flat, [x, listed], flat)
    graph.constants[own] = ConstantTensor(
      shape: [indices.shape.count], indices.shape.map(Double.init), isInteger: true)
    let before = try appendShape(of: x, name + ".before", end: axis)
    var parts = [before, own]
    if axis != -1 { parts.append(try appendShape(of: x, name + ".after", start: axis + 1)) }
    var joined = ONNXNode("Concat")
    (joined.inputs, joined.outputs) = (parts, [name + ".shape"])
    joined.attributes["axis"] = .integer(0)
    try appendOne(joined, name + ".shape")
    append(Reshape(.input), name, [flat, name + ".shape"], output)
  }
}
