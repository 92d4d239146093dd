// Normalisations by the moments of one sample: LayerNormalization, InstanceNormalization,
// GroupNormalization.
private import CKernels
private import Tensors

/// `y = scale (x - μ) / √(σ² + ε) + bias`, μ and σ² over a part of the value.
///
/// Ba, Kiros and Hinton 2016; Ulyanov, Vedaldi and Lempitsky 2016; Wu and He 2018.
package struct LocalNormalization: Operator {
  package enum Extent: Sendable, Equatable {
    /// All axes from this one on; scale and bias have their shape (or broadcast to it).
    case layer(axis: Int)
    /// Each channel of `[N, C, …]` on its own; scale and bias `[C]`.
    case instance
    /// Each channel over the whole batch, of values that `BatchNormalization` has no kernel for:
    /// exporters standardise weights by it.
    case batch
    /// Channels in this many groups; scale and bias `[C]`, or `[groups]` in operator sets before 21.
    case group(count: Int)
  }
  package var extent: Extent
  package var epsilon: Float
  package var name: String {
    switch extent {
    case .layer: "LayerNormalization"
    case .instance: "InstanceNormalization"
    case .batch: "BatchNormalization"
    case .group: "GroupNormalization"
    }
  }

  package init(_ extent: Extent, epsilon: Float = 1e-5) {
    (self.extent, self.epsilon) = (extent, epsilon)
  }

  package func layout(ofParameter index: Int) -> ParameterLayout { index == 0 ? .image : .plain }

  package func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
    guard 2...3 ~= inputs.count, !inputs[0].contains(0) else {
      throw ShapeError("it takes a value, its scale and its bias")
    }
    let x = inputs[0]
    guard inputs.count == 2 || inputs[1] == inputs[2] else {
      throw ShapeError("its scale \(inputs[1]) and bias \(inputs[2]) differ in shape")
    }
    for vector in inputs[1...] {
      let fits: Bool
      switch extent {
      case .layer(let axis):
        guard let axis = normalizedAxis(axis, rank: x.count) else {
          throw ShapeError("axis \(axis) is outside \(x)")
        }
        let rest = Array(x[axis...])
        fits = vector.count <= rest.count && broadcastShape(vector, rest) == rest
      case .instance: fits = x.count >= 3 && vector == [x[1]]
      case .batch: fits = x.count >= 2 && vector == [x[1]]
      case .group(let count):
        fits =
          x.count >= 3 && count > 0 && x[1] % count == 0
          && (vector == [x[1]] || vector == [count])
      }
      guard fits else { throw ShapeError("scale or bias \(vector) does not fit \(x)") }
    }
    return [x]
  }

  package func orders(_ inputs: [MemoryOrder], shapes: [[Int]]) -> (
    inputs: [MemoryOrder], output: MemoryOrder
  ) { (inputs, inputs[0]) }

  package func makeKernel(_ bindings: Bindings) -> any Kernel {
    let x = bindings.inputs[0]
    if extent == .instance, x.shape.count == 4, x.order == .channelsLast, x.c > 1 {
      return InstanceNormalizationKernel(epsilon, bindings)
    }
    return LocalNormalizationKernel(self, bindings)
  }
}

/// Any extent, through strides.
private final class LocalNormalizationKernel: Kernel {
  private let io: Bindings
  private let epsilon: Float
  /// Parts that are normalised on their own, and the elements of one; operands x and scale.
  private let outer: StridedBox
  private let inner: StridedBox
  private let count: Float
  private let isContiguous: Bool

