// ONNX nodes to operators and back, one case an operator.
import Networks

/// Attributes of a node with their defaults.
struct AttributeReader {
  let node: ONNXNode

  func integer(_ key: String, _ fallback: Int) -> Int {
    if case .integer(let value) = node.attributes[key] { return Int(value) }
    return fallback
  }

  func float(_ key: String, _ fallback: Float) -> Float {
    if case .float(let value) = node.attributes[key] { return value }
    return fallback
  }

  func string(_ key: String, _ fallback: String) -> String {
    if case .string(let value) = node.attributes[key] { return value }
    return fallback
  }

  func integers(_ key: String, _ fallback: [Int]) -> [Int] {
    if case .integers(let values) = node.attributes[key] { return values.map { Int($0) } }
    return fallback
  }

  /// Kernel, strides, dilations and pads of a 2D window; `kernel` stands in for a missing attribute.
  func window(kernel fallback: [Int]?) throws(ImportError) -> WindowAttributes {
    let kernel = integers("kernel_shape", fallback ?? [])
    let (strides, dilations) = (integers("strides", [1, 1]), integers("dilations", [1, 1]))
    let pads = integers("pads", [0, 0, 0, 0])
    guard kernel.count == 2, strides.count == 2, dilations.count == 2, pads.count == 4 else {
      throw ImportError("only 2D images are supported")
    }
    guard (kernel + strides + dilations).allSatisfy({ 1...4096 ~= $0 }),
      pads.allSatisfy({ 0...4096 ~= $0 })
    else { throw ImportError("kernel, strides, dilations or pads are out of range") }
    guard ["NOTSET", "VALID"].contains(string("auto_pad", "NOTSET")) else {
      throw ImportError("auto_pad \(string("auto_pad", "")) is not supported")
    }
    return WindowAttributes(
      kernel: (kernel[0], kernel[1]), stride: (strides[0], strides[1]),
      dilation: (dilations[0], dilations[1]),
      padding: Padding(top: pads[0], left: pads[1], bottom: pads[2], right: pads[3]))
  }
}

/// Why a node cannot be imported.
struct ImportError: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}

extension ONNXNode {
  /// The operator that this node describes.
  /// - Parameters:
  ///   - weightShape: shape of the second input where it is a weight.
  ///   - constants: floats of the inputs that are constants.
  func operation(weightShape: [Int]?, constants: (Int) -> [Float]?) throws(ImportError)
    -> any Operator
  {
    let a = AttributeReader(node: self)
    guard domain.isEmpty || domain == "ai.onnx" else {
      throw ImportError("operators of the domain '\(domain)' are not supported")
    }
    let kernel = weightShape.flatMap { $0.count == 4 ? [$0[2], $0[3]] : nil }
    switch operation {
    case "Conv":
      return Convolution(attributes: try a.window(kernel: kernel), groups: a.integer("group", 1))
    case "ConvTranspose":
      let extra = a.integers("output_padding", [0, 0])
      guard extra.count == 2, extra.allSatisfy({ 0...4096 ~= $0 }),
        a.integers("output_shape", []).isEmpty
      else { throw ImportError("output_shape is not supported") }
      return TransposedConvolution(
        attributes: try a.window(kernel: kernel), outputPadding: (extra[0], extra[1]),
        groups: a.integer("group", 1))
    case "BatchNormalization":
      guard a.integer("training_mode", 0) == 0 else { throw ImportError("training_mode is set") }
      return BatchNormalization(
        epsilon: a.float("epsilon", 1e-5), momentum: a.float("momentum", 0.9))
    case "Relu": return LeakyReLU()
    case "LeakyRelu": return LeakyReLU(slope: a.float("alpha", 0.01))
    case "Sigmoid": return SmoothActivation(.sigmoid)
    case "Tanh": return SmoothActivation(.tanh)
    case "Softmax":
      guard [1, -1].contains(a.integer("axis", -1)) else {
        throw ImportError("only the class axis is supported")
      }
      return Softmax()
    case "Add": return Arithmetic(.add)
    case "Mul": return Arithmetic(.multiply)
    case "Concat":
      guard a.integer("axis", 1) == 1 else { throw ImportError("only axis 1 is supported") }
      return Concatenation()
    case "Dropout": return Dropout(rate: a.float("ratio", constants(1)?.first ?? 0.5))
    case "Gemm":
      guard a.float("alpha", 1) == 1, a.float("beta", 1) == 1, a.integer("transA", 0) == 0 else {
        throw ImportError("alpha, beta and transA are not supported")
      }
      return Dense(transposesWeights: a.integer("transB", 0) == 1)
    case "MaxPool":
      return Pooling(
        .maximum, attributes: try a.window(kernel: nil), ceiling: a.integer("ceil_mode", 0) == 1)
    case "AveragePool":
      return Pooling(
        .average(countsPadding: a.integer("count_include_pad", 0) == 1),
        attributes: try a.window(kernel: nil), ceiling: a.integer("ceil_mode", 0) == 1)
    case "GlobalAveragePool": return GlobalPooling(.average)
    case "GlobalMaxPool": return GlobalPooling(.maximum)
    case "Flatten":
      guard a.integer("axis", 1) == 1 else { throw ImportError("only axis 1 is supported") }
      return Flatten()
    case "Resize": return try resize(a, scales: constants(2))
    default: throw ImportError("the operator \(operation) is not supported")
    }
  }

