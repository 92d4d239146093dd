// The convolution as an operator: attributes, shapes and the choice of its kernel.
internal import CKernels
internal import Tensors

/// Padding before and after each axis, in pixels.
package struct Padding: Sendable, Equatable {
  package var top, left, bottom, right: Int

  package init(top: Int, left: Int, bottom: Int, right: Int) {
    (self.top, self.left, self.bottom, self.right) = (top, left, bottom, right)
  }

  package init(all: Int = 0) { self.init(top: all, left: all, bottom: all, right: all) }
}

/// Padding that makes the output as large as the input over the stride; an odd pixel goes to the
/// bottom and right (`upper`) or the top and left (`lower`).
package enum AutomaticPadding: String, Sendable { case upper = "SAME_UPPER", lower = "SAME_LOWER" }

/// Geometry shared by convolutions and pooling; `y` before `x`.
package struct WindowAttributes: Sendable, Equatable {
  package var kernel: (y: Int, x: Int)
  /// Whether the kernel is as large as the weights turn out to be.
  package var readsKernel = false
  package var stride: (y: Int, x: Int)
  package var dilation: (y: Int, x: Int)
  package var padding: Padding
  /// Replaces `padding` as soon as the image's size is known.
  package var automaticPadding: AutomaticPadding?

  package init(
    kernel: (y: Int, x: Int), stride: (y: Int, x: Int) = (1, 1),
    dilation: (y: Int, x: Int) = (1, 1), padding: Padding = Padding()
  ) {
    self.kernel = kernel
    self.stride = stride
    self.dilation = dilation
    self.padding = padding
  }

  package static func == (a: Self, b: Self) -> Bool {
    a.kernel == b.kernel && a.stride == b.stride && a.dilation == b.dilation
      && a.padding == b.padding && a.automaticPadding == b.automaticPadding
      && a.readsKernel == b.readsKernel
  }

  /// With the kernel of weights `[_, _, kh, kw]`, and automatic padding made explicit for an image
  /// `[N, C, H, W]`.
  func settled(_ image: [Int]?, weights: [Int]?) -> WindowAttributes {
    guard readsKernel else { return settled(image) }
    guard let weights, weights.count == 4 else { return self }
    var copy = self
    (copy.kernel, copy.readsKernel) = ((weights[2], weights[3]), false)
    return copy.settled(image)
  }

  /// With automatic padding made explicit for an image `[N, C, H, W]`.
  func settled(_ image: [Int]?) -> WindowAttributes {
    guard let image, image.count == 4, let automaticPadding else { return self }
    func total(_ size: Int, _ extent: Int, _ stride: Int) -> (before: Int, after: Int) {
      let total = max(0, ((size + stride - 1) / stride - 1) * stride + extent - size)
      return automaticPadding.shares(total)
    }
    let (y, x) = (total(image[2], extent.y, stride.y), total(image[3], extent.x, stride.x))
    var copy = self
    copy.padding = Padding(top: y.before, left: x.before, bottom: y.after, right: x.after)
    copy.automaticPadding = nil
    return copy
  }

  /// Pixels that the dilated kernel spans.
  var extent: (y: Int, x: Int) {
    ((kernel.y - 1) * dilation.y + 1, (kernel.x - 1) * dilation.x + 1)
  }

  /// Output height and width of a convolution over `height` x `width`.
  func outputSize(height: Int, width: Int, ceiling: Bool = false) throws(ShapeError)
    -> (height: Int, width: Int)
  {
    guard kernel.y > 0, kernel.x > 0, stride.y > 0, stride.x > 0, dilation.y > 0, dilation.x > 0
    else { throw ShapeError("kernel, stride and dilation must be at least 1") }
    func size(_ input: Int, _ extent: Int, _ before: Int, _ after: Int, _ stride: Int) -> Int {
      let span = input + before + after - extent
      guard span >= 0 else { return 0 }
      let size = (ceiling ? span + stride - 1 : span) / stride + 1
      // A window must start inside the input or its left padding.
      return ceiling && (size - 1) * stride >= input + before ? size - 1 : size
    }
    let h = size(height, extent.y, padding.top, padding.bottom, stride.y)
    let w = size(width, extent.x, padding.left, padding.right, stride.x)
    guard h > 0, w > 0 else {
      throw ShapeError("the image \(height)x\(width) is smaller than the window")
    }
    return (h, w)
  }

  /// The C kernels' form, for one group of channels.
  func window(input: View, output: View, groupChannels: Int? = nil, group: Int = 0) -> imgdx_window
  {
    let channels = groupChannels ?? input.c
    return imgdx_window(
      height: input.h, width: input.w, channels: input.c, out_height: output.h,
      out_width: output.w, kernel_height: kernel.y, kernel_width: kernel.x, stride_y: stride.y,
      stride_x: stride.x, pad_top: padding.top, pad_left: padding.left, dilation_y: dilation.y,
      dilation_x: dilation.x, group_channels: channels, first_channel: group * channels)
  }
}

