// ONNX nodes to operators: what each operator set calls them and where it puts their attributes.
import Networks

/// One node while it is imported.
struct NodeDecoder {
  let node: ONNXNode
  /// Version of ONNX's operator set.
  let opset: Int
  /// Shape of the second input where it is a weight.
  let weightShape: [Int]?

  private var a: AttributeReader { AttributeReader(node: node) }

  /// The operator that the node describes. Operators that become several are `GraphImporter`'s.
  func operation() throws(ImportError) -> any Operator {
    guard node.domain.isEmpty || node.domain == "ai.onnx" else {
      throw ImportError(
        "the operator \(node.operation) of the domain '\(node.domain)' is not supported")
    }
    if let operation = try layer() { return operation }
    if let operation = elementwise() { return operation }
    if let operation = try arrangement() { return operation }
    if let operation = try constantFunction() { return operation }
    throw ImportError("the operator \(node.operation) is not supported")
  }

  // MARK: Layers

  private func layer() throws(ImportError) -> (any Operator)? {
    let kernel = weightShape.flatMap { $0.count == 4 ? [$0[2], $0[3]] : nil }
    switch node.operation {
    case "Conv":
      return Convolution(
        attributes: try a.window(kernel: kernel, readsKernel: weightShape == nil),
        groups: try a.groups())
    case "ConvTranspose": return try transposedConvolution(kernel)
    case "BatchNormalization":
      try a.require("spatial", 1)
      return BatchNormalization(
        epsilon: a.float("epsilon", 1e-5), momentum: a.float("momentum", 0.9),
        usesBatchStatistics: opset < 14
          ? opset > 6 && node.outputs.count(where: { !$0.isEmpty }) > 1
          : a.integer("training_mode", 0) == 1)
    case "InstanceNormalization":
      return LocalNormalization(.instance, epsilon: a.float("epsilon", 1e-5))
    case "LayerNormalization":
      return LocalNormalization(
        .layer(axis: a.integer("axis", -1)), epsilon: a.float("epsilon", 1e-5))
    case "GroupNormalization":
      guard opset >= 21 else {
        throw ImportError("GroupNormalization before operator set 21 is not supported")
      }
      return LocalNormalization(
        .group(count: a.integer("num_groups", 0)), epsilon: a.float("epsilon", 1e-5))
    case "LRN":
      return ResponseNormalization(
        size: a.integer("size", 0), alpha: a.float("alpha", 1e-4), beta: a.float("beta", 0.75),
        bias: a.float("bias", 1))
    case "MatMul": return MatrixProduct()
    case "MaxPool": return try pooling(.maximum)
    case "AveragePool":
      return try pooling(.average(countsPadding: a.integer("count_include_pad", 0) == 1))
    case "GlobalAveragePool": return GlobalPooling(.average)
    case "GlobalMaxPool": return GlobalPooling(.maximum)
    case "Softmax", "LogSoftmax":
      return Softmax(
        axis: a.integer("axis", opset < 13 ? 1 : -1), spansRest: opset < 13,
        isLogarithmic: node.operation == "LogSoftmax")
    case "Dropout": return Dropout(rate: a.float("ratio", 0.5))
    case "Resize", "Upsample": return try resize()
    default:
      guard let function = Reduction.Function(rawValue: node.operation) else { return nil }
      return reduction(function)
    }
  }

  private func pooling(_ function: Pooling.Function) throws(ImportError) -> any Operator {
    let ceiling = a.integer("ceil_mode", 0) == 1
    if let depth = try a.depthWindow() {
      return DepthPooling(Pooling(function, attributes: depth, ceiling: ceiling))
    }
    return Pooling(function, attributes: try a.window(kernel: nil), ceiling: ceiling)
  }

  private func transposedConvolution(_ kernel: [Int]?) throws(ImportError) -> any Operator {
    let extra = a.integers("output_padding", [0, 0])
    let size = a.integers("output_shape")
    guard extra.count == 2, extra.allSatisfy({ 0...4096 ~= $0 }),
      size.map({ $0.count == 2 && $0.allSatisfy { 1...1 << 20 ~= $0 } }) ?? true
    else { throw ImportError("output_padding or output_shape is out of range") }
    var operation = TransposedConvolution(
      attributes: try a.window(kernel: kernel), outputPadding: (extra[0], extra[1]),
      groups: try a.groups())
    operation.outputSize = size.map { ($0[0], $0[1]) }
    return operation
  }

