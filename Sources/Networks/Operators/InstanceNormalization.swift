// Instance normalisation where it is most used: images of many channels.
private import CKernels
private import Tensors

/// Instance normalisation of channels-last images: all channels of a pixel at once.
final class InstanceNormalizationKernel: Kernel {
  private let io: Bindings
  private let epsilon: Float
  private let sums: UnsafeMutablePointer<Double>
  /// For each image and channel: factor, offset, mean and a further factor.
  private let factors: FloatStorage
  private let chunks: Int

  init(_ epsilon: Float, _ io: Bindings) {
    self.io = io
    self.epsilon = epsilon
    let x = io.inputs[0]
    chunks = min(16, max(1, x.h * x.w / 256))
    sums = .allocate(capacity: x.n * chunks * 2 * x.c)
    sums.initialize(repeating: 0, count: x.n * chunks * 2 * x.c)
    factors = FloatStorage(count: x.n * 4 * x.c)
  }

  deinit { sums.deallocate() }

  private func pixels(_ chunk: Int) -> Range<Int> {
    let total = io.inputs[0].h * io.inputs[0].w
    return chunk * total / chunks..<(chunk + 1) * total / chunks
  }

  /// Visits the chunks of every image: sums of its own, first float, pixels.
  private func forEachChunk(
    _ run: Run,
    _ body: (_ image: Int, _ sums: UnsafeMutablePointer<Double>, _ at: Int, _ n: Int) -> Void
  ) {
    let x = io.inputs[0]
    run.pool.run(x.n * chunks) { task, _ in
      let range = pixels(task % chunks)
      body(
        task / chunks, sums + task * 2 * x.c,
        (task / chunks) * x.imageCount + range.lowerBound * x.c, range.count)
    }
  }

  /// Adds up the chunks of an image in order; the result stands in its first.
  private func total(_ image: Int) -> UnsafeMutablePointer<Double> {
    let width = 2 * io.inputs[0].c
    let first = sums + image * chunks * width
    for chunk in 1..<max(chunks, 1) {
      for i in 0..<width { first[i] += first[chunk * width + i] }
    }
    return first
  }

  private func measure(_ run: Run) {
    let x = io.inputs[0]
    let c = x.c
    forEachChunk(run) { _, sums, at, n in
      sums.update(repeating: 0, count: 2 * c)
      imgdx_moments(sums, sums + c, x.floats + at, n, c)
    }
    let count = Double(x.h * x.w)
    for image in 0..<x.n {
      let sums = total(image)
      let own = factors.floats + image * 4 * c
      for i in 0..<c {
        let mean = sums[i] / count
        let variance = max(0, sums[c + i] / count - mean * mean)
        let inverse = 1 / (variance + Double(epsilon)).squareRoot()
        let scale = Double(io.inputs[1].floats[i]) * inverse
        let bias = io.inputs.count > 2 ? Double(io.inputs[2].floats[i]) : 0
        own[i] = Float(scale)
        own[c + i] = Float(bias - mean * scale)
        own[2 * c + i] = Float(mean)
        own[3 * c + i] = Float(inverse)
      }
    }
  }

  func forward(_ run: Run) {
    measure(run)
    let (x, y, c) = (io.inputs[0], io.outputs[0], io.inputs[0].c)
    forEachChunk(run) { image, _, at, n in
      let own = factors.floats + image * 4 * c
      imgdx_affine(y.floats + at, x.floats + at, own, own + c, nil, 1, n, c)
    }
  }

  // As batch normalisation's backward pass, each image for itself.
  func backward(_ run: Run) {
    measure(run)
    let (x, y, dy, c) = (io.inputs[0], io.outputs[0], io.outputGradients[0], io.inputs[0].c)
    forEachChunk(run) { image, sums, at, n in
      let own = factors.floats + image * 4 * c
      sums.update(repeating: 0, count: 2 * c)
      imgdx_normalization_sums(
        sums, sums + c, x.floats + at, y.floats + at, dy.floats + at, own + 2 * c, 1, n, c)
    }
    for target in io.inputGradients.dropFirst() {
      guard let target, !target.accumulates else { continue }
      target.view.floats.update(repeating: 0, count: c)
    }
    let count = Double(x.h * x.w)
    for image in 0..<x.n {
      let sums = total(image)
      let own = factors.floats + image * 4 * c
      for i in 0..<c {
        let inverse = Double(own[3 * c + i])
        let (beta, gamma) = (sums[i], sums[c + i] * inverse)
        io.inputGradients[1]?.view.floats[i] += Float(gamma)
        if io.inputs.count > 2 { io.inputGradients[2]?.view.floats[i] += Float(beta) }
        let a = Double(io.inputs[1].floats[i]) * inverse
        let b = -a * inverse * gamma / count
        own[i] = Float(a)
        own[c + i] = Float(b)
        own[3 * c + i] = Float(-a * beta / count - b * Double(own[2 * c + i]))
      }
    }
    guard let target = io.inputGradients[0] else { return }
    forEachChunk(run) { image, _, at, n in
      let own = factors.floats + image * 4 * c
      imgdx_normalization_backward(
        target.view.floats + at, x.floats + at, y.floats + at, dy.floats + at, own, own + c,
        own + 3 * c, 1, n, c, target.accumulates ? 1 : 0)
    }
  }
}
