// Which operator each fixture of an imported network's operator describes.
import Networks

extension Fixture {
  typealias Found = (any Operator, [String])?

  private var numbers: [Float] { attributes["parameters"] ?? [] }

  /// Functions of one value, element by element.
  var curve: Found {
    let plain: [String: Elementwise.Function] = [
      "Sigmoid": .sigmoid, "Tanh": .tanh, "Erf": .erf, "Sqrt": .squareRoot, "Exp": .exponential,
      "Log": .logarithm, "Abs": .absolute, "Neg": .negation, "Reciprocal": .reciprocal,
      "Softplus": .softplus, "Softsign": .softsign, "Mish": .mish, "HardSwish": .hardSwish,
      "Swish": .swish,
    ]
    if let function = plain[`operator`] { return (Elementwise(function), ["x"]) }
    let function: Elementwise.Function
    switch `operator` {
    case "Elu": function = .elu(alpha: numbers[0])
    case "Celu": function = .celu(alpha: numbers[0])
    case "Selu": function = .selu(alpha: numbers[0], gamma: numbers[1])
    case "HardSigmoid": function = .hardSigmoid(alpha: numbers[0], beta: numbers[1])
    case "ThresholdedRelu": function = .thresholdedReLU(alpha: numbers[0])
    case "Gelu": function = .gelu(approximates: numbers == [1])
    case "Clip": function = .clip(low: numbers[0], high: numbers[1])
    default: return nil
    }
    return (Elementwise(function), ["x"])
  }

  /// Operators that combine values or sum over them.
  var combination: Found {
    if let function = Arithmetic.Function(rawValue: `operator`) {
      return (Arithmetic(function), ["a", "b"])
    }
    if let function = Reduction.Function(rawValue: `operator`) {
      let keeps = ints("keepdims") == [1]
      return (Reduction(function, axes: ints("axes"), keepsDimensions: keeps), ["x"])
    }
    let normalized = ["x", "scale", "bias"]
    switch `operator` {
    case "LayerNormalization":
      return (LocalNormalization(.layer(axis: ints("axis")[0])), normalized)
    case "InstanceNormalization": return (LocalNormalization(.instance), normalized)
    case "GroupNormalization":
      return (LocalNormalization(.group(count: ints("num_groups")[0])), normalized)
    case "LRN":
      func number(_ key: String) -> Float { attributes[key]?[0] ?? 0 }
      let operation = ResponseNormalization(
        size: ints("size")[0], alpha: number("alpha"), beta: number("beta"), bias: number("bias"))
      return (operation, ["x"])
    case "LogSoftmax": return (Softmax(axis: ints("axis")[0], isLogarithmic: true), ["x"])
    case "MatMul": return (MatrixProduct(), ["a", "b"])
    default: return nil
    }
  }

  /// Operators that move elements.
  var arrangement: Found {
    let operation: any Operator
    switch `operator` {
    case "Transpose": operation = Transpose(ints("perm"))
    case "Reshape": operation = Reshape(.sizes(ints("shape")))
    case "Flatten": operation = Reshape(.flatten(axis: ints("axis")[0]))
    case "Squeeze": operation = Reshape(.squeeze(ints("axes")))
    case "Unsqueeze": operation = Reshape(.unsqueeze(ints("axes")))
    case "Slice":
      let (axes, starts, ends, steps) = (ints("axes"), ints("starts"), ints("ends"), ints("steps"))
      operation = Slice(
        axes.indices.map {
          Slice.Range(axis: axes[$0], start: starts[$0], end: ends[$0], step: steps[$0])
        })
    case "Split":
      operation = Split(axis: ints("axis")[0], sizes: ints("split"), parts: 2)
    case "Expand": operation = Expand(ints("shape"))
    case "Gather":
      let indices = ints("indices")
      operation = Gather(
        axis: ints("axis")[0],
        indices: ConstantTensor(
          shape: [indices.count], indices.map { Double($0) }, isInteger: true))
    case "Pad": operation = Pad(padMode, pads: ints("pads"))
    case "DepthToSpace", "SpaceToDepth":
      let direction: DepthToSpace.Direction =
        `operator` == "DepthToSpace" ? .depthToSpace : .spaceToDepth
      operation = DepthToSpace(direction, block: ints("blocksize")[0], isDepthFirst: false)
    case "Resize":
      let isNearest = ints("nearest") == [1]
      operation = Resize(
        isNearest ? .nearest : .linear, .sizes(y: ints("sizes")[0], x: ints("sizes")[1]),
        coordinates: isNearest
          ? .asymmetric : ints("align_corners") == [1] ? .alignCorners : .halfPixel,
        rounding: isNearest ? .down : .halvesDown)
    default: return nil
    }
    return (operation, ["x"])
  }

  private var padMode: Pad.Mode {
    switch ints("mode") {
    case [1]: .reflect
    case [2]: .edge
    case [3]: .wrap
    default: .constant
    }
  }
}
