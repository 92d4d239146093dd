private import BatchLedger
internal import Files
private import Foundation
private import Reports
private import Screening
private import Tensors

/// The life of a worker process: loads the model once, then takes one case after another from its
/// parent, until that hangs up.
package enum WorkerLoop {
  /// - Parameter descriptor: the stream to the parent. No thread may have been started before.
  package static func run(descriptor: Int32) {
    do {
      guard let setup = try MessageChannel.receive(WorkerSetup.self, from: descriptor) else {
        return
      }
      try serve(setup, descriptor)
    } catch is ChannelError {
      // The parent is gone, and nobody is left to tell.
    } catch {
      try? MessageChannel.send(WorkerReply.stopped(reason: "\(error)"), to: descriptor)
    }
  }

  private static func serve(_ setup: WorkerSetup, _ descriptor: Int32) throws {
    try Isolation.apply(parent: setup.parent, memory: setup.memory, folder: setup.folder)
    let model = try ScreeningModel.load(path: setup.model)
      .adjusted(by: setup.configuration.adjustments)
    var desk = Desk(setup: setup, model: model, descriptor: descriptor)
    try MessageChannel.send(WorkerReply.ready(facts(of: model)), to: descriptor)
    while let request = try MessageChannel.receive(WorkerRequest.self, from: descriptor) {
      try desk.work(on: request)
    }
  }

  private static func facts(of model: ScreeningModel) -> ModelFacts {
    ModelFacts(
      name: model.identity.name, sha256: model.identity.sha256, labels: model.metadata.labels,
      suspiciousLabels: model.metadata.suspiciousLabels, summary: model.metadata.summary,
      blasCore: BLAS.facts.coreName)
  }

  /// What a worker keeps from case to case.
  private struct Desk {
    let setup: WorkerSetup
    let model: ScreeningModel
    let descriptor: Int32
    private var screener: Screener
    private var threads = 1

    init(setup: WorkerSetup, model: ScreeningModel, descriptor: Int32) {
      self.setup = setup
      self.model = model
      self.descriptor = descriptor
      screener = Screener(model: model)
    }

    mutating func work(on request: WorkerRequest) throws {
      if request.threads != threads {
        threads = request.threads
        screener = Screener(model: model, threads: threads)
      }
      let outputs = CaseOutputs(
        folder: setup.folder, pictures: setup.configuration.pictures,
        thumbnailSide: request.thumbnailSide,
        includesPHI: setup.configuration.includesPHI, program: setup.configuration.program)
      let runner = CaseRunner(
        screener: screener, outputs: outputs, limits: setup.configuration.limits,
        shouldStop: { false })
      let work = CaseWork(
        path: request.path, shownPath: request.shownPath, name: request.name,
        refusal: request.refusal)
      let before = FileStamp(path: request.path)
      let contents = runner.contents(of: work)
      let digest = (try? contents.get()).map { Digest(of: $0) }
      if let known = request.known, known.stands(digest, in: setup.folder) {
        return try send(.stands)
      }
      try runner.run(work, contents, digest: digest) { event throws(BatchError) in
        try report(event)
      }
      let fault =
        request.refusal == nil ? FileStamp.fault(at: request.path, since: before) : nil
      try send(.finished(fault: fault))
    }

    private func report(_ event: CaseEvent) throws(BatchError) {
      do {
        switch event {
        case .opened(let digest): try send(.opened(sha256: digest?.description))
        case .decoded: try send(.decoded)
        case .finished(let record, let files):
          let entry = RunEntry(
            record, labels: model.metadata.labels, includesPHI: setup.configuration.includesPHI)
          try send(.image(entry, files))
        }
      } catch {
        throw .worker(reason: "the parent is gone")
      }
    }

    private func send(_ reply: WorkerReply) throws {
      try MessageChannel.send(reply, to: descriptor)
    }
  }
}

extension KnownResult {
  /// True when the input and every file made from it still have their hashes.
  /// - Parameter digest: of the input as it is now, nil where it cannot be read.
  func stands(_ digest: Digest?, in folder: String) -> Bool {
    digest?.description == sha256 && outputs.allSatisfy { $0.isWhole(in: folder) }
  }
}

extension OutputFile {
  /// True when the file is on disk as it was written.
  func isWhole(in folder: String) -> Bool {
    guard let bytes = try? FileBytes(path: "\(folder)/\(path)") else { return false }
    return Digest(of: bytes).description == sha256
  }
}
