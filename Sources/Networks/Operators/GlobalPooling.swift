// One value a channel from the whole image.
private import CKernels

/// The mean or the largest value of each channel: `[N, C, H, W]` to `[N, C, 1, 1]`.
package struct GlobalPooling: Operator {
  package enum Function: String, Sendable {
    case average = "GlobalAveragePool"
    case maximum = "GlobalMaxPool"
  }
  package var function: Function
  package var name: String { function.rawValue }
  package var backwardReads: BackwardReads { function == .average ? [] : [.inputs, .outputs] }

  package init(_ function: Function) { self.function = function }

  package func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
    guard inputs.count == 1, inputs[0].count == 4 else {
      throw ShapeError("global pooling takes one image [N, C, H, W]")
    }
    return [[inputs[0][0], inputs[0][1], 1, 1]]
  }

  package func makeKernel(_ bindings: Bindings) -> any Kernel {
    switch function {
    case .average: GlobalAverageKernel(bindings)
    case .maximum: GlobalMaximumKernel(bindings)
    }
  }
}

private final class GlobalAverageKernel: Kernel {
  private let io: Bindings
  init(_ io: Bindings) { self.io = io }

  func forward(_ run: Run) {
    let (x, y) = (io.inputs[0], io.outputs[0])
    run.pool.run(x.n) { image, _ in
      imgdx_global_average(y.image(image), x.image(image), x.h * x.w, x.c)
    }
  }

  func backward(_ run: Run) {
    guard let target = io.inputGradients[0] else { return }
    let (dx, dy) = (target.view, io.outputGradients[0])
    let share = 1 / Float(dx.h * dx.w)
    run.pool.run(dx.n) { image, _ in
      for pixel in 0..<dx.h * dx.w {
        imgdx_scale(
          dx.image(image) + pixel * dx.c, dy.image(image), share, dx.c, target.accumulates ? 1 : 0)
      }
    }
  }
}

private final class GlobalMaximumKernel: Kernel {
  private let io: Bindings
  init(_ io: Bindings) { self.io = io }

  func forward(_ run: Run) {
    let (x, y) = (io.inputs[0], io.outputs[0])
    run.pool.run(x.n) { image, _ in
      imgdx_global_maximum(y.image(image), x.image(image), x.h * x.w, x.c)
    }
  }

  /// The first of equal maxima takes the gradient.
  func backward(_ run: Run) {
    guard let target = io.inputGradients[0] else { return }
    let (x, y, dx, dy) = (io.inputs[0], io.outputs[0], target.view, io.outputGradients[0])
    if !target.accumulates { dx.floats.update(repeating: 0, count: dx.count) }
    for image in 0..<x.n {
      for channel in 0..<x.c {
        var at = channel
        while at < x.imageCount - x.c && x.image(image)[at] != y.image(image)[channel] { at += x.c }
        dx.image(image)[at] += dy.image(image)[channel]
      }
    }
  }
}