  init(_ operation: LocalNormalization, _ io: Bindings) {
    self.io = io
    epsilon = operation.epsilon
    let x = io.inputs[0]
    var (sizes, strides) = (x.shape, x.strides)
    var scale: [Int]
    var isInner: [Bool]
    switch operation.extent {
    case .layer(let axis):
      let first = axis < 0 ? axis + sizes.count : axis
      isInner = sizes.indices.map { $0 >= first }
      let vector = io.inputs[1].shape
      scale = broadcastStrides(vector, MemoryOrder.rowMajor.strides(of: vector), to: sizes)
    case .instance:
      isInner = sizes.indices.map { $0 > 1 }
      scale = sizes.indices.map { $0 == 1 ? 1 : 0 }
    case .batch:
      isInner = sizes.indices.map { $0 != 1 }
      scale = sizes.indices.map { $0 == 1 ? 1 : 0 }
    case .group(let groups):
      let width = sizes[1] / groups
      let isPerChannel = io.inputs[1].count == sizes[1]
      sizes.replaceSubrange(1...1, with: [groups, width])
      strides.replaceSubrange(1...1, with: [width * strides[1], strides[1]])
      isInner = sizes.indices.map { $0 > 1 }
      scale = sizes.indices.map { _ in 0 }
      scale[1] = isPerChannel ? width : 1
      scale[2] = isPerChannel ? 1 : 0
    }
    let operands = [strides, scale]
    outer = StridedBox(sizes: zip(sizes, isInner).map { $1 ? 1 : $0 }, strides: operands)
    inner = StridedBox(sizes: zip(sizes, isInner).map { $1 ? $0 : 1 }, strides: operands)
    let elements = inner.rows * inner.count
    count = Float(elements)
    isContiguous =
      inner.rows == 1 && inner.step.0 == 1 && inner.step.1 == 1 && io.inputs[1].count == elements
  }

  @inline(__always)
  private func forEachPart(_ run: Run, _ body: (_ x: Int, _ scale: Int) -> Void) {
    outer.forEachRun(run) { o, count in
      for i in 0..<count { body(o.0 + i * outer.step.0, o.1 + i * outer.step.1) }
    }
  }

  @inline(__always)
  private func forEachElement(_ x: Int, _ scale: Int, _ body: (_ x: Int, _ scale: Int) -> Void) {
    for row in 0..<inner.rows {
      let o = inner.offsets(ofRow: row)
      for i in 0..<inner.count {
        body(x + o.0 + i * inner.step.0, scale + o.1 + i * inner.step.1)
      }
    }
  }

  private func moments(_ start: Int) -> (mean: Float, inverse: Float) {
    let x = io.inputs[0].floats
    var (sum, squares): (Float, Float) = (0, 0)
    forEachElement(start, 0) { at, _ in sum += x[at] }
    let mean = sum / count
    forEachElement(start, 0) { at, _ in squares += (x[at] - mean) * (x[at] - mean) }
    return (mean, 1 / (squares / count + epsilon).squareRoot())
  }

  func forward(_ run: Run) {
    let (x, y, scale) = (io.inputs[0].floats, io.outputs[0].floats, io.inputs[1].floats)
    let bias = io.inputs.count > 2 ? io.inputs[2].floats : nil
    forEachPart(run) { start, s in
      if isContiguous {
        imgdx_layer_normalization(y + start, x + start, scale, bias, epsilon, Int(count))
        return
      }
      let (mean, inverse) = moments(start)
      forEachElement(start, s) { at, s in
        y[at] = (x[at] - mean) * inverse * scale[s] + (bias?[s] ?? 0)
      }
    }
  }

  // With g = dy · scale and means over the part: dx = (g - mean(g) - x̂ mean(g x̂)) / √(σ² + ε),
  // dscale = Σ dy x̂, dbias = Σ dy. One worker: every part adds to the same scale.
  func backward(_ run: Run) {
    let (x, dy, scale) = (io.inputs[0].floats, io.outputGradients[0].floats, io.inputs[1].floats)
    for target in io.inputGradients.dropFirst() {
      guard let target, !target.accumulates else { continue }
      target.view.floats.update(repeating: 0, count: target.view.count)
    }
    let dScale = io.inputGradients[1]?.view.floats
    let dBias = io.inputs.count > 2 ? io.inputGradients[2]?.view.floats : nil
    outer.forEachRunInOrder { o, parts in
      for part in 0..<parts {
        let (start, first) = (o.0 + part * outer.step.0, o.1 + part * outer.step.1)
        let (mean, inverse) = moments(start)
        var (sumG, sumGX): (Float, Float) = (0, 0)
        forEachElement(start, first) { at, s in
          let normal = (x[at] - mean) * inverse
          sumG += dy[at] * scale[s]
          sumGX += dy[at] * scale[s] * normal
          dScale?[s] += dy[at] * normal
          dBias?[s] += dy[at]
        }
        guard let target = io.inputGradients[0] else { continue }
        let dx = target.view.floats
        forEachElement(start, first) { at, s in
          let normal = (x[at] - mean) * inverse
          let g = inverse * (dy[at] * scale[s] - sumG / count - normal * sumGX / count)
          dx[at] = target.accumulates ? dx[at] + g : g
        }
      }
    }
  }
}
