// Parts of values: Slice, Split and Concat.
private import CKernels

/// `y = x[starts:ends:steps]` along the given axes, counted as NumPy counts.
package struct Slice: Operator {
  package struct Range: Sendable, Equatable {
    package var axis, start, end, step: Int
    package init(axis: Int, start: Int, end: Int, step: Int = 1) {
      (self.axis, self.start, self.end, self.step) = (axis, start, end, step)
    }
  }
  /// Nil where inputs say.
  package var ranges: [Range]?
  package var name: String { "Slice" }
  package var backwardReads: BackwardReads { [] }

  package init(_ ranges: [Range]?) { self.ranges = ranges }

  /// Inputs: x, starts, ends, optional axes, optional steps.
  package func settled(_ inputs: [Operand]) throws(ShapeError) -> Settled {
    guard ranges == nil, inputs.count >= 3, let starts = inputs[1].constant?.integers,
      let ends = inputs[2].constant?.integers
    else { return ranges == nil ? open(inputs) : all(inputs) }
    func optional(_ index: Int, _ fallback: [Int]) -> [Int]? {
      guard inputs.count > index, !inputs[index].isAbsent else { return fallback }
      return inputs[index].constant?.integers
    }
    guard let axes = optional(3, Array(starts.indices)),
      let steps = optional(4, starts.map { _ in 1 })
    else { return open(inputs) }
    guard ends.count == starts.count, axes.count == starts.count, steps.count == starts.count,
      starts.count <= 8
    else { throw ShapeError("starts, ends, axes and steps differ in number") }
    let ranges = starts.indices.map {
      Range(axis: axes[$0], start: starts[$0], end: ends[$0], step: steps[$0])
    }
    return Settled(Slice(ranges), keeping: 1)
  }

  /// First element, count and step along each axis of `shape`.
  private func extents(_ shape: [Int]) throws(ShapeError) -> [(start: Int, count: Int, step: Int)] {
    guard let ranges else { throw ShapeError("its bounds are not constants") }
    var result = shape.map { (start: 0, count: $0, step: 1) }
    _ = try normalizedAxes(ranges.map(\.axis), rank: shape.count)
    for range in ranges {
      guard let axis = normalizedAxis(range.axis, rank: shape.count), range.step != 0,
        range.step > Int.min
      else { throw ShapeError("a step of zero") }
      let size = shape[axis]
      func bounded(_ value: Int, _ low: Int, _ high: Int) -> Int {
        min(max(value < 0 ? value + size : value, low), high)
      }
      let forwards = range.step > 0
      let start = forwards ? bounded(range.start, 0, size) : bounded(range.start, 0, size - 1)
      let end = forwards ? bounded(range.end, 0, size) : bounded(range.end, -1, size - 1)
      let span = forwards ? end - start : start - end
      let stride = abs(range.step)
      let count = span > 0 ? (span - 1) / stride + 1 : 0
      result[axis] = (start, count, count > 1 ? range.step : 1)
    }
    return result
  }

  package func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
    guard inputs.count == 1 else { throw ShapeError("its bounds are not constants") }
    return [try extents(inputs[0]).map(\.count)]
  }

  package func evaluated(_ inputs: [ConstantTensor]) throws(ShapeError) -> [ConstantTensor]? {
    guard inputs.count == 1 else { return nil }
    let x = inputs[0]
    let extents = try extents(x.shape)
    let strides = MemoryOrder.rowMajor.strides(of: x.shape)
    return [
      try x.picked(
        shape: extents.map(\.count), strides: zip(strides, extents).map { $0 * $1.step },
        start: zip(strides, extents).reduce(0) { $0 + $1.0 * $1.1.start })
    ]
  }

  package func orders(_ inputs: [MemoryOrder], shapes: [[Int]]) -> (
    inputs: [MemoryOrder], output: MemoryOrder
  ) { (inputs, inputs[0]) }

  package func makeKernel(_ bindings: Bindings) -> any Kernel {
    let (x, y) = (bindings.inputs[0], bindings.outputs[0])
    let strides = x.strides
    // The shape was checked when the plan asked for it.
    let extents = (try? extents(x.shape)) ?? []
    return CopyKernel(
      bindings, sizes: y.shape, from: zip(strides, extents).map { $0 * $1.step },
      start: zip(strides, extents).reduce(0) { $0 + $1.0 * $1.1.start }, to: y.strides,
      coversInput: x.count == y.count)
  }
}

