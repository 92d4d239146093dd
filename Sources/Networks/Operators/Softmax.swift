// Softmax and its logarithm.
private import Foundation

/// `y_i = e^x_i / Σ e^x_j` along an axis, shifted by the largest logit; or its logarithm.
package struct Softmax: Operator {
  package var axis: Int
  /// Whether all axes from `axis` on count as one, as in operator sets before 13.
  package var spansRest: Bool
  package var isLogarithmic: Bool
  package var name: String { isLogarithmic ? "LogSoftmax" : "Softmax" }
  package var backwardReads: BackwardReads { .outputs }

  package init(axis: Int = 1, spansRest: Bool = false, isLogarithmic: Bool = false) {
    (self.axis, self.spansRest, self.isLogarithmic) = (axis, spansRest, isLogarithmic)
  }

  package func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
    guard inputs.count == 1, normalizedAxis(axis, rank: inputs[0].count) != nil,
      !inputs[0].contains(0)
    else { throw ShapeError("axis \(axis) is outside its input") }
    return inputs
  }

  package func orders(_ inputs: [MemoryOrder], shapes: [[Int]]) -> (
    inputs: [MemoryOrder], output: MemoryOrder
  ) { (inputs, inputs[0]) }

  package func makeKernel(_ bindings: Bindings) -> any Kernel { SoftmaxKernel(self, bindings) }
}

private final class SoftmaxKernel: Kernel {
  private let io: Bindings
  private let isLogarithmic: Bool
  /// Where each distribution begins, and the elements of one.
  private let outer: StridedBox
  private let inner: StridedBox

  init(_ operation: Softmax, _ io: Bindings) {
    self.io = io
    isLogarithmic = operation.isLogarithmic
    let (shape, strides) = (io.inputs[0].shape, io.inputs[0].strides)
    let axis = operation.axis < 0 ? operation.axis + shape.count : operation.axis
    let isInner = shape.indices.map { operation.spansRest ? $0 >= axis : $0 == axis }
    outer = StridedBox(
      sizes: zip(shape, isInner).map { $1 ? 1 : $0 }, strides: [strides])
    inner = StridedBox(
      sizes: zip(shape, isInner).map { $1 ? $0 : 1 }, strides: [strides])
  }

  /// Visits the start of every distribution.
  @inline(__always)
  private func forEachStart(_ run: Run, _ body: (_ start: Int) -> Void) {
    outer.forEachRun(run) { o, count in
      for i in 0..<count { body(o.0 + i * outer.step.0) }
    }
  }

  /// Visits every element of the distribution that begins at `start`.
  @inline(__always)
  private func forEachElement(_ start: Int, _ body: (_ index: Int) -> Void) {
    for row in 0..<inner.rows {
      let first = start + inner.offsets(ofRow: row).0
      for i in 0..<inner.count { body(first + i * inner.step.0) }
    }
  }

  func forward(_ run: Run) {
    let (x, y) = (io.inputs[0].floats, io.outputs[0].floats)
    forEachStart(run) { start in
      var (largest, sum) = (-Float.infinity, Float(0))
      forEachElement(start) { largest = max(largest, x[$0]) }
      forEachElement(start) {
        y[$0] = exp(x[$0] - largest)
        sum += y[$0]
      }
      let shift = largest + log(sum)
      if isLogarithmic {
        forEachElement(start) { y[$0] = x[$0] - shift }
      } else {
        forEachElement(start) { y[$0] /= sum }
      }
    }
  }

  // softmax: dx = y (dy - Σ y dy); logarithm: dx = dy - e^y Σ dy
  func backward(_ run: Run) {
    guard let target = io.inputGradients[0] else { return }
    let (y, dy, dx) = (io.outputs[0].floats, io.outputGradients[0].floats, target.view.floats)
    forEachStart(run) { start in
      var sum: Float = 0
      forEachElement(start) { sum += isLogarithmic ? dy[$0] : y[$0] * dy[$0] }
      forEachElement(start) {
        let g = isLogarithmic ? dy[$0] - exp(y[$0]) * sum : y[$0] * (dy[$0] - sum)
        dx[$0] = target.accumulates ? dx[$0] + g : g
      }
    }
  }
}
