// Softmax over classes.
private import Foundation

/// `y_i = e^x_i / Σ e^x_j` over the channel axis (1), shifted by the largest logit.
package struct Softmax: Operator {
  package var name: String { "Softmax" }
  package init() {}

  package func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] { [inputs[0]] }

  package func makeKernel(_ bindings: Bindings) -> any Kernel { SoftmaxKernel(bindings) }
}

private final class SoftmaxKernel: Kernel {
  private let io: Bindings
  init(_ io: Bindings) { self.io = io }

  func forward(_ run: Run) {
    let channels = io.outputs[0].c
    for row in 0..<io.outputs[0].rows {
      let x = io.inputs[0].floats + row * channels
      let y = io.outputs[0].floats + row * channels
      var largest = x[0]
      for i in 1..<max(channels, 1) { largest = max(largest, x[i]) }
      var sum: Float = 0
      for i in 0..<channels {
        y[i] = exp(x[i] - largest)
        sum += y[i]
      }
      for i in 0..<channels { y[i] /= sum }
    }
  }

  func backward(_ run: Run) {
    guard let target = io.inputGradients[0] else { return }
    let channels = io.outputs[0].c
    for row in 0..<io.outputs[0].rows {
      let y = io.outputs[0].floats + row * channels
      let dy = io.outputGradients[0].floats + row * channels
      let dx = target.view.floats + row * channels
      var dot: Float = 0
      for i in 0..<channels { dot += y[i] * dy[i] }
      for i in 0..<channels {
        let gradient = y[i] * (dy[i] - dot)
        dx[i] = target.accumulates ? dx[i] + gradient : gradient
      }
    }
  }
}
