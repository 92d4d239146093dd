// Batch normalisation, with statistics of the batch while training (Ioffe and Szegedy 2015).
private import CKernels
private import Foundation
private import Tensors

/// `y = γ (x - μ) / √(σ² + ε) + β` per channel.
///
/// Inputs: x `[N, C, H, W]`, γ `[C]`, β `[C]`, running mean `[C]`, running variance `[C]`; after graph
/// fusion an addend of x's shape stands before the running mean. Training
/// uses the batch's μ and σ² and moves the running ones: `r = momentum r + (1 - momentum) batch`
/// (the running variance takes the unbiased estimate, as PyTorch does).
///
/// Files exported while training say that running uses the batch's μ and σ² too; values that are
/// neither rows nor images, such as weights that are standardised, are then allowed as well.
package struct BatchNormalization: Operator {
  package var epsilon: Float
  /// ONNX's sense: the share of the old running value that stays (0.9).
  package var momentum: Float
  /// Whether running, too, takes the statistics of its batch; the running ones stay then.
  package var usesBatchStatistics: Bool
  /// Slope of a leaky ReLU applied to the result: 1 none, 0 ReLU. Set by graph fusion only.
  package var slope: Float
  /// Whether input 3 is added before the activation. Set by graph fusion only.
  package var hasAddend = false
  package var name: String { "BatchNormalization" }
  package var trainableInputs: Range<Int> { hasAddend ? 0..<4 : 0..<3 }
  package var backwardReads: BackwardReads { slope == 1 ? .inputs : [.inputs, .outputs] }

  package init(
    epsilon: Float = 1e-5, momentum: Float = 0.9, usesBatchStatistics: Bool = false,
    slope: Float = 1
  ) {
    self.epsilon = epsilon
    self.momentum = momentum
    self.usesBatchStatistics = usesBatchStatistics
    self.slope = slope
  }

  package func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
    guard inputs.count == (hasAddend ? 6 : 5), [2, 4].contains(inputs[0].count),
      inputs[1...].enumerated().allSatisfy({
        hasAddend && $0 == 2 ? $1 == inputs[0] : $1 == [inputs[0][1]]
      })
    else { throw ShapeError("it takes rows or images and four vectors of their channels") }
    return [inputs[0]]
  }

  package func settled(_ inputs: [Operand]) throws(ShapeError) -> Settled {
    guard let shape = inputs[0].shape, shape.count > 2, shape.count != 4, !hasAddend, slope == 1
    else { return all(inputs) }
    guard usesBatchStatistics else {
      guard inputs.count == 5 else { throw ShapeError("it takes five inputs") }
      return Settled(RunningNormalization(epsilon: epsilon), keeping: 5)
    }
    return Settled(LocalNormalization(.batch, epsilon: epsilon), keeping: min(3, inputs.count))
  }

  package func makeKernel(_ bindings: Bindings) -> any Kernel {
    BatchNormalizationKernel(self, bindings)
  }
}

private final class BatchNormalizationKernel: Kernel {
  private let operation: BatchNormalization
  private let io: Bindings
  private let addend: View?
  private let running: (mean: View, variance: View)
  private let channels: Int
  private let rows: Int
  /// Rows are cut into this many chunks; partial sums are added in order.
  private let chunks: Int
  private let partial: UnsafeMutablePointer<Double>
  private let scale: FloatStorage
  private let offset: FloatStorage
  private let shift: FloatStorage
  private let mean: FloatStorage
  private var variance: [Double]

  init(_ operation: BatchNormalization, _ io: Bindings) {
    self.operation = operation
    self.io = io
    addend = operation.hasAddend ? io.inputs[3] : nil
    running = (io.inputs[io.inputs.count - 2], io.inputs[io.inputs.count - 1])
    channels = io.inputs[0].c
    rows = io.inputs[0].rows
    chunks = min(32, max(1, rows / 256))
    partial = .allocate(capacity: chunks * 2 * channels)
    partial.initialize(repeating: 0, count: chunks * 2 * channels)
    scale = FloatStorage(count: channels)
    offset = FloatStorage(count: channels)
    shift = FloatStorage(count: channels)
    mean = FloatStorage(count: channels)
    variance = [Double](repeating: 0, count: channels)
  }

  deinit { partial.deallocate() }

  private func range(_ chunk: Int) -> Range<Int> {
    chunk * rows / chunks..<(chunk + 1) * rows / chunks
  }

  /// Sums of two quantities per channel over all rows, the same for any number of workers.
  private func sums(
    _ run: Run,
    _ body: (
      _ first: UnsafeMutablePointer<Double>, _ second: UnsafeMutablePointer<Double>,
      _ rows: Range<Int>
    ) -> Void
  ) {
    let width = 2 * channels
    run.pool.run(chunks) { chunk, _ in
      let sums = partial + chunk * width
      sums.update(repeating: 0, count: width)
      body(sums, sums + channels, range(chunk))
    }
    for chunk in 1..<max(chunks, 1) {
      for i in 0..<width { partial[i] += partial[chunk * width + i] }
    }
  }

