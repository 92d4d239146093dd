package import Batching
package import Intake
package import Screening

/// What a pipeline file says about a batch, defaults filled in: how images are looked at, what is
/// written, and within which limits.
package struct Pipeline: Sendable, Equatable {
  /// Path of the model's file; nil leaves it to the environment and the installation.
  package var model: String?
  package var adjustments = ModelAdjustments()
  package var pictures = CasePictures.all
  package var includesThumbnails = true
  package var includesPHI = false
  /// Files are called by keyed hashes.
  package var isPseudonymous = false
  package var limits = Limits()
  package var timeout = BatchSettings.defaultTimeout
  package var grace = BatchSettings.defaultGrace
  /// Bytes for each worker; nil shares out the machine's.
  package var memory: Int?
  /// Nil for the processors that may be used.
  package var jobs: Int?

  /// The default.
  package init() {}

  /// Reads a pipeline file.
  /// - Throws: ``PipelineError``, which names line and column of the first fault.
  package init(path: String) throws(PipelineError) {
    self = try PipelineReader(path: path).read()
  }

  /// What values may be; the same as for the options of the command line.
  package enum Bounds {
    package static let pixels = 1...(1 << 32)
    package static let bytes = 1...Int.max
    package static let frames = 1...(1 << 24)
    package static let memory = (1 << 28)...Int.max
    package static let jobs = 1...1024
    /// Of timeout, which may not be 0 itself, and of grace.
    package static let seconds = 0.0...1e6
  }
}
