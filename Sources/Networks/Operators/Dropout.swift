// Dropout (Srivastava et al. 2014).
private import Tensors

/// While training, zeroes each value with probability `rate` and scales the rest by 1 / (1 - rate);
/// otherwise the identity. Draws depend on the node, the step and the position only.
package struct Dropout: Operator {
  package var rate: Float
  package var name: String { "Dropout" }
  package var backwardReads: BackwardReads { [] }

  package init(rate: Float = 0.5) { self.rate = rate }

  package func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] { [inputs[0]] }

  package func orders(_ inputs: [MemoryOrder], shapes: [[Int]]) -> (
    inputs: [MemoryOrder], output: MemoryOrder
  ) { (inputs, inputs[0]) }

  package func makeKernel(_ bindings: Bindings) -> any Kernel { DropoutKernel(rate, bindings) }
}

private final class DropoutKernel: Kernel {
  private let rate: Float
  private let io: Bindings

  init(_ rate: Float, _ io: Bindings) {
    self.rate = rate
    self.io = io
  }

  func forward(_ run: Run) {
    let (x, y) = (io.inputs[0].floats, io.outputs[0].floats)
    forEachSlice(of: io.outputs[0].count, run) { start, count in
      for i in start..<start + count { y[i] = x[i] * factor(i, run.step) }
    }
  }

  func backward(_ run: Run) {
    guard let target = io.inputGradients[0] else { return }
    let (dx, dy) = (target.view.floats, io.outputGradients[0].floats)
    let keep: Float = target.accumulates ? 1 : 0
    forEachSlice(of: target.view.count, run) { start, count in
      for i in start..<start + count {
        dx[i] = (keep == 0 ? 0 : dx[i]) + dy[i] * factor(i, run.step)
      }
    }
  }

  private func factor(_ position: Int, _ step: UInt64) -> Float {
    guard io.mode == .training, rate > 0 else { return 1 }
    var generator = SplitMix64(seed: io.seed &+ step &* 0x9E37_79B9 &+ UInt64(position) << 20)
    return generator.nextUnit() < rate ? 0 : 1 / (1 - rate)
  }
}
