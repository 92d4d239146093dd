// Enlarging and shrinking feature maps.
private import CKernels
private import Foundation

/// Resamples `[N, C, H, W]`.
package struct Resize: Operator {
  package enum Function: String, Sendable { case nearest, linear }
  /// Where output position i lies in the input; ONNX's names.
  package enum Coordinates: String, Sendable, CaseIterable {
    /// Pixel centres at half coordinates (PyTorch `align_corners=False`).
    case halfPixel = "half_pixel"
    /// The same, but a single output pixel lies at 0.
    case pytorchHalfPixel = "pytorch_half_pixel"
    case halfPixelSymmetric = "half_pixel_symmetric"
    case alignCorners = "align_corners"
    case asymmetric
    case tensorFlowHalfPixel = "tf_half_pixel_for_nn"
  }
  /// How `nearest` picks a pixel; ONNX's names.
  package enum Rounding: String, Sendable, CaseIterable {
    case halvesDown = "round_prefer_floor"
    case halvesUp = "round_prefer_ceil"
    case down = "floor"
    case up = "ceil"
  }
  /// Where the output's size comes from.
  package enum Target: Sendable, Equatable {
    /// Factors, `y` before `x`.
    case scales(y: Float, x: Float)
    case sizes(y: Int, x: Int)
    /// One factor for both, the largest within these bounds or the smallest around them.
    case fitted(y: Int, x: Int, AspectPolicy)
    /// Constant inputs of these numbers, for the named axes (all when nil).
    case inputs(scales: Int?, sizes: Int?, axes: [Int]?, policy: AspectPolicy)
  }
  /// Whether sizes are bounds that keep the aspect.
  package enum AspectPolicy: String, Sendable {
    case stretch
    case notLarger = "not_larger"
    case notSmaller = "not_smaller"
  }
  package var function: Function
  package var coordinates: Coordinates
  package var rounding: Rounding
  package var target: Target
  /// Whether `nearest` rounds up along axes that shrink, as ONNX Runtime does for operator set 10, which
  /// leaves it open. Settled with the scales.
  package var roundsUpToShrink = false
  package var name: String { "Resize" }
  package var backwardReads: BackwardReads { [] }

  package init(
    _ function: Function, _ target: Target, coordinates: Coordinates = .halfPixel,
    rounding: Rounding = .halvesDown
  ) {
    self.function = function
    self.target = target
    self.coordinates = coordinates
    self.rounding = rounding
  }

  package init(_ function: Function, scale: (y: Float, x: Float)) {
    self.init(function, .scales(y: scale.y, x: scale.x))
  }

  package func settled(_ inputs: [Operand]) throws(ShapeError) -> Settled {
    guard case .inputs(let scales, let sizes, let axes, let policy) = target else {
      return Settled(self, keeping: 1)
    }
    func values(_ index: Int?) -> [Double]? {
      guard let index, index < inputs.count else { return nil }
      return inputs[index].constant.flatMap { $0.values.isEmpty ? nil : $0.values }
    }
    var copy = self
    if let values = values(scales) {
      let all = try expanded(values, axes, 1)
      copy.target = .scales(y: Float(all.y), x: Float(all.x))
      if roundsUpToShrink, min(all.y, all.x) < 1 {
        guard max(all.y, all.x) <= 1 else {
          throw ShapeError("enlarging one side and shrinking the other is not supported")
        }
        copy.rounding = .up
      }
      copy.roundsUpToShrink = false
      return Settled(copy, keeping: 1)
    }
    // Without the shape, sizes for N and C cannot be checked yet.
    guard let values = values(sizes), let x = inputs[0].shape, x.count == 4 else {
      return open(inputs)
    }
    let all = try expanded(values, axes, nil, x)
    copy.target = .sizes(y: clampedInteger(all.y), x: clampedInteger(all.x))
    if policy != .stretch {
      copy.target = .fitted(y: clampedInteger(all.y), x: clampedInteger(all.x), policy)
    }
    return Settled(copy, keeping: 1)
  }

  /// Values for height and width; those of N and C must keep the size.
  private func expanded(
    _ values: [Double], _ axes: [Int]?, _ neutral: Double?, _ shape: [Int] = [1, 1, 1, 1]
  ) throws(ShapeError) -> (y: Double, x: Double) {
    let axes = try normalizedAxes(axes ?? Array(0..<4), rank: 4)
    guard values.count == axes.count else { throw ShapeError("it resizes [N, C, H, W] only") }
    var all = shape.map { neutral ?? Double($0) }
    for (axis, value) in zip(axes, values) { all[axis] = value }
    guard all[0] == neutral ?? Double(shape[0]), all[1] == neutral ?? Double(shape[1]) else {
      throw ShapeError("only height and width can be resized")
    }
    return (all[2], all[3])
  }

  package func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
    guard inputs.count == 1, let x = inputs.first, x.count == 4 else {
      throw ShapeError("it takes an image [N, C, H, W] and a constant size")
    }
    let (h, w): (Int, Int)
    switch target {
    case .inputs: throw ShapeError("its size is not a constant")
    case .sizes(let y, let v): (h, w) = (y, v)
    case .scales, .fitted:
      guard let scale = scale(of: x), scale.y > 0, scale.x > 0, scale.y < 1024, scale.x < 1024
      else { throw ShapeError("scales must lie between 0 and 1024") }
      let (y, v) = (Float(x[2]) * scale.y, Float(x[3]) * scale.x)
      if case .fitted = target {
        (h, w) = (Int((y + 0.5).rounded(.down)), Int((v + 0.5).rounded(.down)))
      } else {
        (h, w) = (Int(y), Int(v))
      }
    }
    guard h > 0, w > 0, !x.contains(0) else { throw ShapeError("the size leaves no pixel") }
    return [[x[0], x[1], h, w]]
  }

  /// The factors, where they are not the ratio of the sizes.
  fileprivate func scale(of x: [Int]) -> (y: Float, x: Float)? {
    switch target {
    case .scales(let y, let x): return (y, x)
    case .fitted(let y, let v, let policy):
      let (rows, columns) = (Float(y) / Float(x[2]), Float(v) / Float(x[3]))
      let scale = policy == .notLarger ? min(rows, columns) : max(rows, columns)
      return (scale, scale)
    case .sizes, .inputs: return nil
    }
  }

  package func makeKernel(_ bindings: Bindings) -> any Kernel { ResizeKernel(self, bindings) }

  /// The position in the input of every position along an axis of the output.
  fileprivate func positions(from input: Int, to output: Int, scale: Float) -> [Float] {
    let half: (Int) -> Float = { (Float($0) + 0.5) / scale - 0.5 }
    return (0..<output).map { i in
      switch coordinates {
      case .halfPixel: return half(i)
      case .pytorchHalfPixel: return output > 1 ? half(i) : 0
      case .halfPixelSymmetric:
        let exact = scale * Float(input)
        let offset = Float(input) / 2 * (1 - Float(output) / exact)
        return offset + half(i)
      case .alignCorners:
        return output > 1 ? Float(i) * Float(input - 1) / Float(output - 1) : 0
      case .asymmetric: return Float(i) / scale
      case .tensorFlowHalfPixel: return (Float(i) + 0.5) / scale
      }
    }
  }

  fileprivate func nearest(_ position: Float) -> Int {
    switch rounding {
    case .halvesDown: Int((position - 0.5).rounded(.up))
    case .halvesUp: Int((position + 0.5).rounded(.down))
    case .down: Int(position.rounded(.down))
    case .up: Int(position.rounded(.up))
    }
  }
}

private final class ResizeKernel: Kernel {
  /// For each output position the two source positions and their weights.
  private struct Axis {
    var low: [Int32] = []
    var high: [Int32] = []
    var lowWeight: [Float] = []
    var highWeight: [Float] = []

    init(_ operation: Resize, from input: Int, to output: Int, scale: Float?) {
      let scale = scale ?? Float(output) / Float(input)
      for at in operation.positions(from: input, to: output, scale: scale) {
        switch operation.function {
        case .linear:
          let clamped = min(max(at, 0), Float(input - 1))
          let first = min(Int(clamped), input - 1)
          append(first, min(first + 1, input - 1), clamped - Float(first))
        case .nearest:
          let first = min(max(operation.nearest(at), 0), input - 1)
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
    let scale = operation.scale(of: x.shape)
    rows = Axis(operation, from: x.h, to: y.h, scale: scale?.y)
    columns = Axis(operation, from: x.w, to: y.w, scale: scale?.x)
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
