// Operators to ONNX nodes, in the forms of operator set 17 or later.
import Networks

/// An operator's ONNX node and the constants that ONNX wants as inputs.
struct NodeEncoder {
  /// Version of the operator set that is written.
  let opset: Int
  /// Its outputs are those that the operator has beside its node's.
  private(set) var node: ONNXNode
  /// Constant inputs by position, after those that the node has.
  private(set) var constants: [Int: ONNXTensor] = [:]

  /// The lowest operator set that knows the operator in the form it has.
  static func opset(for operation: any Operator) -> Int {
    switch operation {
    case let operation as Elementwise:
      if case .gelu = operation.function { return 20 }
      return operation.function == .mish ? 18 : 17
    case let operation as LocalNormalization:
      if case .group = operation.extent { return 21 }
      return 17
    case let operation as Resize:
      if operation.coordinates == .halfPixelSymmetric { return 19 }
      switch operation.target {
      case .scales, .inputs(_, _, nil, .stretch): return 17
      default: return 18
      }
    case let operation as Pad: return operation.mode == .wrap ? 19 : operation.pads == nil ? 18 : 17
    case let operation as Split: return operation.sizes == nil ? 18 : 17
    case let operation as Reduction:
      return operation.axes == [] && operation.function != .sum ? 18 : 17
    case let operation as Pooling:
      return operation.function != .maximum && operation.attributes.dilation != (1, 1) ? 19 : 17
    case let operation as DepthPooling: return opset(for: operation.pooling)
    default: return 17
    }
  }

  /// - Throws: where ONNX has no such operator.
  init(_ operation: any Operator, opset: Int) throws(ImportError) {
    self.opset = opset
    node = ONNXNode(operation.name)
    try encode(operation)
  }

  private mutating func set(_ key: String, _ value: Int) {
    node.attributes[key] = .integer(Int64(value))
  }
  private mutating func set(_ key: String, _ value: Float) { node.attributes[key] = .float(value) }
  private mutating func set(_ key: String, _ value: String) {
    node.attributes[key] = .string(value)
  }
  private mutating func set(_ key: String, _ values: [Int]) {
    node.attributes[key] = .integers(values.map { Int64($0) })
  }
  private mutating func input(_ position: Int, _ values: [Int]) {
    constants[position] = ONNXTensor(name: "", integers: values.map { Int64($0) })
  }
  private mutating func input(_ position: Int, floats values: [Float], isScalar: Bool = false) {
    constants[position] = ONNXTensor(
      name: "", .init(shape: isScalar ? [] : [values.count], values))
  }

  private mutating func encode(_ operation: any Operator) throws(ImportError) {
    switch operation {
    case let operation as Convolution:
      setWindow(operation.attributes)
      set("group", operation.groups)
    case let operation as TransposedConvolution:
      setWindow(operation.attributes)
      set("group", operation.groups)
      set("output_padding", [operation.outputPadding.y, operation.outputPadding.x])
      if let size = operation.outputSize { set("output_shape", [size.y, size.x]) }
    case let operation as BatchNormalization:
      set("epsilon", operation.epsilon)
      set("momentum", operation.momentum)
      if operation.usesBatchStatistics {
        set("training_mode", 1)
        node.outputs = ["moved_mean", "moved_variance"]
      }
    case let operation as RunningNormalization: set("epsilon", operation.epsilon)
    case let operation as LocalNormalization:
      guard operation.extent != .batch else {
        throw ImportError("statistics of the batch while running cannot be written")
      }
      set("epsilon", operation.epsilon)
      if case .layer(let axis) = operation.extent { set("axis", axis) }
      if case .group(let count) = operation.extent { set("num_groups", count) }
    case let operation as ResponseNormalization:
      set("size", operation.size)
      set("alpha", operation.alpha)
      set("beta", operation.beta)
      set("bias", operation.bias)
    case let operation as LeakyReLU: if operation.slope != 0 { set("alpha", operation.slope) }
    case let operation as Elementwise: encode(operation.function)
    case let operation as Arithmetic:
      guard operation.axis == nil else {
        throw ImportError("\(operation.name) along an axis is not in ONNX any more")
      }
    case let operation as Softmax:
      guard !operation.spansRest || operation.axis == -1 else {
        throw ImportError("\(operation.name) over several axes is not in ONNX any more")
      }
      set("axis", operation.axis)
    case let operation as Dense: set("transB", operation.transposesWeights ? 1 : 0)
    case let operation as Pooling: encode(operation)
    case let operation as DepthPooling:
      encode(operation.pooling)
      let (window, p) = (operation.pooling.attributes, operation.pooling.attributes.padding)
      set("kernel_shape", [window.kernel.y, 1, 1])
      set("strides", [window.stride.y, 1, 1])
      set("pads", [p.top, 0, 0, p.bottom, 0, 0])
      if node.attributes["dilations"] != nil { set("dilations", [window.dilation.y, 1, 1]) }
    case let operation as Reduction: encode(operation)
    case let operation as Resize: encode(operation)
    case is GlobalPooling, is MatrixProduct, is Dropout, is Identity: break
    default: try encodeArrangement(operation)
    }
  }

  private mutating func encode(_ operation: Pooling) {
    setWindow(operation.attributes)
    if operation.ceiling { set("ceil_mode", 1) }
    if case .average(true) = operation.function { set("count_include_pad", 1) }
    if operation.function != .maximum, operation.attributes.dilation == (1, 1) {
      node.attributes["dilations"] = nil
    }
  }

