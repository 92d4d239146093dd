// The parts of ONNX's messages that imgdx reads and writes (field numbers: onnx/onnx.proto).

/// ModelProto.
struct ONNXModel {
  var irVersion: Int64 = 8
  var producer = "imgdx"
  var opset: Int64 = 17
  var graph = ONNXGraph()
  var metadata: [(key: String, value: String)] = []

  init() {}

  init(_ bytes: UnsafeRawBufferPointer) throws(WireError) {
    var reader = try WireReader(bytes)
    opset = 0
    var hasGraph = false
    while let (field, value) = try reader.next() {
      switch field {
      case 1: irVersion = try value.integer(field)
      case 2: producer = try value.string(field)
      case 7:
        graph = try ONNXGraph(try WireReader(try value.bytes(field), depth: 1))
        hasGraph = true
      case 8: try readOpset(try WireReader(try value.bytes(field), depth: 1))
      case 14: metadata.append(try Self.entry(try WireReader(try value.bytes(field), depth: 1)))
      default: break
      }
    }
    guard hasGraph else { throw .truncated }
  }

  private mutating func readOpset(_ reader: WireReader) throws(WireError) {
    var (reader, domain, version) = (reader, "", Int64(0))
    while let (field, value) = try reader.next() {
      if field == 1 { domain = try value.string(field) }
      if field == 2 { version = try value.integer(field) }
    }
    if domain.isEmpty || domain == "ai.onnx" { opset = version }
  }

  static func entry(_ reader: WireReader) throws(WireError) -> (key: String, value: String) {
    var (reader, key, text) = (reader, "", "")
    while let (field, value) = try reader.next() {
      if field == 1 { key = try value.string(field) }
      if field == 2 { text = try value.string(field) }
    }
    return (key, text)
  }

  func encoded() -> [UInt8] {
    var writer = WireWriter()
    writer.integer(1, irVersion)
    writer.string(2, producer)
    writer.message(7) { graph.write(to: &$0) }
    writer.message(8) {
      $0.string(1, "")
      $0.integer(2, opset)
    }
    for (key, value) in metadata {
      writer.message(14) {
        $0.string(1, key)
        $0.string(2, value)
      }
    }
    return writer.bytes
  }
}

/// GraphProto.
struct ONNXGraph {
  var name = "imgdx"
  var nodes: [ONNXNode] = []
  var initializers: [ONNXTensor] = []
  var inputs: [ONNXValue] = []
  var outputs: [ONNXValue] = []

  init() {}

  init(_ reader: WireReader) throws(WireError) {
    var reader = reader
    // Branches of nodes are graphs again.
    let depth = reader.depth + 1
    while let (field, value) = try reader.next() {
      switch field {
      case 1: nodes.append(try ONNXNode(try WireReader(try value.bytes(field), depth: depth)))
      case 2: name = try value.string(field)
      case 5:
        initializers.append(try ONNXTensor(try WireReader(try value.bytes(field), depth: depth)))
      case 11: inputs.append(try ONNXValue(try WireReader(try value.bytes(field), depth: depth)))
      case 12: outputs.append(try ONNXValue(try WireReader(try value.bytes(field), depth: depth)))
      default: break
      }
    }
  }

  func write(to writer: inout WireWriter) {
    for node in nodes { writer.message(1) { node.write(to: &$0) } }
    writer.string(2, name)
    for tensor in initializers { writer.message(5) { tensor.write(to: &$0) } }
    for value in inputs { writer.message(11) { value.write(to: &$0) } }
    for value in outputs { writer.message(12) { value.write(to: &$0) } }
  }
}

/// NodeProto.
struct ONNXNode {
  var name = ""
  var operation = ""
  var domain = ""
  var inputs: [String] = []
  var outputs: [String] = []
  var attributes: [String: ONNXAttribute] = [:]

  init(_ operation: String) { self.operation = operation }

  init(_ reader: WireReader) throws(WireError) {
    var reader = reader
    while let (field, value) = try reader.next() {
      switch field {
      case 1: inputs.append(try value.string(field))
      case 2: outputs.append(try value.string(field))
      case 3: name = try value.string(field)
      case 4: operation = try value.string(field)
      case 7: domain = try value.string(field)
      case 5:
        let (key, attribute) = try ONNXAttribute.read(
          try WireReader(try value.bytes(field), depth: reader.depth + 1))
        attributes[key] = attribute
      default: break
      }
    }
  }

  func write(to writer: inout WireWriter) {
    for input in inputs { writer.string(1, input) }
    for output in outputs { writer.string(2, output) }
    writer.string(3, name)
    writer.string(4, operation)
    for key in attributes.keys.sorted() {
      guard let attribute = attributes[key] else { continue }
      writer.message(5) { attribute.write(name: key, to: &$0) }
    }
  }
}

