package import Files
package import Screening

/// A whole run: what was asked, by whom it was answered, and how much came of it. The images
/// themselves are ``RunEntry`` values.
package struct RunRecord: Sendable, Equatable {
  /// Name and version of the program ("imgdx 0.1.0").
  package var program: String
  package var model: ModelIdentity
  /// Labels of the model in its order.
  package var labels: [String]
  package var suspiciousLabels: [String]
  /// The model's free text: data, licence, limits.
  package var modelSummary: String
  /// Folders and files as the user gave them.
  package var inputs: [String]
  /// ISO 8601, UTC.
  package var started: String
  package var finished: String
  /// Seconds.
  package var elapsed: Double
  /// Stopped before every input was looked at.
  package var wasInterrupted: Bool
  package var includesPHI: Bool
  /// Masks, and overlays, lie beside the documents of segmented images.
  package var hasMasks = true
  package var hasOverlays = true
  package var counts = RunCounts()
  /// Further members of `run.json`: configuration, machine, throughput.
  package var circumstances: [JSONValue.Member] = []

  package init(
    program: String, model: ModelIdentity, labels: [String], suspiciousLabels: [String],
    modelSummary: String, inputs: [String], started: String, finished: String, elapsed: Double,
    wasInterrupted: Bool, includesPHI: Bool
  ) {
    self.program = program
    self.model = model
    self.labels = labels
    self.suspiciousLabels = suspiciousLabels
    self.modelSummary = modelSummary
    self.inputs = inputs
    self.started = started
    self.finished = finished
    self.elapsed = elapsed
    self.wasInterrupted = wasInterrupted
    self.includesPHI = includesPHI
  }
}

/// The images of a run, counted.
package struct RunCounts: Sendable, Equatable {
  package var images = 0
  package var failed = 0
  package var suspicious = 0
  package var withLesions = 0
  /// Screened images by most probable label.
  package var labels: [String: Int] = [:]

  package init() {}

  package var screened: Int { images - failed }
}
