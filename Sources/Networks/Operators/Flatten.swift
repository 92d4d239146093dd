// Images as rows of a matrix.
private import CKernels

/// `[N, C, H, W]` to `[N, C · H · W]`, in the order of C, H, W.
package struct Flatten: Operator {
  package var name: String { "Flatten" }
  package init() {}

  package func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
    guard let shape = inputs.first, shape.count >= 2 else {
      throw ShapeError("flattening takes at least [N, C]")
    }
    return [[shape[0], shape[1...].reduce(1, *)]]
  }

  package func makeKernel(_ bindings: Bindings) -> any Kernel { FlattenKernel(bindings) }
}

private final class FlattenKernel: Kernel {
  private let io: Bindings
  init(_ io: Bindings) { self.io = io }

  func forward(_ run: Run) {
    let (x, y) = (io.inputs[0], io.outputs[0])
    for image in 0..<x.n {
      imgdx_to_channels_first(y.image(image), x.image(image), x.c, x.h * x.w, 0)
    }
  }

  func backward(_ run: Run) {
    guard let target = io.inputGradients[0] else { return }
    let (dx, dy) = (target.view, io.outputGradients[0])
    for image in 0..<dx.n {
      // The transpose of the transpose: pixels become the channels.
      imgdx_to_channels_first(
        dx.image(image), dy.image(image), dx.h * dx.w, dx.c, target.accumulates ? 1 : 0)
    }
  }
}
