// A U-Net with residual stages, a mask head and a class head (Ronneberger et al. 2015, He et al. 2016).

/// Sizes of a ``unet(_:seed:)``.
package struct UNetSettings: Sendable, Equatable {
  /// Input channels and size; the size must divide by 2 to the number of stages.
  package var channels = 1
  package var height = 256
  package var width = 256
  /// Channels of each stage; the first works at half the input size, each next at half of the one before.
  package var widths = [32, 64, 128, 160, 192]
  /// Classes of the image as a whole; 0 for none.
  package var classes = 3
  /// Whether lesions are segmented.
  package var segments = true
  /// Dropout before the class head.
  package var dropout: Float = 0.3

  package init() {}
}

/// Names of the graph's outputs.
package enum UNetOutput {
  /// Lesion logits `[N, 1, H, W]`.
  package static let mask = "mask"
  /// Class logits `[N, classes]`.
  package static let classes = "classes"
}

/// Stages of stride-2 convolution and a residual block; a decoder of upconvolutions with skips;
/// mask logits at half size, enlarged linearly; class logits from the pooled features of the deepest
/// stage (what the image shows as a whole) and of the decoder in between (what the outline is like).
package func unet(_ settings: UNetSettings, seed: UInt64) -> Graph {
  var net = GraphBuilder(
    input: "image", channels: settings.channels, height: settings.height, width: settings.width,
    seed: seed)
  var stages: [String] = []
  var x = "image"
  for (level, width) in settings.widths.enumerated() {
    let name = "stage\(level + 1)"
    x = net.block(x, width, kernel: level == 0 ? 5 : 3, stride: 2, as: name + ".down")
    x = net.residual(x, as: name)
    stages.append(x)
  }
  var pooled = net.pooled(x, as: "pool")
  if settings.segments {
    for level in settings.widths.indices.dropLast().reversed() {
      let (name, width) = ("decoder\(level + 1)", settings.widths[level])
      let up = net.upconvolution(x, width, as: name + ".up")
      let joined = net.concatenation([stages[level], up], as: name + ".skip")
      x = net.block(joined, width, as: name + ".first")
      x = net.block(x, width, as: name + ".second")
      if level > 0, level < settings.widths.count - 2 {
        pooled += net.pooled(x, as: name + ".pool")
      }
    }
    let logits = net.convolution(x, 1, kernel: 1, bias: true, gain: 0.1, as: "mask.logits")
    net.output(net.apply(Resize(.linear, scale: (2, 2)), to: logits, as: UNetOutput.mask))
  }
  if settings.classes > 0 {
    var features = net.concatenation(pooled, as: "pool")
    features = net.apply(Reshape(.flatten(axis: 1)), to: features, as: "features")
    features = net.apply(Dropout(rate: settings.dropout), to: features, as: "features.dropout")
    net.output(net.dense(features, settings.classes, as: UNetOutput.classes))
  }
  return net.graph
}

extension GraphBuilder {
  /// Convolution, batch normalisation, ReLU.
  mutating func block(
    _ input: String, _ width: Int, kernel: Int = 3, stride: Int = 1, as name: String
  ) -> String {
    let sum = convolution(input, width, kernel: kernel, stride: stride, as: name + ".conv")
    return apply(LeakyReLU(), to: batchNormalization(sum, as: name + ".norm"), as: name)
  }

  /// The mean and the maximum of every channel.
  mutating func pooled(_ input: String, as name: String) -> [String] {
    [
      apply(GlobalPooling(.average), to: input, as: name + ".average"),
      apply(GlobalPooling(.maximum), to: input, as: name + ".maximum"),
    ]
  }

  /// Two convolutions around a shortcut; the last scale starts at zero, so that the block starts as
  /// the identity (Goyal et al. 2017).
  mutating func residual(_ input: String, as name: String) -> String {
    let width = channels(of: input)
    let first = block(input, width, as: name + ".first")
    let second = convolution(first, width, as: name + ".second.conv")
    let norm = batchNormalization(second, scale: 0, as: name + ".second.norm")
    return apply(
      LeakyReLU(), to: apply(Arithmetic(.add), to: norm, input, as: name + ".sum"), as: name)
  }
}
