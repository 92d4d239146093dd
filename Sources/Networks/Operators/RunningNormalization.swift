// BatchNormalization of values that are neither rows nor images.

/// `y = scale (x - μ) / √(σ² + ε) + bias` for each channel of `[N, C, …]`, μ and σ² given: what
/// ``BatchNormalization`` settles to where it has no kernel. Exporters standardise weights by it.
package struct RunningNormalization: Operator {
  package let epsilon: Float
  package var name: String { "BatchNormalization" }
  package var trainableInputs: Range<Int> { 0..<3 }
  package var backwardReads: BackwardReads { .inputs }

  package func layout(ofParameter index: Int) -> ParameterLayout { .plain }

  package func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
    guard inputs.count == 5, inputs[0].count > 2, inputs[1...].allSatisfy({ $0 == [inputs[0][1]] })
    else { throw ShapeError("it takes a value and four vectors of its channels") }
    return [inputs[0]]
  }

  package func orders(_ inputs: [MemoryOrder], shapes: [[Int]]) -> (
    inputs: [MemoryOrder], output: MemoryOrder
  ) { (inputs.map { _ in .rowMajor }, .rowMajor) }

  package func makeKernel(_ bindings: Bindings) -> any Kernel {
    RunningNormalizationKernel(self, bindings)
  }
}

private final class RunningNormalizationKernel: Kernel {
  private let io: Bindings
  private let epsilon: Float
  private let channels: Int
  /// Elements of one channel that stand side by side.
  private let run: Int
  private let samples: Int

  init(_ operation: RunningNormalization, _ io: Bindings) {
    self.io = io
    epsilon = operation.epsilon
    let shape = io.inputs[0].shape
    (samples, channels, run) = (shape[0], shape[1], shape[2...].reduce(1, *))
  }

  private func inverse(_ channel: Int) -> Float {
    1 / (io.inputs[4].floats[channel] + epsilon).squareRoot()
  }

  func forward(_ pass: Run) {
    let (x, y) = (io.inputs[0].floats, io.outputs[0].floats)
    pass.pool.run(channels) { c, _ in
      let scale = io.inputs[1].floats[c] * inverse(c)
      let offset = io.inputs[2].floats[c] - io.inputs[3].floats[c] * scale
      for n in 0..<samples {
        let start = (n * channels + c) * run
        for at in start..<(start + run) { y[at] = x[at] * scale + offset }
      }
    }
  }

  // dβ = Σ dy, dγ = Σ dy (x - μ) / √(σ² + ε), dx = γ / √(σ² + ε) dy
  func backward(_ pass: Run) {
    let (x, dy) = (io.inputs[0].floats, io.outputGradients[0].floats)
    pass.pool.run(channels) { c, _ in
      let (inverse, mean) = (inverse(c), io.inputs[3].floats[c])
      let scale = io.inputs[1].floats[c] * inverse
      var (gamma, beta): (Float, Float) = (0, 0)
      for n in 0..<samples {
        let start = (n * channels + c) * run
        for at in start..<(start + run) {
          gamma += dy[at] * (x[at] - mean) * inverse
          beta += dy[at]
          write(scale * dy[at], to: io.inputGradients[0], at: at)
        }
      }
      write(gamma, to: io.inputGradients[1], at: c)
      write(beta, to: io.inputGradients[2], at: c)
    }
  }

  private func write(_ value: Float, to target: GradientTarget?, at index: Int) {
    guard let target else { return }
    let floats = target.view.floats
    floats[index] = target.accumulates ? floats[index] + value : value
  }
}
