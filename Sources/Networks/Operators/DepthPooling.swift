// Pooling along the first axis of volumes.
private import Tensors

/// The largest or the mean value of each window along D of `[N, C, D, H, W]`.
///
/// Exporters write a normalisation by neighbouring channels so, which makes the channels the depth.
/// Volumes are row-major, so H and W together stand where an image in memory has its channels.
package struct DepthPooling: Operator {
  /// Its windows are one column wide; their rows are the depth.
  package var pooling: Pooling
  package var name: String { pooling.name }
  package var backwardReads: BackwardReads { [] }

  package init(_ pooling: Pooling) { self.pooling = pooling }

  package func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
    guard inputs.count == 1, inputs[0].count == 5 else {
      throw ShapeError("pooling along the depth takes one volume [N, C, D, H, W]")
    }
    let x = inputs[0]
    let planes = try pooling.outputShapes([[x[0], x[1], x[2], 1]])
    return [[x[0], x[1], planes[0][2], x[3], x[4]]]
  }

  package func makeKernel(_ bindings: Bindings) -> any Kernel {
    pooling.makeKernel(
      Bindings(
        mode: bindings.mode, inputs: bindings.inputs.map(Self.planes),
        outputs: bindings.outputs.map(Self.planes),
        outputGradients: bindings.outputGradients.map(Self.planes),
        inputGradients: bindings.inputGradients.map { target in
          target.map {
            GradientTarget(view: Self.planes($0.view), accumulates: $0.accumulates)
          }
        },
        seed: bindings.seed, pool: bindings.pool))
  }

  /// `[N, C, D, H, W]` as images of depth by one pixels with H · W channels.
  private static func planes(_ view: View) -> View {
    let s = view.shape
    return View(view.floats, shape: [s[0] * s[1], s[3] * s[4], s[2], 1])
  }
}
