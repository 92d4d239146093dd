// Max and average pooling over windows.
private import CKernels
private import Tensors

/// The largest or the mean value of each window. Input and output `[N, C, H, W]`.
package struct Pooling: Operator {
  package enum Function: Sendable, Equatable {
    case maximum
    /// Padding counts as zeros in the mean when `countsPadding`.
    case average(countsPadding: Bool)
  }
  package var function: Function
  package var attributes: WindowAttributes
  package var ceiling: Bool
  package var name: String { function == .maximum ? "MaxPool" : "AveragePool" }
  package var backwardReads: BackwardReads { [] }

  package init(_ function: Function, attributes: WindowAttributes, ceiling: Bool = false) {
    self.function = function
    self.attributes = attributes
    self.ceiling = ceiling
  }

  package func settled(_ inputs: [Operand]) throws(ShapeError) -> Settled {
    var copy = self
    copy.attributes = attributes.settled(inputs[0].shape)
    return copy.all(inputs)
  }

  package func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
    guard inputs.count == 1, inputs[0].count == 4 else {
      throw ShapeError("pooling takes one image [N, C, H, W]")
    }
    let x = inputs[0]
    let size = try attributes.outputSize(height: x[2], width: x[3], ceiling: ceiling)
    return [[x[0], x[1], size.height, size.width]]
  }

  package func makeKernel(_ bindings: Bindings) -> any Kernel {
    switch function {
    case .maximum: MaxPoolingKernel(attributes, bindings)
    case .average(let counts): AveragePoolingKernel(attributes, countsPadding: counts, bindings)
    }
  }
}

private final class MaxPoolingKernel: Kernel {
  private let attributes: WindowAttributes
  private let io: Bindings
  /// Position of each maximum in its image, for the backward pass.
  private let index: UnsafeMutablePointer<Int32>?

  init(_ attributes: WindowAttributes, _ io: Bindings) {
    self.attributes = attributes
    self.io = io
    index = io.mode == .training ? .allocate(capacity: io.outputs[0].count) : nil
  }

  deinit { index?.deallocate() }

  func forward(_ run: Run) {
    let (x, y) = (io.inputs[0], io.outputs[0])
    run.pool.run(y.n * y.h) { task, _ in
      let (image, row) = (task / y.h, task % y.h)
      var window = attributes.window(input: x, output: y)
      let start = row * y.w * y.c
      if let index {
        imgdx_max_pool_indexed(
          y.image(image) + start, index + image * y.imageCount + start, x.image(image), &window,
          row, 1)
      } else {
        imgdx_max_pool(y.image(image) + start, x.image(image), &window, row, 1)
      }
    }
  }

  func backward(_ run: Run) {
    guard let target = io.inputGradients[0], let index else { return }
    let (dx, dy) = (target.view, io.outputGradients[0])
    run.pool.run(dx.n) { image, _ in
      if !target.accumulates { dx.image(image).update(repeating: 0, count: dx.imageCount) }
      imgdx_max_pool_backward(
        dx.image(image), dy.image(image), index + image * dy.imageCount, dy.h * dy.w, dy.c)
    }
  }
}

private final class AveragePoolingKernel: Kernel {
  private let attributes: WindowAttributes
  private let countsPadding: Int32
  private let io: Bindings

  init(_ attributes: WindowAttributes, countsPadding: Bool, _ io: Bindings) {
    self.attributes = attributes
    self.countsPadding = countsPadding ? 1 : 0
    self.io = io
  }

  func forward(_ run: Run) {
    let (x, y) = (io.inputs[0], io.outputs[0])
    run.pool.run(y.n * y.h) { task, _ in
      let (image, row) = (task / y.h, task % y.h)
      var window = attributes.window(input: x, output: y)
      imgdx_average_pool(
        y.image(image) + row * y.w * y.c, x.image(image), &window, row, 1, countsPadding,
        attributes.padding.bottom, attributes.padding.right)
    }
  }

  func backward(_ run: Run) {
    guard let target = io.inputGradients[0] else { return }
    let (dx, dy) = (target.view, io.outputGradients[0])
    run.pool.run(dx.n) { image, _ in
      if !target.accumulates { dx.image(image).update(repeating: 0, count: dx.imageCount) }
      var window = attributes.window(input: dx, output: dy)
      imgdx_average_pool_backward(
        dx.image(image), dy.image(image), &window, countsPadding, attributes.padding.bottom,
        attributes.padding.right)
    }
  }
}
