import ArgumentParser
private import Codecs
private import Files
private import Foundation
private import Imaging
private import ModelFiles
private import Networks
private import Tensors

/// `imgdx model`: looking into model files and running them on bare tensors.
struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model", abstract: "Shows, checks and runs model files (ONNX).",
    discussion: """
      Examples:
        imgdx model info Models/breast-ultrasound.onnx
        imgdx model verify network.onnx
        imgdx model run --model network.onnx --input x.npy --output y.npy
        imgdx model pack network.onnx -o packed.onnx
        imgdx model average first.onnx second.onnx -o both.onnx
      """, subcommands: [Info.self, Verify.self, RunTensors.self, Pack.self, Average.self])

  /// `imgdx model info`: layers, shapes, parameters.
  struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "info",
      abstract: "Lists a model's layers with their shapes, weights and operations.",
      discussion: """
        Operations are multiplications with additions of one image. Where the network takes any \
        size, the table is for the first that suits it.

        Example: imgdx model info Models/breast-ultrasound.onnx
        """)

    @Argument(help: "The model file.") var model: String

    func run() throws {
      let loaded = try Model.load(path: model)
      let inputShapes = try loaded.graph.sampleInputShapes(batch: 1)
      let settled = try loaded.graph.settled(inputShapes: inputShapes)
      var lines = inputShapes.sorted { $0.key < $1.key }.map { name, shape in
        "input '\(name)' \(ModelTable.text(loaded.graph.inputs.first { $0.name == name }?.shape))"
          + ", here \(ModelTable.text(shape))"
      }
      lines.append(ModelTable.row("layer", "operator", "output", "weights", "operations"))
      var total = 0
      for node in settled.graph.nodes {
        let (row, operations) = ModelTable.line(node, settled)
        lines.append(row)
        total += operations
      }
      lines.append("")
      lines.append(
        "\(loaded.graph.parameterCount) weights, \(settled.graph.nodes.count) operators, "
          + String(format: "%.3f", Double(total) / 1e9)
          + " thousand million multiplications with additions")
      if let digest = loaded.digest { lines.append("SHA-256 \(digest)") }
      if let metadata = loaded.metadata {
        lines.append("\(metadata.name): \(metadata.labels.joined(separator: ", "))")
        if !metadata.summary.isEmpty { lines.append(metadata.summary) }
      }
      try StandardOutput.writeLine(lines.joined(separator: "\n"))
    }
  }

  /// `imgdx model verify`: can this file be used, and as what.
  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "verify", abstract: "Checks that a model file is whole and can be run.",
      discussion: "Example: imgdx model verify network.onnx")

    @Argument(help: "The model file.") var model: String

    func run() throws {
      let loaded = try Model.load(path: model)
      let shapes = try loaded.graph.sampleInputShapes(batch: 1)
      for shape in shapes.values {
        let plan = try InferencePlan(graph: loaded.graph, inputShape: shape, threads: 1)
        let outputs = try plan.run(Tensor(shape: shape))
        for (name, tensor) in outputs where !tensor.values.allSatisfy(\.isFinite) {
          throw ModelFileError.unsupported(
            path: model, reason: "its output '\(name)' is not a number for an empty image")
        }
      }
      let kind = loaded.metadata == nil ? "plain ONNX, without imgdx's metadata" : "complete"
      try StandardOutput.writeLine("\(model): sound, \(kind)")
    }
  }

  /// `imgdx model run`: a tensor in, a tensor out.
  struct RunTensors: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "run", abstract: "Runs a model on a tensor (.npy, float32, NCHW).",
      discussion: "Example: imgdx model run --model network.onnx --input x.npy --output y.npy")

    @Option(help: "The model file.") var model: String
    @Option(help: "The input tensor, [N, C, H, W] in float32.") var input: String
    @Option(help: "Where the output tensor goes.") var output: String
    @Option(help: "Which output; default: the model's first.") var outputName: String?
    @Option(help: "Threads that share the run.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    func run() throws {
      let loaded = try Model.load(path: model)
      guard let data = FileManager.default.contents(atPath: input) else {
        throw FileError.cannotRead(
          path: input, reason: "there is no such file, or it cannot be read")
      }
      let array = try NPYArray(reading: Array(data))
      guard case .float32(let values) = array.values else {
        throw FileError.cannotRead(path: input, reason: "it does not hold float32 values")
      }
      let plan = try InferencePlan(graph: loaded.graph, inputShape: array.shape, threads: threads)
      let outputs = try plan.run(Tensor(shape: array.shape, values))
      let name = outputName ?? loaded.graph.outputs.first ?? ""
      guard let result = outputs[name] else {
        throw ValidationError(
          "The model has no output '\(name)'; it has \(loaded.graph.outputs.joined(separator: ", "))."
        )
      }
      let bytes = NPYArray(shape: result.shape, values: .float32(result.values)).encoded()
      try AtomicFile.write(bytes, to: output)
    }
  }
}

extension ModelCommand {
  /// `imgdx model pack`: one file from a model and the weights beside it.
  struct Pack: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "pack", abstract: "Writes a model as one file, its weights inside.",
      discussion: """
        The network is written as imgdx reads it: shape arithmetic done where the file fixes the \
        input's size, old operator sets in today's form. The answers stay the same.

        With --half the weights take half the room, rounded to half precision: relative \
        error at most 0.0005. The network computes in float32 all the same.

        Examples:
          imgdx model pack network.onnx -o packed.onnx
          imgdx model pack network.onnx -o small.onnx --half
        """)

    @Argument(help: "The model file.") var model: String
    @Option(name: .shortAndLong, help: "The model file to write.") var output: String
    @Flag(help: "Write weights in half precision.") var half = false

    func run() throws {
      try ModelCommand.refuseOverwriting([model], by: output)
      try Model.load(path: model).write(to: output, halvesWeights: half)
    }
  }

  static func refuseOverwriting(_ inputs: [String], by output: String) throws {
    func resolved(_ path: String) -> URL { URL(fileURLWithPath: path).resolvingSymlinksInPath() }
    guard !inputs.map(resolved).contains(resolved(output)) else {
      throw ValidationError("The output would replace the input.")
    }
  }
}

/// Columns of `model info`.
private enum ModelTable {
  /// Open sizes are question marks.
  static func text(_ shape: [Int?]?) -> String {
    (shape ?? []).map { $0.map(String.init) ?? "?" }.joined(separator: "x")
  }

  /// A layer's line, and its multiplications.
  static func line(_ node: Node, _ settled: SettledGraph) -> (row: String, operations: Int) {
    let inputs = node.inputs.map { settled.shapes[$0] ?? [] }
    let output = settled.shapes[node.outputs[0]] ?? []
    let operations = node.operation.multiplications(inputs, output: output)
    let weights = node.inputs.reduce(0) { $0 + (settled.graph.parameters[$1]?.count ?? 0) }
    let row = row(
      node.name, node.operation.name, text(output), weights > 0 ? "\(weights)" : "",
      operations > 0 ? "\(operations)" : "")
    return (row, operations)
  }

  static func row(_ cells: String...) -> String {
    zip(cells, [36, 22, 18, 12, 14]).map { cell, width in
      cell + String(repeating: " ", count: max(1, width - cell.count))
    }.joined()
  }
}