/// AttributeProto, the kinds that inference graphs use.
enum ONNXAttribute {
  case float(Float)
  case integer(Int64)
  case string(String)
  case tensor(ONNXTensor)
  case floats([Float])
  case integers([Int64])
  /// A branch, to be read only.
  case graph(ONNXGraph)
  /// A kind that no supported operator has.
  case unsupported

  static func read(_ reader: WireReader) throws(WireError) -> (String, ONNXAttribute) {
    var (reader, name, result) = (reader, "", ONNXAttribute.unsupported)
    var (floats, integers, kind) = ([Float](), [Int64](), Int64(0))
    while let (field, value) = try reader.next() {
      switch field {
      case 1: name = try value.string(field)
      case 2: result = .float(try value.float(field))
      case 3: result = .integer(try value.integer(field))
      case 4: result = .string(try value.string(field))
      case 5:
        result = .tensor(
          try ONNXTensor(try WireReader(try value.bytes(field), depth: reader.depth + 1)))
      case 6:
        result = .graph(
          try ONNXGraph(try WireReader(try value.bytes(field), depth: reader.depth + 1)))
      case 7: floats += try value.floats(field)
      case 8: integers += try value.integers(field)
      case 20: kind = try value.integer(field)
      default: break
      }
    }
    if kind == 6 || !floats.isEmpty { result = .floats(floats) }
    if kind == 7 || !integers.isEmpty { result = .integers(integers) }
    // Some writers leave zeros out.
    if case .unsupported = result {
      switch kind {
      case 1: result = .float(0)
      case 2: result = .integer(0)
      case 3: result = .string("")
      default: break
      }
    }
    return (name, result)
  }

  func write(name: String, to writer: inout WireWriter) {
    writer.string(1, name)
    switch self {
    case .float(let value):
      writer.float(2, value)
      writer.integer(20, 1)
    case .integer(let value):
      writer.integer(3, value)
      writer.integer(20, 2)
    case .string(let value):
      writer.string(4, value)
      writer.integer(20, 3)
    case .tensor(let value):
      writer.message(5) { value.write(to: &$0) }
      writer.integer(20, 4)
    case .floats(let values):
      writer.floats(7, values)
      writer.integer(20, 6)
    case .integers(let values):
      writer.integers(8, values)
      writer.integer(20, 7)
    case .graph, .unsupported: break
    }
  }
}

/// ValueInfoProto of a float tensor.
struct ONNXValue {
  var name = ""
  /// nil: a symbolic or unknown size.
  var shape: [Int?] = []
  /// The elements' type; 0 where the file does not say.
  var type: Int64 = 1
  /// Whether the file names the dimensions at all.
  var hasShape = true

  init(name: String, shape: [Int?]) {
    self.name = name
    self.shape = shape
  }

  init(_ reader: WireReader) throws(WireError) {
    var reader = reader
    while let (field, value) = try reader.next() {
      if field == 1 { name = try value.string(field) }
      if field == 2 { try readType(try WireReader(try value.bytes(field), depth: 3)) }
    }
  }

  /// TypeProto.tensor_type.shape.dim
  private mutating func readType(_ reader: WireReader) throws(WireError) {
    var reader = reader
    (shape, type, hasShape) = ([], 0, false)
    while let (field, value) = try reader.next() {
      guard field == 1 else { continue }
      var tensor = try WireReader(try value.bytes(field), depth: 4)
      while let (field, value) = try tensor.next() {
        if field == 1 { type = try value.integer(field) }
        guard field == 2 else { continue }
        hasShape = true
        var dimensions = try WireReader(try value.bytes(field), depth: 5)
        while let (field, value) = try dimensions.next() {
          guard field == 1 else { continue }
          shape.append(try Self.dimension(try WireReader(try value.bytes(field), depth: 6)))
        }
      }
    }
  }

  private static func dimension(_ reader: WireReader) throws(WireError) -> Int? {
    var (reader, size) = (reader, Int?.none)
    while let (field, value) = try reader.next() {
      if field == 1 { size = Int(exactly: try value.integer(field)).flatMap { $0 > 0 ? $0 : nil } }
    }
    return size
  }

  func write(to writer: inout WireWriter) {
    writer.string(1, name)
    writer.message(2) {
      $0.message(1) { tensor in
        tensor.integer(1, 1)
        guard hasShape else { return }
        tensor.message(2) { dimensions in
          for (axis, size) in shape.enumerated() {
            dimensions.message(1) {
              if let size { $0.integer(1, Int64(size)) } else { $0.string(2, "d\(axis)") }
            }
          }
        }
      }
    }
  }
}
