// Networks that others wrote: forms of operators, shape arithmetic, files that mean harm.
import Foundation
import Networks
import Tensors
import Testing

@testable import ModelFiles

@Suite struct ImportTests {
  @Test(arguments: [1, -1]) func `indices of several dimensions are gathered`(axis: Int) throws {
    var draft = Draft(input: axis == 1 ? [1, 3, 2] : [1, 2, 3])
    var indices = ONNXTensor(name: "indices", integers: [2, 0, 1, 1], shape: [2, 2])
    indices.integers = [2, 0, 1, 1]
    draft.graph.initializers.append(indices)
    draft.add("Gather", ["x", "indices"], ["y"], ["axis": .integer(Int64(axis))])
    let y = try draft.answer(counted(axis == 1 ? [1, 3, 2] : [1, 2, 3]))
    #expect(y.shape == (axis == 1 ? [1, 2, 2, 2] : [1, 2, 2, 2]))
    #expect(y.values == (axis == 1 ? [4, 5, 0, 1, 2, 3, 2, 3] : [2, 0, 1, 1, 5, 3, 4, 4]))
  }

  /// Operator set 10 leaves the rounding open; ONNX Runtime rounds up where it shrinks.
  @Test func `shrinking to the nearest of operator set 10 rounds up`() throws {
    var draft = Draft(input: [1, 1, 1, 5])
    draft.floats("scales", [4], [1, 1, 1, 0.6])
    draft.add("Resize", ["x", "scales"])
    #expect(try draft.answer(counted([1, 1, 1, 5]), opset: 10).values == [0, 2, 4])
  }

  @Test func `values are tiled`() throws {
    var draft = Draft(input: [nil, 2, nil])
    draft.integers("counts", [1, 2, 3])
    draft.add("Tile", ["x", "counts"])
    let y = try draft.answer(Tensor(shape: [1, 2, 2], [1, 2, 3, 4]))
    #expect(y.shape == [1, 4, 6])
    let rows: [[Float]] = [[1, 2, 1, 2, 1, 2], [3, 4, 3, 4, 3, 4]]
    #expect(y.values == (rows + rows).flatMap { $0 })
  }

  /// Operator sets before 13 count all axes from the given one on as one.
  @Test func `an old softmax is written as new ones`() throws {
    var draft = Draft(input: [nil, 2, nil])
    draft.add("Softmax", ["x"], ["y"], ["axis": .integer(1)])
    let x = Tensor(shape: [1, 2, 2], [0, 1, 2, 3])
    let y = try draft.answer(x, opset: 9)
    #expect(y.shape == [1, 2, 2] && abs(y.values.reduce(0, +) - 1) < 1e-6)
    let model = Model(graph: try draft.imported(opset: 9), metadata: nil)
    let back = try model.encoded().withUnsafeBytes { try Model.decode($0, path: "packed.onnx") }
    let plan = try InferencePlan(graph: back.graph, inputShape: x.shape, threads: 1)
    #expect(try plan.run(x)["y"]?.values == y.values)
  }

  /// 20 · 1.3 is 26 in float32 and less in double: a size too small by one.
  @Test func `sizes are reckoned in float32`() throws {
    var draft = Draft(input: [1, 1, nil, nil])
    draft.add("Shape", ["x"], ["shape"])
    draft.add("Cast", ["shape"], ["wide"], ["to": .integer(1)])
    draft.floats("scales", [4], [1, 1, 1.3, 1.3])
    draft.add("Mul", ["wide", "scales"], ["scaled"])
    draft.add("Floor", ["scaled"], ["whole"])
    draft.add("Cast", ["whole"], ["sizes"], ["to": .integer(7)])
    draft.add("Resize", ["x", "", "", "sizes"])
    #expect(try draft.answer(counted([1, 1, 20, 20])).shape == [1, 1, 26, 26])
  }