  private func resize() throws(ImportError) -> any Operator {
    let isModern = node.operation == "Resize" && opset >= 11
    var function = Resize.Function.nearest
    switch a.string("mode", "nearest") {
    case "nearest": break
    case "linear", "bilinear": function = .linear
    case let mode: throw ImportError("the mode '\(mode)' is not supported")
    }
    try a.require("antialias", 0)
    let coordinates: Resize.Coordinates = try a.choice(
      "coordinate_transformation_mode", isModern ? .halfPixel : .asymmetric)
    let rounding: Resize.Rounding = try a.choice("nearest_mode", isModern ? .halvesDown : .down)
    if node.operation == "Upsample", a.has("height_scale"), a.has("width_scale") {
      return Resize(
        function, .scales(y: a.float("height_scale", 1), x: a.float("width_scale", 1)),
        coordinates: coordinates, rounding: rounding)
    }
    if let scales = a.floats("scales") {
      guard scales.count == 4, scales[0] == 1, scales[1] == 1 else {
        throw ImportError("only height and width can be resized")
      }
      return Resize(
        function, .scales(y: scales[2], x: scales[3]), coordinates: coordinates,
        rounding: rounding)
    }
    let target = Resize.Target.inputs(
      scales: 2, sizes: 3, axes: a.integers("axes"),
      policy: try a.choice("keep_aspect_ratio_policy", .stretch))
    var operation = Resize(function, target, coordinates: coordinates, rounding: rounding)
    operation.roundsUpToShrink = node.operation == "Resize" && opset == 10
    return operation
  }

  private func reduction(_ function: Reduction.Function) -> any Operator {
    let readsAxes = opset >= (function == .sum ? 13 : 18)
    return Reduction(
      function, axes: a.integers("axes"), keepsDimensions: a.integer("keepdims", 1) == 1,
      readsAxes: readsAxes, skipsWithoutAxes: a.integer("noop_with_empty_axes", 0) == 1)
  }

  // MARK: Element by element

  private func elementwise() -> (any Operator)? {
    switch node.operation {
    case "Relu": return LeakyReLU()
    case "LeakyRelu": return LeakyReLU(slope: a.float("alpha", 0.01))
    case "Sigmoid": return Elementwise(.sigmoid)
    case "Tanh": return Elementwise(.tanh)
    case "Erf": return Elementwise(.erf)
    case "Sqrt": return Elementwise(.squareRoot)
    case "Exp": return Elementwise(.exponential)
    case "Log": return Elementwise(.logarithm)
    case "Abs": return Elementwise(.absolute)
    case "Neg": return Elementwise(.negation)
    case "Reciprocal": return Elementwise(.reciprocal)
    case "Softplus": return Elementwise(.softplus)
    case "Softsign": return Elementwise(.softsign)
    case "Mish": return Elementwise(.mish)
    case "HardSwish": return Elementwise(.hardSwish)
    case "Elu": return Elementwise(.elu(alpha: a.float("alpha", 1)))
    case "Celu": return Elementwise(.celu(alpha: a.float("alpha", 1)))
    case "Selu":
      return Elementwise(
        .selu(alpha: a.float("alpha", 1.6732632), gamma: a.float("gamma", 1.050701)))
    case "HardSigmoid":
      return Elementwise(.hardSigmoid(alpha: a.float("alpha", 0.2), beta: a.float("beta", 0.5)))
    case "ThresholdedRelu": return Elementwise(.thresholdedReLU(alpha: a.float("alpha", 1)))
    case "Gelu":
      return Elementwise(.gelu(approximates: a.string("approximate", "none") == "tanh"))
    case "Clip":
      return Elementwise(
        .clip(low: a.float("min", -.infinity), high: a.float("max", .infinity)))
    default:
      guard let function = Arithmetic.Function(rawValue: node.operation) else { return nil }
      // Slopes of channels before there was broadcasting from the end.
      if node.operation == "PRelu", opset < 7, weightShape?.count == 1, weightShape != [1] {
        return Arithmetic(function, axis: 1)
      }
      let isLegacy = opset < 7 && a.integer("broadcast", 0) == 1 && a.has("axis")
      return Arithmetic(function, axis: isLegacy ? a.integer("axis", 0) : nil)
    }
  }

