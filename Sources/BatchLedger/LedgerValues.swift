/// What is known of an input's results.
package enum CaseState: String, Sendable {
  /// None yet, or not any more.
  case waiting
  /// Every image in it was screened.
  case done
  /// At least one image in it was not.
  case failed
}

/// An input as the walk found it.
package struct ListedFile: Sendable, Equatable {
  /// As reports name it.
  package var path: String
  /// The same for every path that leads to one file.
  package var resolved: String
  /// Path below the input folder: what outputs are named by.
  package var relative: String
  /// Why it cannot even be opened, where the walk found that out.
  package var refusal: String?

  package init(path: String, resolved: String, relative: String, refusal: String? = nil) {
    self.path = path
    self.resolved = resolved
    self.relative = relative
    self.refusal = refusal
  }
}

/// An input whose turn it is.
package struct LedgerCase: Sendable, Equatable {
  package let id: Int64
  package let path: String
  /// Path of its outputs below the output folder, without endings.
  package let name: String
  package let refusal: String?
  package let state: CaseState
  /// SHA-256 of the input when it was last read.
  package let sha256: String?
  /// Workers that died over it since it was last done.
  package let kills: Int
  package let outputs: [OutputFile]
}

/// A file of results, whole and on disk.
package struct OutputFile: Sendable, Equatable, Codable {
  /// Below the output folder.
  package var path: String
  package var sha256: String

  package init(path: String, sha256: String) {
    self.path = path
    self.sha256 = sha256
  }
}

/// What one image adds to the run's files: text that is copied, and what is counted.
package struct LedgerEntry: Sendable, Equatable {
  /// Line of `failures.csv`; nil for an image that was screened.
  package var failure: String?
  package var label: String?
  package var isSuspicious: Bool
  package var lesions: Int
  package var times: StageTimes
  /// Line of `summary.csv`.
  package var row: String
  /// Object in `run.json`.
  package var summary: String
  /// Object in `report.html`.
  package var card: String

  package init(
    failure: String?, label: String?, isSuspicious: Bool, lesions: Int, times: StageTimes,
    row: String, summary: String, card: String
  ) {
    self.failure = failure
    self.label = label
    self.isSuspicious = isSuspicious
    self.lesions = lesions
    self.times = times
    self.row = row
    self.summary = summary
    self.card = card
  }
}

/// Seconds that images spent in each stage.
package struct StageTimes: Sendable, Equatable, Codable {
  package var decoding: Double
  package var preprocessing: Double
  package var network: Double
  package var measuring: Double

  package init(decoding: Double, preprocessing: Double, network: Double, measuring: Double) {
    self.decoding = decoding
    self.preprocessing = preprocessing
    self.network = network
    self.measuring = measuring
  }
}

/// One time that the command was given.
package struct RunDescription: Sendable, Equatable {
  package var program: String
  package var process: Int32
  /// JSON array of the inputs as given.
  package var inputs: String
  /// JSON.
  package var configuration: String
  package var configurationSHA256: String
  package var modelSHA256: String
  /// ISO 8601, UTC.
  package var started: String
  /// Nil while it runs, and for ever where it was killed.
  package var finished: String?
  /// "complete", "interrupted" or "stopped"; nil as above.
  package var ending: String?
  /// What its report has to know besides its cases, as its writer encoded it; nil as above.
  package var facts: String?

  package init(
    program: String, process: Int32, inputs: String, configuration: String,
    configurationSHA256: String, modelSHA256: String, started: String
  ) {
    self.program = program
    self.process = process
    self.inputs = inputs
    self.configuration = configuration
    self.configurationSHA256 = configurationSHA256
    self.modelSHA256 = modelSHA256
    self.started = started
  }
}

/// Where the latest run stands, in files.
package struct CaseCounts: Sendable, Equatable {
  package var files = 0
  package var settled = 0
  package var inHand = 0
  package var done = 0
  package var failed = 0
}

/// The images of the settled files, counted.
package struct EntryCounts: Sendable, Equatable {
  package var images = 0
  package var failed = 0
  package var suspicious = 0
  package var withLesions = 0
  package var labels: [String: Int] = [:]
  package var times = StageTimes(decoding: 0, preprocessing: 0, network: 0, measuring: 0)
}
