// Repeating and picking: Expand and Gather.

/// Repeats axes of one element until a shape is filled, as broadcasting does.
package struct Expand: Operator {
  /// Nil where the second input says.
  package var shape: [Int]?
  package var name: String { "Expand" }
  package var backwardReads: BackwardReads { [] }

  package init(_ shape: [Int]?) { self.shape = shape }

  package func settled(_ inputs: [Operand]) throws(ShapeError) -> Settled {
    guard shape == nil else { return all(inputs) }
    guard inputs.count == 2, let shape = inputs[1].constant?.integers else { return open(inputs) }
    return Settled(Expand(shape), keeping: 1)
  }

  package func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
    guard inputs.count == 1, let shape else { throw ShapeError("its shape is not a constant") }
    _ = try checkedCount(shape)
    guard shape.count <= 8, let result = broadcastShape(inputs[0], shape) else {
      throw ShapeError("\(inputs[0]) does not expand to \(shape)")
    }
    return [result]
  }

  package func evaluated(_ inputs: [ConstantTensor]) throws(ShapeError) -> [ConstantTensor]? {
    guard inputs.count == 1 else { return nil }
    return [try inputs[0].broadcast(to: try outputShapes([inputs[0].shape])[0])]
  }

  package func orders(_ inputs: [MemoryOrder], shapes: [[Int]]) -> (
    inputs: [MemoryOrder], output: MemoryOrder
  ) { (inputs, shapes[0].count == 4 ? inputs[0] : .channelsLast) }

  package func makeKernel(_ bindings: Bindings) -> any Kernel { ExpandKernel(bindings) }
}

private final class ExpandKernel: Kernel {
  private let io: Bindings
  private let box: StridedBox
  private let sums: ReducingBox

  init(_ io: Bindings) {
    self.io = io
    let (x, y) = (io.inputs[0], io.outputs[0])
    let strides = [y.strides, broadcastStrides(x.shape, x.strides, to: y.shape)]
    box = StridedBox(sizes: y.shape, strides: strides)
    sums = ReducingBox(sizes: y.shape, strides: strides, target: 1)
  }

  func forward(_ run: Run) {
    let (x, y) = (io.inputs[0].floats, io.outputs[0].floats)
    box.forEachRun(run) { o, count in
      CopyKernel.copy(y + o.0, box.step.0, x + o.1, box.step.1, count)
    }
  }

  func backward(_ run: Run) {
    guard let target = io.inputGradients[0] else { return }
    let (dx, dy) = (target.view.floats, io.outputGradients[0].floats)
    if !target.accumulates { dx.update(repeating: 0, count: target.view.count) }
    let step = sums.innerStep
    sums.forEachRun(run) { o, count in
      CopyKernel.add(dx + o.1, step.1, dy + o.0, step.0, count)
    }
  }
}

/// Elements picked along an axis by constant indices.
package struct Gather: Operator {
  package var axis: Int
  /// Nil where the second input says.
  package var indices: ConstantTensor?
  package var name: String { "Gather" }
  package var backwardReads: BackwardReads { [] }

  package init(axis: Int, indices: ConstantTensor? = nil) {
    (self.axis, self.indices) = (axis, indices)
  }

  package func settled(_ inputs: [Operand]) throws(ShapeError) -> Settled {
    guard indices == nil else { return all(inputs) }
    guard inputs.count == 2, let indices = inputs[1].constant else { return open(inputs) }
    return Settled(Gather(axis: axis, indices: indices), keeping: 1)
  }

  /// The axis and the positions along it, counted from the front.
  fileprivate func positions(_ shape: [Int]) throws(ShapeError) -> (axis: Int, positions: [Int]) {
    guard let indices else { throw ShapeError("its indices are not constants") }
    guard let axis = normalizedAxis(axis, rank: shape.count) else {
      throw ShapeError("axis \(axis) is outside \(shape)")
    }
    var positions: [Int] = []
    for index in indices.integers {
      guard let position = normalizedAxis(index, rank: shape[axis]) else {
        throw ShapeError("index \(index) is outside axis \(axis) of \(shape)")
      }
      positions.append(position)
    }
    return (axis, positions)
  }

  package func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
    guard inputs.count == 1 else { throw ShapeError("its indices are not constants") }
    let (axis, positions) = try positions(inputs[0])
    let chosen = indices?.shape ?? []
    guard chosen.count <= 1, positions.count <= 1 << 16 else {
      throw ShapeError("only a list of indices is supported")
    }
    var shape = inputs[0]
    shape.replaceSubrange(axis...axis, with: chosen)
    return [shape]
  }

  package func evaluated(_ inputs: [ConstantTensor]) throws(ShapeError) -> [ConstantTensor]? {
    let indices = inputs.count > 1 ? inputs[1] : indices
    let gather = Gather(axis: axis, indices: indices)
    let x = inputs[0]
    let (axis, positions) = try gather.positions(x.shape)
    let inner = x.shape[(axis + 1)...].reduce(1, *)
    let outer = x.shape[..<axis].reduce(1, *)
    guard try checkedCount([outer, positions.count, inner]) <= ConstantTensor.limit else {
      throw ShapeError("the result is too large for a constant")
    }
    var values: [Double] = []
    for row in 0..<outer {
      for position in positions {
        let start = (row * x.shape[axis] + position) * inner
        values += x.values[start..<start + inner]
      }
    }
    var shape = x.shape
    shape.replaceSubrange(axis...axis, with: indices?.shape ?? [])
    return [ConstantTensor(shape: shape, values, isInteger: x.isInteger)]
  }

  package func orders(_ inputs: [MemoryOrder], shapes: [[Int]]) -> (
    inputs: [MemoryOrder], output: MemoryOrder
  ) { (inputs, shapes[0].count == 4 ? inputs[0] : .channelsLast) }

  package func makeKernel(_ bindings: Bindings) -> any Kernel {
    let (axis, positions) = (try? positions(bindings.inputs[0].shape)) ?? (0, [])
    return GatherKernel(bindings, axis: axis, positions: positions, keepsAxis: indices?.shape != [])
  }
}

private final class GatherKernel: Kernel {
  private let io: Bindings
  private let positions: [Int]
  private let box: StridedBox
  private let inputStride: Int
  private let outputStride: Int

  init(_ io: Bindings, axis: Int, positions: [Int], keepsAxis: Bool) {
    self.io = io
    self.positions = positions
    let (x, y) = (io.inputs[0], io.outputs[0])
    var (sizes, from, to) = (x.shape, x.strides, y.strides)
    inputStride = from.remove(at: axis)
    outputStride = keepsAxis ? to.remove(at: axis) : 0
    sizes.remove(at: axis)
    box = StridedBox(sizes: sizes, strides: [to, from])
  }

  func forward(_ run: Run) {
    let (x, y) = (io.inputs[0].floats, io.outputs[0].floats)
    for (index, position) in positions.enumerated() {
      box.forEachRun(run) { o, count in
        CopyKernel.copy(
          y + index * outputStride + o.0, box.step.0, x + position * inputStride + o.1,
          box.step.1, count)
      }
    }
  }

  func backward(_ run: Run) {
    guard let target = io.inputGradients[0] else { return }
    let (dx, dy) = (target.view.floats, io.outputGradients[0].floats)
    if !target.accumulates { dx.update(repeating: 0, count: target.view.count) }
    for (index, position) in positions.enumerated() {
      box.forEachRunInOrder { o, count in
        CopyKernel.add(
          dx + position * inputStride + o.1, box.step.1, dy + index * outputStride + o.0,
          box.step.0, count)
      }
    }
  }
}