  // MARK: Shape and place

  private func arrangement() throws(ImportError) -> (any Operator)? {
    switch node.operation {
    case "Concat": return Concatenation(axis: a.integer("axis", 1))
    case "Flatten": return Reshape(.flatten(axis: a.integer("axis", 1)))
    case "Reshape": return Reshape(.input, allowsZero: a.integer("allowzero", 0) == 1)
    case "Squeeze":
      if let axes = a.integers("axes") { return Reshape(.squeeze(axes)) }
      return node.inputs.count > 1
        ? Reshape(.input, name: "Squeeze") : Reshape(.squeeze(nil))
    case "Unsqueeze":
      if let axes = a.integers("axes") { return Reshape(.unsqueeze(axes)) }
      return Reshape(.input, name: "Unsqueeze")
    case "Transpose": return Transpose(a.integers("perm"))
    case "DepthToSpace":
      return DepthToSpace(
        .depthToSpace, block: a.integer("blocksize", 0),
        isDepthFirst: a.string("mode", "DCR") != "CRD")
    case "SpaceToDepth": return DepthToSpace(.spaceToDepth, block: a.integer("blocksize", 0))
    case "Expand": return Expand(nil)
    case "Gather": return Gather(axis: a.integer("axis", 0))
    case "Slice": return try slice()
    case "Split":
      return Split(
        axis: a.integer("axis", 0), sizes: a.integers("split"),
        parts: a.integer("num_outputs", node.outputs.count))
    case "Pad":
      let pads = a.integers("pads") ?? a.integers("paddings")
      return Pad(
        try a.choice("mode", Pad.Mode.constant), pads: opset < 11 ? pads ?? [] : nil,
        value: a.float("value", 0))
    default: return nil
    }
  }

  private func slice() throws(ImportError) -> any Operator {
    guard opset < 10 else { return Slice(nil) }
    let (starts, ends) = (a.integers("starts", []), a.integers("ends", []))
    let axes = a.integers("axes", Array(starts.indices))
    guard starts.count == ends.count, axes.count == starts.count, starts.count <= 8 else {
      throw ImportError("starts, ends and axes differ in number")
    }
    return Slice(
      starts.indices.map { Slice.Range(axis: axes[$0], start: starts[$0], end: ends[$0]) })
  }

  // MARK: Constants

  private func constantFunction() throws(ImportError) -> (any Operator)? {
    let simple: [String: ConstantFunction.Function] = [
      "Size": .size, "Range": .range, "Where": .select, "Equal": .equal, "Less": .less,
      "Greater": .greater, "LessOrEqual": .lessOrEqual, "GreaterOrEqual": .greaterOrEqual,
      "Not": .not, "And": .and, "Or": .or, "Floor": .floor, "Ceil": .ceiling, "Round": .round,
      "Mod": a.integer("fmod", 0) == 1 ? .truncatedRemainder : .remainder, "Tile": .tile,
    ]
    if let function = simple[node.operation] {
      return ConstantFunction(function, name: node.operation)
    }
    switch node.operation {
    case "Shape":
      let end = a.has("end") ? a.integer("end", 0) : nil
      return ConstantFunction(.shape(start: a.integer("start", 0), end: end), name: "Shape")
    case "Cast":
      let type = ONNXTensor.ElementType(rawValue: Int64(a.integer("to", 1)))
      let element: ConstantFunction.Element =
        type == .bool ? .boolean : type?.isInteger == true ? .integer : .float
      return ConstantFunction(.cast(element), name: "Cast")
    case "ConstantOfShape":
      guard case .tensor(let tensor) = node.attributes["value"] else {
        return ConstantFunction(.filled(0, isInteger: false), name: "ConstantOfShape")
      }
      guard let value = tensor.constant()?.scalar else {
        throw ImportError("its value is not one number")
      }
      return ConstantFunction(.filled(value, isInteger: tensor.isInteger), name: "ConstantOfShape")
    default: return nil
    }
  }
}
