// How weights stand in a plan's memory, and back.
package import Tensors

/// The order of a weight's elements in a plan. Graphs and files use ONNX's order.
package enum ParameterLayout: Sendable, Equatable {
  /// As any value: 4-D ones `[N, H, W, C]`, others as they are.
  case image
  /// `[out, in / groups, kh, kw]` to `[groups, kh, kw, in / groups, out / groups]`.
  case convolution(groups: Int)
  /// `[in, out / groups, kh, kw]` to `[groups, in / groups, kh, kw, out / groups]`.
  case transposedConvolution(groups: Int)
  /// `[out, in]` to `[in, out]`.
  case transposedMatrix
  /// As it is, whatever the rank.
  case plain

  /// Positions in the logical tensor, in the plan's order.
  private func order(_ shape: [Int]) -> (sizes: [Int], strides: [Int])? {
    switch (self, shape.count) {
    case (.image, 4):
      let (c, h, w) = (shape[1], shape[2], shape[3])
      return ([shape[0], h, w, c], [c * h * w, w, 1, h * w])
    case (.convolution(let groups), 4):
      let (o, i, h, w) = (shape[0] / groups, shape[1], shape[2], shape[3])
      return ([groups, h, w, i, o], [o * i * h * w, w, 1, h * w, i * h * w])
    case (.transposedConvolution(let groups), 4):
      let (i, o, h, w) = (shape[0] / groups, shape[1], shape[2], shape[3])
      return ([groups, i, h, w, o], [i * o * h * w, o * h * w, w, 1, h * w])
    case (.transposedMatrix, 2):
      return ([shape[1], shape[0]], [1, shape[1]])
    default: return nil
    }
  }

  /// Writes `tensor` to plan memory of the same element count.
  package func pack(_ tensor: Tensor, to plan: UnsafeMutablePointer<Float>) {
    tensor.withUnsafeFloats { logical in
      guard let base = logical.baseAddress else { return }
      guard let (sizes, strides) = order(tensor.shape) else {
        plan.update(from: base, count: logical.count)
        return
      }
      var target = plan
      walk(
        sizes, strides,
        inner: { start, count, stride in
          for i in 0..<count { target[i] = base[start + i * stride] }
          target += count
        })
    }
  }

  /// Reads plan memory back into a tensor of the logical shape.
  package func unpack(_ plan: UnsafePointer<Float>, shape: [Int]) -> Tensor {
    var tensor = Tensor(shape: shape)
    tensor.withUnsafeMutableFloats { logical in
      guard let base = logical.baseAddress else { return }
      guard let (sizes, strides) = order(shape) else {
        base.update(from: plan, count: logical.count)
        return
      }
      var source = plan
      walk(
        sizes, strides,
        inner: { start, count, stride in
          for i in 0..<count { base[start + i * stride] = source[i] }
          source += count
        })
    }
    return tensor
  }

  /// Visits the innermost runs of a strided box in order.
  private func walk(
    _ sizes: [Int], _ strides: [Int], at start: Int = 0, axis: Int = 0,
    inner: (_ start: Int, _ count: Int, _ stride: Int) -> Void
  ) {
    if axis == sizes.count - 1 { return inner(start, sizes[axis], strides[axis]) }
    for i in 0..<sizes[axis] {
      walk(sizes, strides, at: start + i * strides[axis], axis: axis + 1, inner: inner)
    }
  }
}