  private mutating func encode(_ function: Elementwise.Function) {
    switch function {
    case .elu(let alpha), .celu(let alpha), .thresholdedReLU(let alpha): set("alpha", alpha)
    case .selu(let alpha, let gamma):
      set("alpha", alpha)
      set("gamma", gamma)
    case .hardSigmoid(let alpha, let beta):
      set("alpha", alpha)
      set("beta", beta)
    case .gelu(let approximates): set("approximate", approximates ? "tanh" : "none")
    case .clip(let low, let high):
      if low > -.infinity { input(1, floats: [low], isScalar: true) }
      if high < .infinity { input(2, floats: [high], isScalar: true) }
    default: break
    }
  }

  private mutating func encode(_ operation: Reduction) {
    set("keepdims", operation.keepsDimensions ? 1 : 0)
    let axesAreInput = opset >= (operation.function == .sum ? 13 : 18)
    if operation.readsAxes || axesAreInput {
      let skips = operation.skipsWithoutAxes || operation.axes == []
      if skips { set("noop_with_empty_axes", 1) }
      if let axes = operation.axes, !axes.isEmpty { input(1, axes) }
    } else if let axes = operation.axes {
      set("axes", axes)
    }
  }

  private mutating func encode(_ operation: Resize) {
    set("mode", operation.function.rawValue)
    set("coordinate_transformation_mode", operation.coordinates.rawValue)
    if operation.function == .nearest { set("nearest_mode", operation.rounding.rawValue) }
    switch operation.target {
    case .scales(let y, let x): input(2, floats: [1, 1, y, x])
    case .sizes(let y, let x):
      set("axes", [2, 3])
      input(3, [y, x])
    case .fitted(let y, let x, let policy):
      set("axes", [2, 3])
      set("keep_aspect_ratio_policy", policy.rawValue)
      input(3, [y, x])
    case .inputs(_, _, let axes, let policy):
      if let axes { set("axes", axes) }
      if policy != .stretch { set("keep_aspect_ratio_policy", policy.rawValue) }
    }
  }

  private mutating func setWindow(_ window: WindowAttributes) {
    let p = window.padding
    if !window.readsKernel { set("kernel_shape", [window.kernel.y, window.kernel.x]) }
    set("strides", [window.stride.y, window.stride.x])
    set("dilations", [window.dilation.y, window.dilation.x])
    if let rule = window.automaticPadding {
      set("auto_pad", rule.rawValue)
    } else {
      set("pads", [p.top, p.left, p.bottom, p.right])
    }
  }

  // MARK: Shape and place

  private mutating func encodeArrangement(_ operation: any Operator) throws(ImportError) {
    switch operation {
    case let operation as Concatenation: set("axis", operation.axis)
    case let operation as Reshape: try encode(operation)
    case let operation as Transpose:
      if let permutation = operation.permutation { set("perm", permutation) }
    case let operation as DepthToSpace:
      set("blocksize", operation.block)
      if operation.direction == .depthToSpace {
        set("mode", operation.isDepthFirst ? "DCR" : "CRD")
      }
    case let operation as Expand: if let shape = operation.shape { input(1, shape) }
    case let operation as Gather:
      set("axis", operation.axis)
      if let indices = operation.indices {
        constants[1] = ONNXTensor(
          name: "", integers: indices.integers.map { Int64($0) }, shape: indices.shape)
      }
    case let operation as Slice:
      guard let ranges = operation.ranges else { return }
      input(1, ranges.map(\.start))
      input(2, ranges.map(\.end))
      input(3, ranges.map(\.axis))
      input(4, ranges.map(\.step))
    case let operation as Split:
      set("axis", operation.axis)
      if let sizes = operation.sizes {
        input(1, sizes)
      } else {
        set("num_outputs", operation.parts)
      }
    case let operation as Pad:
      set("mode", operation.mode.rawValue)
      guard let pads = operation.pads else { return }
      input(1, pads)
      if operation.mode == .constant { input(2, floats: [operation.value], isScalar: true) }
    case let operation as ConstantFunction: encode(operation.function)
    default: throw ImportError("\(operation.name) is not in ONNX")
    }
  }

  private mutating func encode(_ operation: Reshape) throws(ImportError) {
    if operation.allowsZero { set("allowzero", 1) }
    switch operation.rule {
    case .input: break
    case .sizes(let sizes): input(1, sizes)
    case .flatten(let axis): set("axis", axis)
    case .squeeze(let axes): if let axes { input(1, axes) }
    case .squeezeWherePossible:
      throw ImportError("whether it squeezes depends on the image's size")
    case .unsqueeze(let axes): input(1, axes)
    }
  }

  private mutating func encode(_ function: ConstantFunction.Function) {
    switch function {
    case .shape(let start, let end):
      if start != 0 { set("start", start) }
      if let end { set("end", end) }
    case .cast(.float): set("to", 1)
    case .cast(.integer): set("to", 7)
    case .cast(.boolean): set("to", 9)
    case .filled(let value, let isInteger):
      let tensor =
        isInteger
        ? ONNXTensor(name: "", integers: [Int64(value)])
        : ONNXTensor(name: "", .init(shape: [1], [Float(value)]))
      node.attributes["value"] = .tensor(tensor)
    case .truncatedRemainder: set("fmod", 1)
    default: break
    }
  }
}
