// Exchanging axes.

/// `y[i_p0, i_p1, …] = x[i_0, i_1, …]`: axis k of the result is axis `permutation[k]` of the input.
package struct Transpose: Operator {
  /// Nil reverses the axes.
  package var permutation: [Int]?
  package var name: String { "Transpose" }
  package var backwardReads: BackwardReads { [] }

  package init(_ permutation: [Int]?) { self.permutation = permutation }

  private func axes(_ rank: Int) throws(ShapeError) -> [Int] {
    guard let permutation else { return (0..<rank).reversed() }
    guard permutation.sorted() == Array(0..<rank) else {
      throw ShapeError("the permutation \(permutation) does not fit \(rank) dimensions")
    }
    return permutation
  }

  package func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
    guard inputs.count == 1 else { throw ShapeError("it takes one value") }
    return [try axes(inputs[0].count).map { inputs[0][$0] }]
  }

  package func evaluated(_ inputs: [ConstantTensor]) throws(ShapeError) -> [ConstantTensor]? {
    let x = inputs[0]
    let strides = MemoryOrder.rowMajor.strides(of: x.shape)
    let axes = try axes(x.shape.count)
    return [try x.picked(shape: axes.map { x.shape[$0] }, strides: axes.map { strides[$0] })]
  }

  /// To channels-last and back is no movement at all: only the other order's name.
  package func orders(_ inputs: [MemoryOrder], shapes: [[Int]]) -> (
    inputs: [MemoryOrder], output: MemoryOrder
  ) {
    (inputs, inputs[0] == .channelsLast && permutation == [0, 2, 3, 1] ? .rowMajor : .channelsLast)
  }

  package func makeKernel(_ bindings: Bindings) -> any Kernel {
    let (x, y) = (bindings.inputs[0], bindings.outputs[0])
    let strides = x.strides
    let axes = permutation ?? Array(x.shape.indices.reversed())
    return CopyKernel(bindings, sizes: y.shape, from: axes.map { strides[$0] }, to: y.strides)
  }
}

/// Space and channels exchanged: `[N, C, H, W]` to `[N, C / b², H b, W b]` (DepthToSpace), or back.
package struct DepthToSpace: Operator {
  package enum Direction: String, Sendable {
    case depthToSpace = "DepthToSpace"
    case spaceToDepth = "SpaceToDepth"
  }
  package var direction: Direction
  package var block: Int
  /// Whether the channel's index counts faster than the block's position ("DCR").
  package var isDepthFirst: Bool
  package var name: String { direction.rawValue }
  package var backwardReads: BackwardReads { [] }

  package init(_ direction: Direction, block: Int, isDepthFirst: Bool = true) {
    (self.direction, self.block, self.isDepthFirst) = (direction, block, isDepthFirst)
  }

  package func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
    guard inputs.count == 1, inputs[0].count == 4, 1...4096 ~= block else {
      throw ShapeError("it takes an image [N, C, H, W] and a block of 1 to 4096")
    }
    let (x, b) = (inputs[0], block)
    switch direction {
    case .depthToSpace:
      guard x[1] % (b * b) == 0 else { throw ShapeError("\(x[1]) channels do not fill blocks") }
      return [[x[0], x[1] / (b * b), try checkedCount([x[2], b]), try checkedCount([x[3], b])]]
    case .spaceToDepth:
      guard x[2] % b == 0, x[3] % b == 0 else { throw ShapeError("blocks do not fill the image") }
      return [[x[0], x[1] * b * b, x[2] / b, x[3] / b]]
    }
  }

  /// Axes: image, channel, block row, block column, row, column.
  package func makeKernel(_ bindings: Bindings) -> any Kernel {
    let (x, y, b) = (bindings.inputs[0], bindings.outputs[0], block)
    let isForward = direction == .depthToSpace
    let (deep, wide) = isForward ? (x, y) : (y, x)
    let (d, s) = (deep.strides, wide.strides)
    let sizes = [deep.n, wide.c, b, b, deep.h, deep.w]
    let deepStrides =
      isDepthFirst
      ? [d[0], d[1], b * wide.c * d[1], wide.c * d[1], d[2], d[3]]
      : [d[0], b * b * d[1], b * d[1], d[1], d[2], d[3]]
    let wideStrides = [s[0], s[1], s[2], s[3], b * s[2], b * s[3]]
    return CopyKernel(
      bindings, sizes: sizes, from: isForward ? deepStrides : wideStrides,
      to: isForward ? wideStrides : deepStrides)
  }
}