  func forward(_ run: Run) {
    if io.mode == .training || operation.usesBatchStatistics {
      measure(run)
    } else {
      useRunningStatistics()
    }
    let (x, y) = (io.inputs[0], io.outputs[0])
    run.pool.run(chunks) { chunk, _ in
      let rows = range(chunk)
      let at = rows.lowerBound * channels
      imgdx_affine(
        y.floats + at, x.floats + at, scale.floats, offset.floats, addend.map { $0.floats + at },
        operation.slope, rows.count, channels)
    }
  }

  private func useRunningStatistics() {
    for c in 0..<channels {
      let s = io.inputs[1].floats[c] / (running.variance.floats[c] + operation.epsilon).squareRoot()
      scale.floats[c] = s
      offset.floats[c] = io.inputs[2].floats[c] - running.mean.floats[c] * s
    }
  }

  private func measure(_ run: Run) {
    let x = io.inputs[0].floats
    sums(run) { sums, squares, rows in
      imgdx_moments(sums, squares, x + rows.lowerBound * channels, rows.count, channels)
    }
    let count = Double(rows)
    let (keep, moves) = (operation.momentum, io.mode == .training)
    let (runningMean, runningVariance) = (running.mean.floats, running.variance.floats)
    for c in 0..<channels {
      let average = partial[c] / count
      let biased = max(0, partial[channels + c] / count - average * average)
      variance[c] = biased
      mean.floats[c] = Float(average)
      let s = Double(io.inputs[1].floats[c]) / (biased + Double(operation.epsilon)).squareRoot()
      scale.floats[c] = Float(s)
      offset.floats[c] = Float(Double(io.inputs[2].floats[c]) - average * s)
      guard moves else { continue }
      let unbiased = biased * count / max(1, count - 1)
      runningMean[c] = keep * runningMean[c] + (1 - keep) * Float(average)
      runningVariance[c] = keep * runningVariance[c] + (1 - keep) * Float(unbiased)
    }
  }

  // With g = dy through the activation, M = N·H·W and x̂ = (x - μ) / √(σ² + ε):
  // dβ = Σ g, dγ = Σ g x̂, dx = γ / √(σ² + ε) (g - dβ / M - x̂ dγ / M)
  func backward(_ run: Run) {
    let (x, y, dy) = (io.inputs[0].floats, io.outputs[0].floats, io.outputGradients[0].floats)
    sums(run) { sumG, sumGX, rows in
      let at = rows.lowerBound * channels
      imgdx_normalization_sums(
        sumG, sumGX, x + at, y + at, dy + at, mean.floats, operation.slope, rows.count, channels)
    }
    let count = Double(rows)
    for c in 0..<channels {
      let inverse = 1 / (variance[c] + Double(operation.epsilon)).squareRoot()
      let (beta, gamma) = (partial[c], partial[channels + c] * inverse)
      write(gamma, to: io.inputGradients[1], at: c)
      write(beta, to: io.inputGradients[2], at: c)
      let a = Double(io.inputs[1].floats[c]) * inverse
      let b = -a * inverse * gamma / count
      scale.floats[c] = Float(a)
      shift.floats[c] = Float(b)
      offset.floats[c] = Float(-a * beta / count - b * Double(mean.floats[c]))
    }
    let (target, addendTarget) = (
      io.inputGradients[0], operation.hasAddend ? io.inputGradients[3] : nil
    )
    run.pool.run(chunks) { chunk, _ in
      // Blocks that stay in the first-level cache, since both gradients read them.
      let (rows, block) = (range(chunk), max(1, 4096 / channels))
      for row in stride(from: rows.lowerBound, to: rows.upperBound, by: block) {
        let (at, count) = (row * channels, min(block, rows.upperBound - row))
        if let target {
          imgdx_normalization_backward(
            target.view.floats + at, x + at, y + at, dy + at, scale.floats, shift.floats,
            offset.floats, operation.slope, count, channels, target.accumulates ? 1 : 0)
        }
        if let addendTarget {
          imgdx_leaky_relu_backward(
            addendTarget.view.floats + at, y + at, dy + at, operation.slope, count * channels,
            addendTarget.accumulates ? 1 : 0)
        }
      }
    }
  }

  private func write(_ value: Double, to target: GradientTarget?, at index: Int) {
    guard let target else { return }
    let floats = target.view.floats
    floats[index] = target.accumulates ? floats[index] + Float(value) : Float(value)
  }
}