  @Test func `a kernel is as large as the weights turn out to be`() throws {
    var draft = Draft(input: [1, 1, nil, nil])
    draft.floats("w", [3, 3, 1, 1], [Float](repeating: 1, count: 9))
    draft.add("Transpose", ["w"], ["weights"], ["perm": .integers([2, 3, 0, 1])])
    draft.add("Conv", ["x", "weights"])
    let y = try draft.answer(counted([1, 1, 3, 4]))
    #expect(y.shape == [1, 1, 1, 2] && y.values == [45, 54])
  }

  @Test func `slopes of channels before broadcasting are along axis 1`() throws {
    var draft = Draft(input: [1, 2, 1, 2])
    draft.floats("slopes", [2], [0.5, 2])
    draft.add("PRelu", ["x", "slopes"])
    let x = Tensor(shape: [1, 2, 1, 2], [-1, -2, -3, 4])
    #expect(try draft.answer(x, opset: 6).values == [-0.5, -1, -6, 4])
  }

  @Test func `what others call by a known name is refused`() throws {
    for name in ["Identity", "Cast", "Swish", "Softmax"] {
      var draft = Draft(input: [1, 2])
      draft.add(name, ["x"])
      draft.graph.nodes[0].domain = "acme"
      #expect(throws: ImportError.self) { try draft.imported() }
    }
  }

  @Test func `a reduction over no axes does nothing where it says so`() throws {
    var draft = Draft(input: [1, 2])
    draft.add("ReduceMean", ["x"], ["mean"], ["noop_with_empty_axes": .integer(1)])
    draft.add("Relu", ["mean"])
    #expect(try draft.answer(Tensor(shape: [1, 2], [1, -2]), opset: 18).values == [1, 0])
  }

  @Test func `constants are cast like others`() throws {
    var draft = Draft(input: [1, 2])
    draft.integers("three", [3])
    draft.add("CastLike", ["three", "x"], ["number"])
    draft.add("Mul", ["x", "number"])
    #expect(try draft.answer(Tensor(shape: [1, 2], [1, -2])).values == [3, -6])
  }

  @Test func `shape arithmetic is done for every input size`() throws {
    var draft = Draft(input: [nil, 2, nil, nil])
    draft.add("Shape", ["x"], ["shape"])
    draft.add("Constant", [], ["zero"], ["value_int": .integer(0)])
    draft.add("Gather", ["shape", "zero"], ["batch"])
    draft.integers("first", [0])
    draft.add("Unsqueeze", ["batch", "first"], ["batches"])
    draft.integers("rest", [-1])
    draft.add("Concat", ["batches", "rest"], ["target"], ["axis": .integer(0)])
    draft.add("Reshape", ["x", "target"])
    for shape in [[1, 2, 3, 4], [3, 2, 5, 1]] {
      let y = try draft.answer(counted(shape))
      #expect(y.shape == [shape[0], shape.reduce(1, *) / shape[0]])
      #expect(y.values == counted(shape).values)
    }
    #expect(try draft.imported().nodes.contains { $0.operation is ConstantFunction })
    var fixed = draft
    fixed.graph.inputs[0].shape = [1, 2, 3, 4]
    #expect(try fixed.imported().nodes.map(\.operation.name) == ["Reshape"])
  }

  @Test func `operators keep the meaning of their operator set`() throws {
    let x = Tensor(shape: [1, 2, 1, 2], [-2, -1, 1, 2])
    var old = Draft(input: [1, 2, 1, 2])
    old.add("Clip", ["x"], ["y"], ["min": .float(-1), "max": .float(1)])
    #expect(try old.answer(x, opset: 6).values == [-1, -1, 1, 1])
    var new = Draft(input: [1, 2, 1, 2])
    new.floats("high", [], [1])
    new.add("Clip", ["x", "", "high"])
    #expect(try new.answer(x, opset: 13).values == [-2, -1, 1, 1])

    var aligned = Draft(input: [1, 2, 1, 2])
    aligned.floats("c", [2], [10, 20])
    aligned.add("Add", ["x", "c"], ["y"], ["broadcast": .integer(1), "axis": .integer(1)])
    #expect(try aligned.answer(x, opset: 6).values == [8, 9, 21, 22])
    #expect(try aligned.answer(x, opset: 7).values == [8, 19, 11, 22])

    var larger = Draft(input: [1, 2, 1, 2])
    larger.floats("scales", [4], [1, 1, 1, 2])
    larger.add("Upsample", ["x", "scales"])
    #expect(try larger.answer(x, opset: 9).values == [-2, -2, -1, -1, 1, 1, 2, 2])
  }

