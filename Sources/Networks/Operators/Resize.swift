// Enlarging and shrinking feature maps.
private import CKernels
private import Foundation

/// Resamples `[N, C, H, W]` by two factors. Pixel centres lie at half coordinates (ONNX
/// `half_pixel`; PyTorch `align_corners=False`).
package struct Resize: Operator {
  package enum Function: Sendable, Equatable { case nearest, linear }
  package var function: Function
  /// Output size over input size, `y` before `x`.
  package var scale: (y: Float, x: Float)
  package var name: String { "Resize" }

  package init(_ function: Function, scale: (y: Float, x: Float)) {
    self.function = function
    self.scale = scale
  }

  package func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
    guard let x = inputs.first, x.count == 4 else {
      throw ShapeError("it takes an image [N, C, H, W]")
    }
    guard scale.y > 0, scale.x > 0, scale.y < 1024, scale.x < 1024 else {
      throw ShapeError("scales must lie between 0 and 1024")
    }
    let (h, w) = (Int(Float(x[2]) * scale.y), Int(Float(x[3]) * scale.x))
    guard h > 0, w > 0 else { throw ShapeError("the scale leaves no pixel") }
    return [[x[0], x[1], h, w]]
  }

  package func makeKernel(_ bindings: Bindings) -> any Kernel { ResizeKernel(self, bindings) }
}

private final class ResizeKernel: Kernel {
  /// For each output position the two source positions and their weights.
  private struct Axis {
    var low: [Int32] = []
    var high: [Int32] = []
    var lowWeight: [Float] = []
    var highWeight: [Float] = []

    init(from input: Int, to output: Int, scale: Float, _ function: Resize.Function) {
      for i in 0..<output {
        let at = (Float(i) + 0.5) / scale - 0.5
        switch function {
        case .linear:
          let clamped = min(max(at, 0), Float(input - 1))
          let first = min(Int(clamped), input - 1)
          append(first, min(first + 1, input - 1), clamped - Float(first))
        case .nearest:
          let first = min(max(Int((at - 0.5).rounded(.up)), 0), input - 1)
          append(first, first, 0)
        }
      }
    }

    private mutating func append(_ first: Int, _ second: Int, _ weight: Float) {
      low.append(Int32(first))
      high.append(Int32(second))
      lowWeight.append(1 - weight)
      highWeight.append(weight)
    }
  }

  private let io: Bindings
  private let rows: Axis
  private let columns: Axis

  init(_ operation: Resize, _ io: Bindings) {
    self.io = io
    let (x, y) = (io.inputs[0], io.outputs[0])
    rows = Axis(from: x.h, to: y.h, scale: operation.scale.y, operation.function)
    columns = Axis(from: x.w, to: y.w, scale: operation.scale.x, operation.function)
  }

  func forward(_ run: Run) {
    let (x, y) = (io.inputs[0], io.outputs[0])
    run.pool.run(y.n * y.h) { task, _ in
      let (image, row) = (task / y.h, task % y.h)
      let source = x.image(image)
      imgdx_mix_row(
        y.image(image) + row * y.w * y.c, source + Int(rows.low[row]) * x.w * x.c,
        source + Int(rows.high[row]) * x.w * x.c, rows.lowWeight[row], rows.highWeight[row],
        columns.low, columns.high, columns.lowWeight, columns.highWeight, y.w, y.c)
    }
  }

  func backward(_ run: Run) {
    guard let target = io.inputGradients[0] else { return }
    let (dx, dy) = (target.view, io.outputGradients[0])
    run.pool.run(dx.n) { image, _ in
      let sum = dx.image(image)
      if !target.accumulates { sum.update(repeating: 0, count: dx.imageCount) }
      for row in 0..<dy.h {
        imgdx_mix_row_backward(
          dy.image(image) + row * dy.w * dy.c, sum + Int(rows.low[row]) * dx.w * dx.c,
          sum + Int(rows.high[row]) * dx.w * dx.c, rows.lowWeight[row], rows.highWeight[row],
          columns.low, columns.high, columns.lowWeight, columns.highWeight, dy.w, dy.c)
      }
    }
  }
}
