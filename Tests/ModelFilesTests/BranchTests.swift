// `If` around a squeeze, as PyTorch writes it.
import Networks
import Tensors
import Testing

@testable import ModelFiles

@Suite struct BranchTests {
  /// What PyTorch's older exporter makes of `squeeze(1)` where it does not know the size.
  @Test func `a branch that squeezes is followed by the size`() throws {
    for (size, expected) in [(1, [2, 3]), (2, [2, 2, 3])] {
      var draft = Draft(input: [nil, nil, nil])
      draft.integers("one", [1])
      draft.integers("index", [1])
      draft.add("Shape", ["x"], ["shape"])
      draft.add("Gather", ["shape", "index"], ["size"])
      draft.add("Equal", ["size", "one"], ["isOne"])
      draft.addSqueeze(if: "isOne", axis: 1)
      #expect(try draft.answer(counted([2, size, 3])).shape == expected)
      draft.graph.nodes[3].attributes["else_branch"] = .branch("Relu", ["x"])
      #expect(throws: ImportError.self) { try draft.imported() }
    }
  }

  /// Any other condition was once taken for the size of the axis.
  @Test(arguments: ["size of another axis", "another number", "another value", "Less"])
  func `a branch by another condition is refused`(difference: String) throws {
    var draft = Draft(input: [1, 1, 2])
    draft.integers("index", [difference == "size of another axis" ? 2 : 1])
    draft.integers("one", [difference == "another number" ? 2 : 1])
    draft.add("Relu", ["x"], ["other"])
    draft.add("Shape", [difference == "another value" ? "other" : "x"], ["shape"])
    draft.add("Gather", ["shape", "index"], ["size"])
    draft.add(difference == "Less" ? "Less" : "Equal", ["size", "one"], ["condition"])
    draft.addSqueeze(if: "condition", axis: 1)
    #expect(throws: ImportError.self) { try draft.imported() }
  }

  @Test(arguments: [(0, [1, 1, 2]), (1, [1, 2])])
  func `a branch by a constant is taken`(condition: Int, expected: [Int]) throws {
    var draft = Draft(input: [1, 1, 2])
    draft.integers("condition", [Int64(condition)])
    draft.addSqueeze(if: "condition", axis: 1)
    #expect(try draft.answer(counted([1, 1, 2])).shape == expected)
  }
}

extension ONNXAttribute {
  /// A branch of one node that makes "inner".
  fileprivate static func branch(_ operation: String, _ inputs: [String]) -> ONNXAttribute {
    var (graph, node) = (ONNXGraph(), ONNXNode(operation))
    (node.inputs, node.outputs) = (inputs, ["inner"])
    graph.nodes = [node]
    return .graph(graph)
  }
}

extension Draft {
  /// `y`: x squeezed if the condition holds, else as it is.
  fileprivate mutating func addSqueeze(if condition: String, axis: Int64) {
    integers("axes", [axis])
    add(
      "If", [condition], ["y"],
      [
        "then_branch": .branch("Squeeze", ["x", "axes"]),
        "else_branch": .branch("Identity", ["x"]),
      ])
  }
}
