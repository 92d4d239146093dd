/// What imgdx must know about a model beyond its graph; JSON under the key `imgdx` of the ONNX
/// file's `metadata_props`.
package struct ModelMetadata: Sendable, Equatable, Codable {
  /// Version of this layout.
  package var schema = 1
  /// Name shown in reports ("breast-ultrasound").
  package var name: String
  /// Class labels in the order of the logits; empty for a model that only segments.
  package var labels: [String]
  /// The labels that call for a second look ("malignant").
  package var suspiciousLabels: [String]
  /// An image is marked when its suspicious labels' probabilities sum to this; nil means 0.5.
  package var suspicionThreshold: Float?
  /// How an image becomes the network's input.
  package var input: InputSpecification
  /// Name of the graph output with class logits `[N, labels.count]`, if any.
  package var classificationOutput: String?
  /// Name of the graph output with lesion logits `[N, 1, H, W]`, if any.
  package var segmentationOutput: String?
  /// A pixel belongs to a lesion when its probability is at least this.
  package var maskThreshold: Float
  /// Lesions with fewer pixels than this share of the image are dropped (0.001 = 0.1 %).
  package var minimumLesionShare: Float
  /// Average the answers for the image and its mirror image.
  package var averagesFlips: Bool
  /// Modalities it was trained for ("US"); others give a warning.
  package var modalities: [String]
  /// Free text for people: data, licence, limits.
  package var summary: String
  /// ``fingerprint(of:)`` of every image file that it was trained or chosen on, sorted; nil where that
  /// is not known.
  package var trainingImages: [String]?

  /// The first 16 digits of a file's SHA-256: enough to know it again, of no use to anybody else.
  package static func fingerprint(of sha256: String) -> String { String(sha256.prefix(16)) }

  package init(
    name: String, labels: [String], suspiciousLabels: [String] = [], input: InputSpecification,
    classificationOutput: String? = nil, segmentationOutput: String? = nil,
    maskThreshold: Float = 0.5, minimumLesionShare: Float = 0.001, averagesFlips: Bool = true,
    modalities: [String] = [], summary: String = ""
  ) {
    self.name = name
    self.labels = labels
    self.suspiciousLabels = suspiciousLabels
    self.input = input
    self.classificationOutput = classificationOutput
    self.segmentationOutput = segmentationOutput
    self.maskThreshold = maskThreshold
    self.minimumLesionShare = minimumLesionShare
    self.averagesFlips = averagesFlips
    self.modalities = modalities
    self.summary = summary
  }
}

/// How an image becomes the network's input `[N, channels, height, width]`.
package struct InputSpecification: Sendable, Equatable, Codable {
  package enum Fit: String, Sendable, Codable {
    /// Both axes scaled to the input size on their own.
    case stretch
    /// Scaled with its aspect kept and centred; the rest is filled with zeros before normalisation.
    case letterbox
  }
  package var width: Int
  package var height: Int
  /// 1: luminance; 3: RGB, or luminance repeated.
  package var channels: Int
  package var fit: Fit
  /// Enhancement steps in the text form of `--denoise` and `--contrast`, applied in order.
  package var enhancement: [String]
  /// Subtracted from, then divided out of samples scaled to 0...1; one a channel.
  package var mean: [Float]
  package var standardDeviation: [Float]

  package init(
    width: Int, height: Int, channels: Int = 1, fit: Fit = .letterbox, enhancement: [String] = [],
    mean: [Float] = [0.5], standardDeviation: [Float] = [0.25]
  ) {
    self.width = width
    self.height = height
    self.channels = channels
    self.fit = fit
    self.enhancement = enhancement
    self.mean = mean
    self.standardDeviation = standardDeviation
  }
}
