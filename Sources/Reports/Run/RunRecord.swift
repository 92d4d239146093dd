package import Screening

/// A whole run: what was asked, by whom it was answered, and every case.
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
  /// In the order of the inputs.
  package var cases: [CaseRecord]

  package init(
    program: String, model: ModelIdentity, labels: [String], suspiciousLabels: [String],
    modelSummary: String, inputs: [String], started: String, finished: String, elapsed: Double,
    wasInterrupted: Bool, includesPHI: Bool, cases: [CaseRecord]
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
    self.cases = cases
  }

  package var failed: [CaseRecord] { cases.filter { $0.failure != nil } }
  package var screened: [CaseRecord] { cases.filter { $0.failure == nil } }
  package var suspicious: [CaseRecord] { cases.filter { $0.findings?.isSuspicious ?? false } }
  package var withLesions: [CaseRecord] {
    cases.filter { !($0.findings?.lesions.isEmpty ?? true) }
  }
}
