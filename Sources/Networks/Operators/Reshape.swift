// Operators that give the same elements another shape: Reshape, Flatten, Squeeze, Unsqueeze.

/// The same elements in the same order under a new shape.
package struct Reshape: Operator {
  package enum Rule: Sendable, Equatable {
    /// The second input says.
    case input
    /// ONNX's sizes: -1 takes what is left, 0 keeps the input's size unless `allowsZero`.
    case sizes([Int])
    /// `[d0 · … · d(axis-1), d(axis) · …]`
    case flatten(axis: Int)
    /// Drops these axes of one element; all of them when nil.
    case squeeze([Int]?)
    /// Drops those of these axes that have one element.
    case squeezeWherePossible([Int])
    /// Adds axes of one element at these positions of the result.
    case unsqueeze([Int])
  }
  package var rule: Rule
  package var allowsZero: Bool
  /// What the operator is called where the second input holds the sizes or axes.
  package var name: String
  package var backwardReads: BackwardReads { [] }

  package init(_ rule: Rule, allowsZero: Bool = false, name: String? = nil) {
    self.rule = rule
    self.allowsZero = allowsZero
    switch rule {
    case .flatten: self.name = "Flatten"
    case .squeeze, .squeezeWherePossible: self.name = "Squeeze"
    case .unsqueeze: self.name = "Unsqueeze"
    case .sizes, .input: self.name = name ?? "Reshape"
    }
  }

  package func settled(_ inputs: [Operand]) throws(ShapeError) -> Settled {
    if case .squeezeWherePossible(let axes) = rule, let x = inputs[0].shape {
      let ones = try normalizedAxes(axes, rank: x.count).filter { x[$0] == 1 }
      return Settled(Reshape(.squeeze(ones.sorted())), keeping: 1)
    }
    guard rule == .input else { return all(inputs) }
    guard inputs.count > 1, let sizes = inputs[1].constant?.integers else { return open(inputs) }
    let rule: Rule =
      switch name {
      case "Squeeze": .squeeze(sizes)
      case "Unsqueeze": .unsqueeze(sizes)
      default: .sizes(sizes)
      }
    return Settled(Reshape(rule, allowsZero: allowsZero), keeping: 1)
  }

  package func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
    guard inputs.count == 1 else { throw ShapeError("its new shape is not a constant") }
    let x = inputs[0]
    switch rule {
    case .input: throw ShapeError("its new shape is not a constant")
    case .sizes(let sizes): return [try resolve(sizes, x)]
    case .flatten(let axis):
      guard axis >= -x.count, axis <= x.count else { throw ShapeError("axis \(axis) is outside") }
      let cut = axis < 0 ? axis + x.count : axis
      return [[x[..<cut].reduce(1, *), x[cut...].reduce(1, *)]]
    case .squeeze(let axes):
      let dropped = try axes.map { a throws(ShapeError) in try normalizedAxes(a, rank: x.count) }
      for axis in dropped ?? [] where x[axis] != 1 {
        throw ShapeError("axis \(axis) of \(x) has more than one element")
      }
      return [x.indices.filter { keeps($0, x, dropped) }.map { x[$0] }]
    case .squeezeWherePossible(let axes):
      let dropped = try normalizedAxes(axes, rank: x.count)
      return [x.indices.filter { !dropped.contains($0) || x[$0] != 1 }.map { x[$0] }]
    case .unsqueeze(let axes):
      guard x.count + axes.count <= 8 else { throw ShapeError("too many dimensions") }
      let added = try normalizedAxes(axes, rank: x.count + axes.count)
      var rest = x[...]
      return [(0..<x.count + axes.count).map { added.contains($0) ? 1 : rest.removeFirst() }]
    }
  }

  private func keeps(_ axis: Int, _ x: [Int], _ dropped: [Int]?) -> Bool {
    dropped.map { !$0.contains(axis) } ?? (x[axis] != 1)
  }

  private func resolve(_ sizes: [Int], _ x: [Int]) throws(ShapeError) -> [Int] {
    guard sizes.count <= 8 else { throw ShapeError("too many dimensions") }
    var shape: [Int] = []
    for (axis, size) in sizes.enumerated() {
      if size == 0 && !allowsZero {
        guard axis < x.count else { throw ShapeError("\(sizes) keeps a size that is not there") }
        shape.append(x[axis])
      } else {
        shape.append(size)
      }
    }
    let count = try checkedCount(x)
    if let open = shape.firstIndex(of: -1) {
      shape[open] = 1
      let known = try checkedCount(shape)
      guard known > 0, count % known == 0 else { throw ShapeError("\(x) does not fit \(sizes)") }
      shape[open] = count / known
    }
    guard try checkedCount(shape) == count else { throw ShapeError("\(x) does not fit \(sizes)") }
    return shape
  }

  package func evaluated(_ inputs: [ConstantTensor]) throws(ShapeError) -> [ConstantTensor]? {
    guard inputs.count == 1 else { return nil }
    let shape = try outputShapes([inputs[0].shape])[0]
    return inputs[0].reshaped(shape).map { [$0] }
  }

  /// Two images of different shapes cannot both be channels-last in one copy.
  package func orders(_ inputs: [MemoryOrder], shapes: [[Int]]) -> (
    inputs: [MemoryOrder], output: MemoryOrder
  ) {
    let isTurned = shapes[0].count == 4 && inputs[0] == .channelsLast
    let isPixel = isTurned && shapes[0][2] == 1 && shapes[0][3] == 1
    return (inputs, isTurned && !isPixel ? .rowMajor : .channelsLast)
  }

  package func makeKernel(_ bindings: Bindings) -> any Kernel {
    let (x, y) = (bindings.inputs[0], bindings.outputs[0])
    let isPixel = x.shape.count == 4 && x.shape[2] == 1 && x.shape[3] == 1
    if x.shape.count == 4, x.order == .channelsLast, !isPixel {
      return CopyKernel(
        bindings, sizes: x.shape, from: x.strides, to: MemoryOrder.rowMajor.strides(of: x.shape))
    }
    return CopyKernel(
      bindings, sizes: y.shape, from: MemoryOrder.rowMajor.strides(of: y.shape), to: y.strides)
  }
}
