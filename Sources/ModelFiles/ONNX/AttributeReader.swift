// Attributes of an ONNX node, with defaults and limits.
import Networks

/// Why a node cannot be imported.
struct ImportError: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}

/// Attributes of a node with their defaults.
struct AttributeReader {
  let node: ONNXNode

  func has(_ key: String) -> Bool { node.attributes[key] != nil }

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

  func integers(_ key: String) -> [Int]? {
    if case .integers(let values) = node.attributes[key] { return values.map { Int($0) } }
    return nil
  }

  func floats(_ key: String) -> [Float]? {
    if case .floats(let values) = node.attributes[key] { return values }
    return nil
  }

  func integers(_ key: String, _ fallback: [Int]) -> [Int] { integers(key) ?? fallback }

  /// One of an enumeration's cases by ONNX's name.
  func choice<T: RawRepresentable>(_ key: String, _ fallback: T) throws(ImportError) -> T
  where T.RawValue == String {
    guard has(key) else { return fallback }
    let text = string(key, "")
    guard let value = T(rawValue: text) else {
      throw ImportError("\(key) '\(text)' is not supported")
    }
    return value
  }

  /// Refuses an attribute that must have one value.
  func require(_ key: String, _ value: Int) throws(ImportError) {
    guard integer(key, value) == value else { throw ImportError("\(key) is not supported") }
  }

  /// Groups of a convolution.
  func groups() throws(ImportError) -> Int {
    let groups = integer("group", 1)
    guard 1...1 << 20 ~= groups else { throw ImportError("group is out of range") }
    return groups
  }

  /// Kernel, strides, dilations and pads of a 2D window; `kernel` stands in for a missing attribute.
  /// - Parameter readsKernel: without `kernel_shape`, the kernel is known once the weights are.
  func window(kernel fallback: [Int]?, readsKernel: Bool = false) throws(ImportError)
    -> WindowAttributes
  {
    let isOpen = readsKernel && fallback == nil && !has("kernel_shape")
    let kernel = isOpen ? [1, 1] : integers("kernel_shape", fallback ?? [])
    let (strides, dilations) = (integers("strides", [1, 1]), integers("dilations", [1, 1]))
    let automatic = string("auto_pad", "NOTSET")
    let pads = automatic == "NOTSET" ? integers("pads", [0, 0, 0, 0]) : [0, 0, 0, 0]
    guard kernel.count == 2, strides.count == 2, dilations.count == 2, pads.count == 4 else {
      throw ImportError("only 2D images are supported")
    }
    guard (kernel + strides + dilations).allSatisfy({ 1...4096 ~= $0 }),
      pads.allSatisfy({ 0...4096 ~= $0 })
    else { throw ImportError("kernel, strides, dilations or pads are out of range") }
    var window = WindowAttributes(
      kernel: (kernel[0], kernel[1]), stride: (strides[0], strides[1]),
      dilation: (dilations[0], dilations[1]),
      padding: Padding(top: pads[0], left: pads[1], bottom: pads[2], right: pads[3]))
    window.readsKernel = isOpen
    if !["NOTSET", "VALID", ""].contains(automatic) {
      guard let rule = AutomaticPadding(rawValue: automatic) else {
        throw ImportError("auto_pad \(automatic) is not supported")
      }
      window.automaticPadding = rule
    }
    return window
  }

  /// The window of a volume `[N, C, D, H, W]` that reaches along D alone, as one of an image
  /// `[D, 1]`; nil for a window of two axes.
  func depthWindow() throws(ImportError) -> WindowAttributes? {
    guard let kernel = integers("kernel_shape"), kernel.count == 3 else { return nil }
    let (strides, dilations) = (integers("strides", [1, 1, 1]), integers("dilations", [1, 1, 1]))
    let pads = integers("pads", [0, 0, 0, 0, 0, 0])
    guard strides.count == 3, dilations.count == 3, pads.count == 6,
      ["NOTSET", "VALID", ""].contains(string("auto_pad", "NOTSET"))
    else { throw ImportError("strides, dilations or pads do not fit the kernel") }
    guard [kernel, strides, dilations].allSatisfy({ $0[1...] == [1, 1] }),
      [pads[1], pads[2], pads[4], pads[5]] == [0, 0, 0, 0]
    else { throw ImportError("volumes are pooled along their first axis only") }
    var flat = node
    flat.attributes["kernel_shape"] = .integers([Int64(kernel[0]), 1])
    flat.attributes["strides"] = .integers([Int64(strides[0]), 1])
    flat.attributes["dilations"] = .integers([Int64(dilations[0]), 1])
    flat.attributes["pads"] = .integers([Int64(pads[0]), 0, Int64(pads[3]), 0])
    return try AttributeReader(node: flat).window(kernel: nil)
  }
}
