// ONNX operators that become several of the graph's.
import Networks

extension GraphImporter {
  /// Whether a value is known before anything runs.
  func isConstant(_ value: String) -> Bool {
    arithmetic.contains(value) || graph.constants[value] != nil || graph.parameters[value] != nil
  }

  /// The shape of a value, under a name of its own.
  private mutating func appendShape(of value: String, _ name: String) throws(ImportError) -> String
  {
    var shape = ONNXNode("Shape")
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
    guard let constant = graph.constants[value] else { return rename(value, to: output, name) }
    let isInteger = graph.constants[like]?.isInteger ?? arithmetic.contains(like)
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
}
