// Local response normalisation (Krizhevsky, Sutskever and Hinton 2012).
private import Foundation

/// `y_c = x_c / (k + α / size · Σ x_j²)^β` over the `size` channels around c. Images `[N, C, H, W]`.
package struct ResponseNormalization: Operator {
  package var size: Int
  package var alpha, beta, bias: Float
  package var name: String { "LRN" }

  package init(size: Int, alpha: Float = 1e-4, beta: Float = 0.75, bias: Float = 1) {
    (self.size, self.alpha, self.beta, self.bias) = (size, alpha, beta, bias)
  }

  package func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
    guard inputs.count == 1, inputs[0].count == 4, 1...4096 ~= size else {
      throw ShapeError("it takes an image [N, C, H, W] and a size of at least 1")
    }
    return inputs
  }

  package func makeKernel(_ bindings: Bindings) -> any Kernel {
    ResponseNormalizationKernel(self, bindings)
  }
}

private final class ResponseNormalizationKernel: Kernel {
  private typealias Floats = UnsafeMutablePointer<Float>
  private let operation: ResponseNormalization
  private let io: Bindings

  init(_ operation: ResponseNormalization, _ io: Bindings) {
    (self.operation, self.io) = (operation, io)
  }

  var scratchCount: Int { 2 * io.inputs[0].c }

  private func forEachPixel(_ run: Run, _ body: (_ start: Int, _ scratch: Floats) -> Void) {
    let (x, block) = (io.inputs[0], 64)
    run.pool.run((x.rows + block - 1) / block) { task, worker in
      for row in task * block..<min((task + 1) * block, x.rows) {
        body(row * x.c, run.scratch(of: worker))
      }
    }
  }

  /// The channels that take part in channel c's sum.
  private func window(_ c: Int) -> Range<Int> {
    let low = (operation.size - 1) / 2
    return max(0, c - low)..<min(io.inputs[0].c, c - low + operation.size)
  }

  private func bases(_ x: Floats, to bases: Floats) {
    let share = operation.alpha / Float(operation.size)
    for c in 0..<io.inputs[0].c {
      var sum: Float = 0
      for j in window(c) { sum += x[j] * x[j] }
      bases[c] = operation.bias + share * sum
    }
  }

  func forward(_ run: Run) {
    forEachPixel(run) { start, scratch in
      let (x, y) = (io.inputs[0].floats + start, io.outputs[0].floats + start)
      bases(x, to: scratch)
      for c in 0..<io.inputs[0].c { y[c] = x[c] * pow(scratch[c], -operation.beta) }
    }
  }

  // With d = k + α / size Σ x²: dx_c = dy_c d_c^-β - 2 α β / size x_c Σ dy_j y_j / d_j over the
  // channels j whose windows hold c.
  func backward(_ run: Run) {
    guard let target = io.inputGradients[0] else { return }
    let channels = io.inputs[0].c
    let factor = 2 * operation.alpha * operation.beta / Float(operation.size)
    forEachPixel(run) { start, scratch in
      let (x, y) = (io.inputs[0].floats + start, io.outputs[0].floats + start)
      let (dy, dx) = (io.outputGradients[0].floats + start, target.view.floats + start)
      let ratios = scratch + channels
      bases(x, to: scratch)
      for c in 0..<channels {
        ratios[c] = dy[c] * y[c] / scratch[c]
        let own = dy[c] * pow(scratch[c], -operation.beta)
        dx[c] = target.accumulates ? dx[c] + own : own
      }
      for j in 0..<channels {
        for c in window(j) { dx[c] -= factor * x[c] * ratios[j] }
      }
    }
  }
}
