// A network from an ONNX file, made ready for `imgdx train --network`.
import ArgumentParser
private import ModelFiles
internal import Networks

/// The network and what training must know of it.
struct ImportedNetwork {
  let graph: Graph
  let width: Int
  let height: Int
  var output: String { graph.outputs[0] }

  /// Normalisation of ImageNet's channels, which most published weights expect.
  private static let mean: [Float] = [0.485, 0.456, 0.406]
  private static let deviation: [Float] = [0.229, 0.224, 0.225]

  /// - Parameters:
  ///   - size: of the input where the file leaves it open.
  ///   - answers: classes, or 1 for masks.
  init(path: String, size: Int, answers: Int, seed: UInt64) throws {
    var graph = try Model.load(path: path).graph
    guard graph.inputs.count == 1, graph.inputs[0].shape.count == 4 else {
      throw ValidationError("\(path) does not take one image [N, C, H, W]")
    }
    let shape = graph.inputs[0].shape
    (height, width) = (shape[2] ?? size, shape[3] ?? size)
    graph.inputs[0].shape = [nil, shape[1] ?? 3, height, width]
    graph = try graph.withHead(width: answers, seed: seed)
    switch graph.inputs[0].shape[1] {
    case 1: break
    case 3: graph = graph.takingLuminance(mean: Self.mean, standardDeviation: Self.deviation)
    case let channels:
      throw ValidationError("\(path) takes \(channels ?? 0) channels; training knows 1 and 3")
    }
    self.graph = graph
  }
}