  @Test func `a product with factors and any bias is what ONNX says`() throws {
    var draft = Draft(input: [2, 3])
    draft.floats("w", [2, 2], [1, 2, 3, 4])
    draft.floats("c", [3, 1], [1, 10, 100])
    draft.add(
      "Gemm", ["x", "w", "c"], ["y"],
      ["transA": .integer(1), "alpha": .float(0.5), "beta": .float(2)])
    let y = try draft.answer(Tensor(shape: [2, 3], [1, 2, 3, 4, 5, 6]))
    #expect(y.shape == [3, 2])
    // xᵀ w = [[13, 18], [17, 24], [21, 30]]
    #expect(y.values == [8.5, 11, 28.5, 32, 210.5, 215])
  }

  @Test func `an output that is only another name keeps its name`() throws {
    var draft = Draft(input: [1, 2])
    draft.add("Relu", ["x"], ["a"])
    draft.add("Identity", ["a"])
    #expect(try draft.answer(Tensor(shape: [1, 2], [-1, 1])).values == [0, 1])
  }

  @Test func `a norm exported while training takes the batch's statistics, of any rank`() throws {
    for shape in [[4, 1, 1, 1], [4, 1, 1]] {
      var draft = Draft(input: shape)
      for (name, value) in [("scale", 2), ("bias", 1), ("mean", 5), ("variance", 9)] {
        draft.floats(name, [1], [Float(value)])
      }
      draft.add(
        "BatchNormalization", ["x", "scale", "bias", "mean", "variance"],
        ["norm", "moved mean", "moved variance"], ["training_mode": .integer(1)])
      draft.add("Relu", ["norm"])
      // Mean 4, variance 5.
      let y = try draft.answer(Tensor(shape: shape, [1, 3, 5, 7]))
      let expected = [-3, -1, 1, 3].map { max(0, 2 * $0 / Float(5).squareRoot() + 1) }
      #expect(zip(y.values, expected).allSatisfy { abs($0 - $1) < 1e-5 })
    }
  }

  @Test func `nodes of one name are told apart`() throws {
    var draft = Draft(input: [1, 2])
    for (index, names) in [["x", "a"], ["a", "y"]].enumerated() {
      draft.add("Relu", [names[0]], [names[1]])
      draft.graph.nodes[index].name = "same"
    }
    let names = try draft.imported().nodes.map(\.name)
    #expect(Set(names).count == 2)
  }

  @Test func `an operator of another domain is named with its node`() throws {
    var draft = Draft(input: [1, 2])
    draft.add("FusedConv", ["x"])
    draft.graph.nodes[0].domain = "com.microsoft"
    draft.graph.nodes[0].name = "odd one"
    let error = #expect(throws: ImportError.self) { try draft.imported() }
    #expect(error?.reason.contains("'odd one'") == true)
    #expect(error?.reason.contains("FusedConv") == true)
  }

  @Test func `a circle of nodes is refused`() throws {
    var draft = Draft(input: [1, 2])
    draft.add("Add", ["x", "b"], ["a"])
    draft.add("Relu", ["a"], ["b"])
    draft.add("Relu", ["b"])
    #expect(throws: ImportError.self) { try draft.imported() }
  }

