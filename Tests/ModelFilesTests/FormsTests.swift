// Forms of operators that were read wrongly, refused, or written in another meaning.
import Networks
import Tensors
import Testing

@testable import ModelFiles

@Suite struct FormsTests {
  /// The scratch memory of a product folded at load was given back before it was used.
  @Test(arguments: [(8, 8, 3), (1, 4, 3), (2, 16, 3), (1, 16, 5)])
  func `convolutions of weights are folded`(channels: Int, outputs: Int, kernel: Int) throws {
    func draft(folds: Bool) -> Draft {
      var draft = Draft(input: [1, channels, 8, 8])
      let count = outputs * channels * kernel * kernel
      draft.floats("w", [outputs, channels, kernel, kernel], (0..<count).map { Float($0 % 7) - 3 })
      draft.floats("c", [1, channels, 8, 8], (0..<channels * 64).map { Float($0 % 5) })
      draft.add("Conv", [folds ? "c" : "x", "w"], ["a"])
      if folds {
        draft.add("ReduceSum", ["x"], ["sum"])
        draft.add("Mul", ["sum", "zero"], ["nothing"])
        draft.floats("zero", [], [0])
        draft.add("Add", ["a", "nothing"])
      } else {
        draft.add("Identity", ["a"])
      }
      return draft
    }
    let value = Tensor(
      shape: [1, channels, 8, 8], (0..<channels * 64).map { Float($0 % 5) })
    let folded = try draft(folds: true).answer(value)
    #expect(try folded.values == draft(folds: false).answer(value).values)
  }

  @Test func `weights computed from small constants are weights`() throws {
    var draft = Draft(input: [1, 1, 2, 2])
    draft.floats("flat", [2], [2, 3])
    draft.integers("shape", [2, 1, 1, 1])
    draft.add("Reshape", ["flat", "shape"], ["w"])
    draft.add("Mul", ["w", "w"], ["squares"])
    draft.add("Conv", ["x", "squares"])
    #expect(try draft.answer(counted([1, 1, 2, 2])).values == [0, 4, 8, 12, 0, 9, 18, 27])
  }

  /// The bias was read with the strides of the scale, beyond its end.
  @Test func `scale and bias of different shapes are refused`() throws {
    var draft = Draft(input: [1, 4, 5])
    draft.floats("scale", [5], [1, 1, 1, 1, 1])
    draft.floats("bias", [1], [0])
    draft.add("LayerNormalization", ["x", "scale", "bias"])
    #expect(throws: (any Error).self) { try draft.answer(counted([1, 4, 5])) }
  }

  @Test(arguments: [Int64.max, Int64.min, 0, -1, 1 << 40])
  func `groups beyond reason are refused`(group: Int64) throws {
    var draft = Draft(input: [1, 1, 4, 4])
    draft.floats("w", [1, 1, 1, 1], [1])
    draft.add("Conv", ["x", "w"], ["y"], ["group": .integer(group)])
    #expect(throws: ImportError.self) { try draft.imported() }
  }

  @Test func `vectors are no weights of a convolution`() throws {
    for shape in [[], [4], [2, 2]] {
      var draft = Draft(input: [nil, nil, nil, nil])
      draft.floats("w", shape, [Float](repeating: 1, count: shape.reduce(1, *)))
      draft.add("Conv", ["x", "w"])
      #expect(throws: (any Error).self) { try draft.imported().sampleShapes(batch: 1) }
    }
  }

  @Test func `a norm of too few inputs is refused`() throws {
    var draft = Draft(input: [1, 2, 3])
    draft.floats("scale", [2], [1, 1])
    draft.add("BatchNormalization", ["x", "scale"])
    #expect(throws: (any Error).self) { try draft.answer(counted([1, 2, 3])) }
  }

  /// Each value was in order, and together they took gigabytes.
  @Test func `values that grow from node to node are refused`() throws {
    var draft = Draft(input: [1, 1])
    draft.integers("v0", [Int64](repeating: 1, count: 64))
    for index in 0..<12 {
      draft.add(
        "Concat", [String](repeating: "v\(index)", count: 8), ["v\(index + 1)"],
        ["axis": .integer(0)])
    }
    draft.add("Expand", ["x", "v12"])
    #expect(throws: ImportError.self) { try draft.imported() }
  }