/// One value cut into several along an axis.
package struct Split: Operator {
  package var axis: Int
  /// Sizes of the parts; nil where the second input says or all are equal.
  package var sizes: [Int]?
  package var parts: Int
  package var name: String { "Split" }
  package var backwardReads: BackwardReads { [] }

  package init(axis: Int, sizes: [Int]?, parts: Int) {
    (self.axis, self.sizes, self.parts) = (axis, sizes, parts)
  }

  package func settled(_ inputs: [Operand]) throws(ShapeError) -> Settled {
    guard sizes == nil, inputs.count > 1, !inputs[1].isAbsent else { return all(inputs) }
    guard let sizes = inputs[1].constant?.integers else { return open(inputs) }
    return Settled(Split(axis: axis, sizes: sizes, parts: parts), keeping: 1)
  }

  package func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
    guard inputs.count == 1 else { throw ShapeError("its sizes are not constants") }
    let x = inputs[0]
    guard let axis = normalizedAxis(axis, rank: x.count), 1...4096 ~= parts else {
      throw ShapeError("axis \(axis) is outside \(x)")
    }
    let equal = (x[axis] + parts - 1) / parts
    let sizes =
      self.sizes ?? (0..<parts).map { min(equal, max(0, x[axis] - $0 * equal)) }
    guard sizes.count == parts, sizes.allSatisfy({ 0...x[axis] ~= $0 }),
      sizes.reduce(0, +) == x[axis]
    else { throw ShapeError("parts \(sizes) do not fill axis \(axis) of \(x)") }
    return sizes.map { size in
      var shape = x
      shape[axis] = size
      return shape
    }
  }

  package func evaluated(_ inputs: [ConstantTensor]) throws(ShapeError) -> [ConstantTensor]? {
    guard inputs.count == 1 else { return nil }
    let x = inputs[0]
    let strides = MemoryOrder.rowMajor.strides(of: x.shape)
    let axis = axis < 0 ? axis + x.shape.count : axis
    var (results, start) = ([ConstantTensor](), 0)
    for shape in try outputShapes([x.shape]) {
      results.append(
        try x.picked(shape: shape, strides: strides, start: start * strides[axis]))
      start += shape[axis]
    }
    return results
  }

  package func orders(_ inputs: [MemoryOrder], shapes: [[Int]]) -> (
    inputs: [MemoryOrder], output: MemoryOrder
  ) { (inputs, inputs[0]) }

  package func makeKernel(_ bindings: Bindings) -> any Kernel {
    let x = bindings.inputs[0]
    let axis = axis < 0 ? axis + x.shape.count : axis
    var (copies, start) = ([CopyKernel](), 0)
    for (index, y) in bindings.outputs.enumerated() {
      copies.append(
        CopyKernel(
          bindings, output: index, sizes: y.shape, from: x.strides, start: start * x.strides[axis],
          to: y.strides))
      start += y.shape[axis]
    }
    return KernelSequence(copies)
  }
}

/// Values joined along an axis.
package struct Concatenation: Operator {
  package var axis: Int
  package var name: String { "Concat" }
  package var backwardReads: BackwardReads { [] }
  package init(axis: Int = 1) { self.axis = axis }

  package func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
    guard let first = inputs.first, let axis = normalizedAxis(axis, rank: first.count) else {
      throw ShapeError("axis \(axis) is outside its inputs")
    }
    var shape = first
    shape[axis] = 0
    for input in inputs {
      guard input.count == first.count,
        input.indices.allSatisfy({ $0 == axis || input[$0] == first[$0] })
      else { throw ShapeError("shapes \(first) and \(input) do not fit") }
      let (sum, overflow) = shape[axis].addingReportingOverflow(input[axis])
      guard !overflow else { throw ShapeError("the result is too large") }
      shape[axis] = sum
    }
    return [shape]
  }

  package func evaluated(_ inputs: [ConstantTensor]) throws(ShapeError) -> [ConstantTensor]? {
    let shape = try outputShapes(inputs.map(\.shape))[0]
    let axis = axis < 0 ? axis + shape.count : axis
    let outer = shape[..<axis].reduce(1, *)
    var values: [Double] = []
    for row in 0..<outer {
      for input in inputs {
        let count = input.values.count / max(outer, 1)
        values += input.values[row * count..<(row + 1) * count]
      }
    }
    return [
      ConstantTensor(shape: shape, values, isInteger: inputs.allSatisfy(\.isInteger))
    ]
  }

  package func orders(_ inputs: [MemoryOrder], shapes: [[Int]]) -> (
    inputs: [MemoryOrder], output: MemoryOrder
  ) { (inputs, dominantOrder(inputs, shapes)) }

  package func makeKernel(_ bindings: Bindings) -> any Kernel {
    let y = bindings.outputs[0]
    let axis = axis < 0 ? axis + y.shape.count : axis
    var (copies, start) = ([CopyKernel](), 0)
    for (index, x) in bindings.inputs.enumerated() {
      copies.append(
        CopyKernel(
          bindings, input: index, sizes: x.shape, from: x.strides, to: y.strides,
          end: start * y.strides[axis]))
      start += x.shape[axis]
    }
    return KernelSequence(copies)
  }
}

/// Copies one after the other; forward and backward each in order.
final class KernelSequence: Kernel {
  private let kernels: [CopyKernel]
  init(_ kernels: [CopyKernel]) { self.kernels = kernels }
  func forward(_ run: Run) { for kernel in kernels { kernel.forward(run) } }
  func backward(_ run: Run) { for kernel in kernels { kernel.backward(run) } }
}