  private func resize(_ a: AttributeReader, scales: [Float]?) throws(ImportError) -> Resize {
    guard let scales, scales.count == 4, scales[0] == 1, scales[1] == 1 else {
      throw ImportError("only constant scales of height and width are supported")
    }
    guard
      ["half_pixel", "pytorch_half_pixel"].contains(
        a.string("coordinate_transformation_mode", "half_pixel"))
    else {
      throw ImportError("only half_pixel coordinates are supported")
    }
    switch a.string("mode", "nearest") {
    case "nearest": return Resize(.nearest, scale: (scales[2], scales[3]))
    case "linear": return Resize(.linear, scale: (scales[2], scales[3]))
    default: throw ImportError("only the modes nearest and linear are supported")
    }
  }
}

extension ONNXNode {
  /// Describes an operator. Constants that ONNX wants as inputs are returned beside it.
  init(_ operation: any Operator) {
    self.init(operation.name)
    switch operation {
    case let operation as Convolution:
      setWindow(operation.attributes)
      attributes["dilations"] = .integers(
        [operation.attributes.dilation.y, operation.attributes.dilation.x].map(Int64.init))
      attributes["group"] = .integer(Int64(operation.groups))
    case let operation as TransposedConvolution:
      setWindow(operation.attributes)
      attributes["dilations"] = .integers(
        [operation.attributes.dilation.y, operation.attributes.dilation.x].map(Int64.init))
      attributes["group"] = .integer(Int64(operation.groups))
      attributes["output_padding"] = .integers([
        Int64(operation.outputPadding.y), Int64(operation.outputPadding.x),
      ])
    case let operation as BatchNormalization:
      attributes["epsilon"] = .float(operation.epsilon)
      attributes["momentum"] = .float(operation.momentum)
    case let operation as LeakyReLU where operation.slope != 0:
      attributes["alpha"] = .float(operation.slope)
    case is Softmax, is Concatenation, is Flatten: attributes["axis"] = .integer(1)
    case let operation as Dense:
      attributes["transB"] = .integer(operation.transposesWeights ? 1 : 0)
    case let operation as Pooling:
      setWindow(operation.attributes)
      if operation.ceiling { attributes["ceil_mode"] = .integer(1) }
      if case .average(true) = operation.function { attributes["count_include_pad"] = .integer(1) }
    case let operation as Resize:
      attributes["mode"] = .string(operation.function == .nearest ? "nearest" : "linear")
      attributes["coordinate_transformation_mode"] = .string("half_pixel")
      if operation.function == .nearest {
        attributes["nearest_mode"] = .string("round_prefer_floor")
      }
    default: break
    }
  }

  private mutating func setWindow(_ window: WindowAttributes) {
    let p = window.padding
    attributes["kernel_shape"] = .integers([Int64(window.kernel.y), Int64(window.kernel.x)])
    attributes["strides"] = .integers([Int64(window.stride.y), Int64(window.stride.x)])
    attributes["pads"] = .integers([p.top, p.left, p.bottom, p.right].map(Int64.init))
  }
}
