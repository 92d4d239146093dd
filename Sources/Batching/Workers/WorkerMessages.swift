internal import BatchLedger
internal import Reports

/// What the parent tells a worker, once, before anything else.
struct WorkerSetup: Codable, Equatable {
  var parent: Int32
  /// Bytes of address space.
  var memory: Int
  var model: String
  var folder: String
  var configuration: BatchConfiguration
}

/// One case for a worker.
struct WorkerRequest: Codable, Equatable {
  /// The file to open.
  var path: String
  /// What it is called in all that is written and said.
  var shownPath: String
  var name: String
  var refusal: String?
  /// Threads that share the network of this case.
  var threads: Int
  /// Longest side of its thumbnails in pixels.
  var thumbnailSide: Int
  /// Earlier results, which stand if everything still has these hashes.
  var known: KnownResult?
}

/// The hashes of an input and of the files that were made from it.
struct KnownResult: Codable, Equatable {
  var sha256: String
  var outputs: [OutputFile]
}

/// What a worker tells its parent.
enum WorkerReply: Codable, Equatable {
  /// The model is loaded; first of all replies.
  case ready(ModelFacts)
  /// The earlier results of the case stand: nothing was done. Ends a case.
  case stands
  /// Work begins; the input's SHA-256, where it could be read.
  case opened(sha256: String?)
  /// No decoder is at work any more.
  case decoded
  /// An image is finished, and its files are on disk.
  case image(RunEntry, [OutputFile])
  /// The case is finished; `fault`: its results are worth nothing, for this reason.
  case finished(fault: String?)
  /// Going on makes no sense, for any case. The worker ends.
  case stopped(reason: String)
}

/// What a run has to know about its model.
package struct ModelFacts: Codable, Equatable, Sendable {
  package var name: String
  package var sha256: String
  package var labels: [String]
  package var suspiciousLabels: [String]
  package var summary: String
  /// The kernel family that OpenBLAS chose.
  package var blasCore: String
}
