package import Imaging

/// What the network says about one image, measured and judged.
package struct Findings: Sendable, Equatable {
  package var model: ModelIdentity
  /// One for each label of the model, in the model's order; they sum to 1. Empty for a model that
  /// only segments.
  package var probabilities: [ClassProbability]
  package var decision: Decision?
  /// Largest first.
  package var lesions: [Lesion]
  /// The lesions' pixels; nil for a model that only classifies, and once written to disk.
  package var mask: Mask?
  /// The model outlines lesions.
  package var segments: Bool
  /// A pixel belongs to a lesion from this probability on.
  package var maskThreshold: Float
  /// Enhancement steps that the image had been through when the network saw it.
  package var enhancement: [String]
  /// Remarks that whoever reads the result must know.
  package var warnings: [String]
  package var timings: ScreeningTimings

  package init(
    model: ModelIdentity, probabilities: [ClassProbability], decision: Decision?,
    lesions: [Lesion], mask: Mask?, segments: Bool, maskThreshold: Float, enhancement: [String],
    warnings: [String], timings: ScreeningTimings
  ) {
    self.model = model
    self.probabilities = probabilities
    self.decision = decision
    self.lesions = lesions
    self.mask = mask
    self.segments = segments
    self.maskThreshold = maskThreshold
    self.enhancement = enhancement
    self.warnings = warnings
    self.timings = timings
  }

  /// A second look is called for.
  package var isSuspicious: Bool { decision?.isSuspicious ?? false }
}

/// Which model gave an answer.
package struct ModelIdentity: Sendable, Equatable {
  package var name: String
  /// SHA-256 of the model's file, 64 hexadecimal digits.
  package var sha256: String

  package init(name: String, sha256: String) {
    self.name = name
    self.sha256 = sha256
  }
}

/// A label and how likely the network holds it.
package struct ClassProbability: Sendable, Equatable {
  package var label: String
  package var probability: Float

  package init(_ label: String, _ probability: Float) {
    self.label = label
    self.probability = probability
  }
}

/// What was made of the probabilities.
package struct Decision: Sendable, Equatable {
  /// The most probable label.
  package var label: String
  package var probability: Float
  /// Sum of the probabilities of the model's suspicious labels.
  package var suspicion: Float
  /// The suspicion from which on an image is marked, whatever its label.
  package var threshold: Float
  /// True when the label is a suspicious one or the suspicion reaches the threshold.
  package var isSuspicious: Bool

  package init(
    label: String, probability: Float, suspicion: Float, threshold: Float, isSuspicious: Bool
  ) {
    self.label = label
    self.probability = probability
    self.suspicion = suspicion
    self.threshold = threshold
    self.isSuspicious = isSuspicious
  }
}

/// Where the time went, in seconds.
package struct ScreeningTimings: Sendable, Equatable {
  package var preprocessing: Double
  package var network: Double
  package var measuring: Double

  package init(preprocessing: Double = 0, network: Double = 0, measuring: Double = 0) {
    self.preprocessing = preprocessing
    self.network = network
    self.measuring = measuring
  }
}