extension AutomaticPadding {
  func shares(_ total: Int) -> (before: Int, after: Int) {
    let half = total / 2
    return self == .upper ? (half, total - half) : (total - half, half)
  }
}

/// `y[n, o, i, j] = b[o] + Σ w[o, c, ki, kj] x[n, c, i s + ki d - p, j s + kj d - p]`.
///
/// Inputs: x `[N, C, H, W]`, w `[O, C / groups, kh, kw]`, optional b `[O]`; after graph fusion also an
/// addend of the output's shape.
package struct Convolution: Operator {
  package var attributes: WindowAttributes
  package var groups: Int
  /// Slope of a leaky ReLU applied to the result: 1 none, 0 ReLU. Set by graph fusion only.
  package var slope: Float
  /// Whether the last input is added before the activation. Set by graph fusion only.
  package var hasAddend: Bool
  package var name: String { "Conv" }
  package var backwardReads: BackwardReads { .inputs }

  package init(
    attributes: WindowAttributes, groups: Int = 1, slope: Float = 1, hasAddend: Bool = false
  ) {
    self.attributes = attributes
    self.groups = groups
    self.slope = slope
    self.hasAddend = hasAddend
  }

  package func layout(ofParameter index: Int) -> ParameterLayout {
    index == 1 ? .convolution(groups: groups) : .image
  }

  package func settled(_ inputs: [Operand]) throws(ShapeError) -> Settled {
    var copy = self
    copy.attributes = attributes.settled(
      inputs[0].shape, weights: inputs.count > 1 ? inputs[1].shape : nil)
    return copy.all(inputs)
  }

  package func multiplications(_ inputs: [[Int]], output: [Int]) -> Int {
    output.reduce(1, *) * inputs[1][1...].reduce(1, *)
  }

  package func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
    guard inputs.count >= 2, inputs[0].count == 4, inputs[1].count == 4 else {
      throw ShapeError("a convolution takes an image [N, C, H, W] and weights [O, C, kh, kw]")
    }
    let (x, w) = (inputs[0], inputs[1])
    guard groups > 0, x[1] == w[1] * groups, w[0] % groups == 0 else {
      throw ShapeError("\(x[1]) channels do not fit weights \(w) in \(groups) groups")
    }
    guard w[2] == attributes.kernel.y, w[3] == attributes.kernel.x else {
      throw ShapeError("weights \(w) do not fit the kernel \(attributes.kernel)")
    }
    if inputs.count > 2, !(hasAddend && inputs.count == 3), inputs[2] != [w[0]] {
      throw ShapeError("the bias must have \(w[0]) values")
    }
    let size = try attributes.outputSize(height: x[2], width: x[3])
    return [[x[0], w[0], size.height, size.width]]
  }

  package func makeKernel(_ bindings: Bindings) -> any Kernel {
    let parts = ConvolutionParts(self, bindings)
    if DepthwiseConvolution.suits(parts) { return DepthwiseConvolution(parts) }
    if WinogradConvolution.suits(parts) { return WinogradConvolution(parts) }
    return ColumnConvolution(parts)
  }
}

/// A convolution's bindings by role.
struct ConvolutionParts {
  let operation: Convolution
  let io: Bindings
  let bias: View?
  let addend: View?

  init(_ operation: Convolution, _ io: Bindings) {
    self.operation = operation
    self.io = io
    let count = io.inputs.count
    addend = operation.hasAddend ? io.inputs[count - 1] : nil
    let hasBias = count - (operation.hasAddend ? 1 : 0) > 2
    bias = hasBias ? io.inputs[2] : nil
  }

  var attributes: WindowAttributes { operation.attributes }
  var x: View { io.inputs[0] }
  var weights: View { io.inputs[1] }
  var y: View { io.outputs[0] }
  var isPointwise: Bool {
    attributes.kernel == (1, 1) && attributes.stride == (1, 1) && attributes.padding == Padding()
      && operation.groups == 1
  }

  /// What ends a product whose first row is output row `row` and whose first column is `channel`.
  func ending(row: Int, channel: Int) -> ProductEnding {
    var ending = ProductEnding()
    ending.bias = bias.map { UnsafePointer($0.floats + channel) }
    ending.addend = addend.map { UnsafePointer($0.floats + row * y.c + channel) }
    ending.addendPitch = y.c
    ending.slope = operation.slope
    return ending
  }

  /// Sum of the output gradient over all rows, into the bias gradient.
  func backwardBias() {
    guard bias != nil, let target = io.inputGradients[2] else { return }
    if !target.accumulates { target.view.floats.update(repeating: 0, count: target.view.count) }
    let dy = io.outputGradients[0]
    imgdx_column_sums(target.view.floats, dy.floats, dy.rows, dy.c)
  }
}