  @Test(arguments: [
    [Int64.max, Int64.max], [1 << 40, 1 << 40], [-5, 3], [0x7FFF_FFFF, 0x7FFF_FFFF],
  ])
  func `shapes beyond reason are refused before memory is taken`(sizes: [Int64]) throws {
    for operation in ["Expand", "Reshape", "Tile", "ConstantOfShape", "Pad", "Slice", "Resize"] {
      var draft = Draft(input: [1, 1])
      draft.integers("sizes", sizes)
      draft.integers("more", sizes + sizes)
      draft.add(operation, operation == "ConstantOfShape" ? ["sizes"] : ["x", "sizes", "more"])
      do {
        let graph = try draft.imported()
        let y = try InferencePlan(graph: graph, inputShape: [1, 1], threads: 1)
          .run(Tensor(shape: [1, 1]))
        #expect((y["y"]?.count ?? 0) <= 1, "\(operation)")
      } catch is ImportError {
      } catch is NetworkError {}
    }
  }

  @Test func `what leads to no output need not be understood`() throws {
    var draft = Draft(input: [1, 2])
    draft.add("NonMaxSuppression", ["x"], ["boxes"])
    draft.add("Relu", ["x"])
    var words = ONNXTensor(name: "words", integers: [])
    words.type = 8
    draft.graph.initializers.append(words)
    #expect(try draft.answer(counted([1, 2])).values == [0, 1])
  }

  @Test func `outputs may be constants`() throws {
    var draft = Draft(input: [1, 2])
    draft.floats("w", [1, 2], [3, 4])
    draft.floats("v", [1, 2], [1, 1])
    draft.add("Add", ["w", "v"], ["sum"])
    draft.add("Mul", ["x", "sum"])
    draft.graph.outputs.append(ONNXValue(name: "sum", shape: []))
    draft.graph.outputs.append(ONNXValue(name: "w", shape: []))
    let plan = try InferencePlan(graph: try draft.imported(), inputShape: [1, 2], threads: 1)
    let values = try plan.run(counted([1, 2]))
    #expect(values["y"]?.values == [0, 5])
    #expect(values["sum"]?.values == [4, 5] && values["w"]?.values == [3, 4])
  }

  @Test func `an input without a shape has the channels that its convolution takes`() throws {
    var draft = Draft(input: [nil, nil, nil, nil])
    draft.floats("w", [2, 5, 1, 1], [Float](repeating: 1, count: 10))
    draft.add("Conv", ["x", "w"])
    #expect(try draft.imported().sampleShapes(batch: 1)["y"] == [1, 2, 256, 256])
  }

  /// Grouped weights of one parameter.
  @Test func `weights that are split are weights`() throws {
    var draft = Draft(input: [1, 1, nil, nil])
    draft.floats("both", [2, 1, 1, 1], [2, 3])
    draft.integers("sizes", [1, 1])
    draft.add("Split", ["both", "sizes"], ["first", "second"])
    draft.add("Conv", ["x", "first"], ["a"])
    draft.add("Conv", ["x", "second"], ["b"])
    draft.add("Concat", ["a", "b"], ["y"], ["axis": .integer(1)])
    #expect(try draft.answer(counted([1, 1, 1, 2])).values == [0, 2, 0, 3])
  }

  /// `nn.LocalResponseNorm` is exported so.
  @Test func `volumes are pooled along their depth only`() throws {
    var draft = Draft(input: [1, 1, 4, 1, 2])
    let attributes: [String: ONNXAttribute] = [
      "kernel_shape": .integers([2, 1, 1]), "strides": .integers([1, 1, 1]),
      "pads": .integers([1, 0, 0, 0, 0, 0]), "count_include_pad": .integer(1),
    ]
    draft.add("AveragePool", ["x"], ["y"], attributes)
    let y = try draft.answer(counted([1, 1, 4, 1, 2]))
    #expect(y.shape == [1, 1, 4, 1, 2] && y.values == [0, 0.5, 1, 2, 3, 4, 5, 6])
    for kernel: [Int64] in [[2, 2, 1], [2, 1, 2], [2, 2, 1, 1]] {
      draft.graph.nodes[0].attributes["kernel_shape"] = .integers(kernel)
      #expect(throws: ImportError.self) { try draft.imported() }
    }
  }
}