  @Test func `the upper bound wins where bounds cross`() throws {
    var draft = Draft(input: [1, 3])
    draft.floats("low", [], [1])
    draft.floats("high", [], [-0.5])
    draft.add("Clip", ["x", "low", "high"])
    #expect(try draft.answer(counted([1, 3])).values == [-0.5, -0.5, -0.5])
  }

  /// -1 mod 3 is 2 by the divisor's sign and -1 by the dividend's.
  @Test(arguments: [(Int64(0), 4), (1, 1)])
  func `remainders have the sign that the file asks for`(fmod: Int64, size: Int) throws {
    var draft = Draft(input: [1, 1])
    draft.floats("a", [1], [-1])
    draft.floats("b", [1], [3])
    draft.floats("two", [1], [2])
    draft.add("Mod", ["a", "b"], ["m"], ["fmod": .integer(fmod)])
    draft.add("Add", ["m", "two"], ["sum"])
    draft.add("Cast", ["sum"], ["size"], ["to": .integer(7)])
    draft.add("Expand", ["x", "size"])
    #expect(try draft.answer(counted([1, 1])).shape == [1, size])
  }

  @Test func `casts like integers are refused`() throws {
    var draft = Draft(input: [1, 3])
    draft.integers("like", [1])
    draft.add("CastLike", ["x", "like"])
    #expect(throws: ImportError.self) { try draft.imported(opset: 19) }
  }

  /// Before operator set 14 the number of outputs says that a norm trains.
  @Test func `norms with all outputs use the batch`() throws {
    var draft = Draft(input: [2, 1, 1, 1])
    for name in ["scale", "variance"] { draft.floats(name, [1], [1]) }
    for name in ["bias", "mean"] { draft.floats(name, [1], [0]) }
    draft.add(
      "BatchNormalization", ["x", "scale", "bias", "mean", "variance"],
      ["y", "m", "v", "sm", "sv"])
    let x = Tensor(shape: [2, 1, 1, 1], [1, 3])
    let y = try draft.answer(x, opset: 9).values
    #expect(abs(y[0] + 1) < 1e-4 && abs(y[1] - 1) < 1e-4)
  }

  @Test func `magnitudes are taken even over no axes`() throws {
    var draft = Draft(input: [1, 2])
    draft.add("ReduceL1", ["x"], ["y"], ["noop_with_empty_axes": .integer(1)])
    #expect(try draft.answer(Tensor(shape: [1, 2], [-1, 2]), opset: 18).values == [1, 2])
  }

  @Test func `further outputs are refused by name`() throws {
    var draft = Draft(input: [1, 1, 2, 2])
    draft.add("MaxPool", ["x"], ["a", "places"], ["kernel_shape": .integers([2, 2])])
    draft.add("Add", ["a", "places"])
    let error = #expect(throws: ImportError.self) { try draft.imported() }
    #expect(error?.reason.contains("further output 'places'") == true)
  }

  /// What is written again: names made once, one way to say how to split, booleans as booleans.
  @Test func `what is packed keeps its meaning`() throws {
    var draft = Draft(input: [nil, 4, nil, nil])
    draft.integers("index", [1])
    draft.integers("two", [2])
    draft.add("Shape", ["x"], ["shape"])
    draft.add("Gather", ["shape", "index"], ["channels"])
    draft.add("Div", ["channels", "two"], ["half"])
    draft.add("Concat", ["half", "half"], ["sizes"], ["axis": .integer(0)])
    draft.add("Split", ["x", "sizes"], ["a", "b"], ["axis": .integer(1)])
    draft.add("Sub", ["a", "b"])
    let model = Model(graph: try draft.imported(), metadata: nil)
    let bytes = try model.encoded()
    let back = try bytes.withUnsafeBytes { try Model.decode($0, path: "packed.onnx") }
    let plan = try InferencePlan(graph: back.graph, inputShape: [1, 4, 1, 1], threads: 1)
    #expect(try plan.run(counted([1, 4, 1, 1]))["y"]?.values == [-2, -2])
    let written = try bytes.withUnsafeBytes { try ONNXModel($0) }.graph
    let made = written.nodes.flatMap(\.outputs) + written.initializers.map(\.name)
    #expect(Set(made).count == made.count)
    for node in written.nodes where node.operation == "Split" && node.inputs.count > 1 {
      #expect(node.attributes["num_outputs"] == nil)
    }
  }
}
