// Depthwise convolution: one small kernel a channel, without columns.
private import CKernels
private import Tensors

/// As many groups as input and output channels; any stride, padding and dilation.
final class DepthwiseConvolution: Kernel {
  private let parts: ConvolutionParts
  private let io: Bindings
  private let taps: Int
  /// Weights `[kh, kw, C]`, and sums of their gradient, one an image.
  private let weights: FloatStorage
  private let partialWeights: FloatStorage?

  static func suits(_ parts: ConvolutionParts) -> Bool {
    parts.operation.groups > 1 && parts.operation.groups == parts.x.c && parts.y.c == parts.x.c
      && parts.addend == nil
  }

  init(_ parts: ConvolutionParts) {
    self.parts = parts
    io = parts.io
    taps = parts.attributes.kernel.y * parts.attributes.kernel.x
    weights = FloatStorage(count: taps * parts.x.c)
    partialWeights =
      io.mode == .training ? FloatStorage(count: parts.y.n * taps * parts.x.c) : nil
    if io.mode == .inference { arrangeWeights() }
  }

  var packedInputs: Set<Int> { io.mode == .inference ? [1] : [] }

  private func arrangeWeights() {
    imgdx_to_channels_last(weights.floats, parts.weights.floats, parts.x.c, taps)
  }

  func forward(_ run: Run) {
    if io.mode == .training { arrangeWeights() }
    let y = parts.y
    run.pool.run(y.n * y.h) { task, _ in
      var window = parts.attributes.window(input: parts.x, output: y)
      imgdx_depthwise(
        y.floats + task * y.w * y.c, parts.x.image(task / y.h), weights.floats,
        parts.bias?.floats, parts.operation.slope, &window, task % y.h, 1)
    }
  }

  // dx[i + k] += w[k] dy[i], dw[k] += x[i + k] dy[i]; an image is a task, its dw added in order.
  func backward(_ run: Run) {
    parts.backwardBias()
    let dy = io.outputGradients[0]
    let (input, weight) = (io.inputGradients[0], io.inputGradients[1])
    let count = taps * parts.x.c
    run.pool.run(dy.n) { image, _ in
      if let input, !input.accumulates {
        input.view.image(image).update(repeating: 0, count: input.view.imageCount)
      }
      let sum = weight == nil ? nil : partialWeights.map { $0.floats + image * count }
      sum?.update(repeating: 0, count: count)
      var window = parts.attributes.window(input: parts.x, output: dy)
      imgdx_depthwise_backward(
        input?.view.image(image), sum, parts.x.image(image), weights.floats, dy.image(image),
        &window)
    }
    guard let weight, let partialWeights else { return }
    for image in 1..<max(dy.n, 1) {
      imgdx_add(partialWeights.floats, partialWeights.floats + image * count, count)
    }
    imgdx_to_channels_first(
      weight.view.floats, partialWeights.floats, parts.x.c, taps, weight.accumulates ? 1 : 0)
  }
}
