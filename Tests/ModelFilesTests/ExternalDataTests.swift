// Weights in files beside the model's.
import Foundation
import Networks
import Tensors
import Testing

@testable import ModelFiles

@Suite struct ExternalDataTests {
  /// A model `y = x + w` whose w stands in another file.
  private func draft(_ external: [String: String], shape: [Int64] = [2]) -> Draft {
    var draft = Draft(input: [2])
    var tensor = ONNXTensor(name: "w", integers: [])
    (tensor.shape, tensor.type, tensor.isExternal, tensor.external) = (shape, 1, true, external)
    draft.graph.initializers = [tensor]
    draft.add("Add", ["x", "w"])
    return draft
  }

  private func withFolder(_ body: (String) throws -> Void) throws {
    let outer = NSTemporaryDirectory() + "imgdx-external-\(UUID().uuidString)"
    let folder = outer + "/model"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: outer) }
    let floats: [Float] = [1, 2, 3, 4]
    let bytes = floats.withUnsafeBytes { Data($0) }
    try bytes.write(to: URL(fileURLWithPath: folder + "/weights.bin"))
    try bytes.write(to: URL(fileURLWithPath: outer + "/secret.bin"))
    try body(folder)
  }

  @Test func `weights beside the model are read from their offset`() throws {
    try withFolder { folder in
      let graph = try draft(["location": "weights.bin", "offset": "8", "length": "8"])
        .imported(folder: folder)
      #expect(graph.parameters["w"]?.values == [3, 4])
      let whole = try draft(["location": "./weights.bin"]).imported(folder: folder)
      #expect(whole.parameters["w"]?.values == [1, 2])
    }
  }

  @Test func `a path that leaves the folder is refused, through links too`() throws {
    try withFolder { folder in
      let outside = folder + "/../secret.bin"
      let manager = FileManager.default
      try manager.createSymbolicLink(
        atPath: folder + "/link.bin", withDestinationPath: "../secret.bin")
      try manager.createSymbolicLink(atPath: folder + "/up", withDestinationPath: "..")
      #expect(manager.contents(atPath: folder + "/link.bin") != nil)
      for path in ["../secret.bin", outside, "link.bin", "up/secret.bin", "a/../../secret.bin"] {
        let error = #expect(throws: ImportError.self, "\(path)") {
          try draft(["location": path]).imported(folder: folder)
        }
        #expect(error?.reason.contains("leaves the model's folder") == true, "\(path)")
      }
    }
  }

  @Test func `lengths and offsets that do not fit are refused`() throws {
    try withFolder { folder in
      for wrong in [
        ["offset": "12"], ["offset": "-4"], ["offset": "9223372036854775807"], ["length": "4"],
        ["length": "-1"], ["offset": "x"], ["location": ""], ["location": "."],
        ["location": "nowhere.bin"], ["location": "weights.bin\0"],
      ] {
        let external = ["location": "weights.bin"].merging(wrong) { $1 }
        #expect(throws: ImportError.self, "\(wrong)") {
          try draft(external).imported(folder: folder)
        }
      }
      for shape: [Int64] in [[-2], [1 << 62, 8], [5]] {
        #expect(throws: ImportError.self, "\(shape)") {
          try draft(["location": "weights.bin"], shape: shape).imported(folder: folder)
        }
      }
    }
  }
}
