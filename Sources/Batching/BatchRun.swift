internal import BatchLedger
private import Files
private import Foundation
private import Intake
package import Reports
private import Screening

/// A night's work: folders in, results and one report out, remembered in a ledger so that the same
/// command goes on where an earlier one ended, however that ended.
package struct BatchRun {
  /// Folders and files as the user gave them.
  package var inputs: [String]
  /// The output folder.
  package var folder: String
  /// Path of the model's file.
  package var model: String
  package var configuration: BatchConfiguration
  package var settings: BatchSettings
  /// The part of the inputs to work on; nil for all of them. A shard's results lie in the output
  /// folder like those of a whole run; its ledger and `run.json` have a folder of their own in it.
  package var shard: Shard?

  package init(
    inputs: [String], folder: String, model: String, configuration: BatchConfiguration,
    settings: BatchSettings, shard: Shard? = nil
  ) {
    self.inputs = inputs
    self.folder = folder
    self.model = model
    self.configuration = configuration
    self.settings = settings
    self.shard = shard
  }

  /// Where the ledger is.
  var ledgerFolder: String { shard?.folder(in: folder) ?? folder }

  /// Works through the inputs and writes the report.
  /// - Parameters:
  ///   - shouldStop: asked a few times a second; true ends the run after the cases in hand.
  ///   - listen: told what happens, one call at a time.
  /// - Returns: the run as it was reported.
  /// - Throws: ``BatchError``; what was done until then is in the ledger.
  package func run(
    shouldStop: @escaping () -> Bool, listen: @escaping (BatchEvent) -> Void
  ) throws(BatchError) -> RunRecord {
    try checkInputs()
    guard InputWalk.hasImages(inputs, outputFolder: folder) else {
      throw named(.noImages(inputs: inputs))
    }
    return try withBooks { books in
      try work(books, choosing: { _, _ in .work }, shouldStop, listen)
    }
  }

  /// Looks at the inputs themselves.
  func checkInputs() throws(BatchError) {
    do throws(BatchError) {
      try InputWalk.check(inputs, outputFolder: folder)
      try InputWalk.checkApart(inputs, outputFolder: folder)
    } catch {
      throw named(error)
    }
  }

  /// The error with inputs called what this run calls them.
  private func named(_ error: BatchError) -> BatchError {
    configuration.isPseudonymous ? error.hiding(inputs) : error
  }

  /// What a run goes by, and writes down.
  struct Books {
    let ledger: Ledger
    let basis: LedgerBasis
    /// Nil where files are called what they are called.
    let pseudonyms: Pseudonyms?
    let locks: [OutputLock]

    /// - Throws: ``BatchError/lockIsGone(folder:)``.
    func checkLocks() throws(BatchError) {
      for lock in locks where !lock.isIntact { throw .lockIsGone(folder: lock.folder) }
    }
  }

  /// Keeps other runs out of the output folder while `body` works with its ledger.
  func withBooks(_ body: (Books) throws -> RunRecord) throws(BatchError) -> RunRecord {
    let basis = LedgerBasis(
      configurationSHA256: configuration.digest.description,
      modelSHA256: try Self.digest(ofModel: model), retriesFailed: settings.retriesFailed)
    if let shard { try ShardFolders.check(shard, in: folder) }
    do throws(FileError) { try Folder.make(ledgerFolder) } catch { throw .cannotWrite(error) }
    // Shards may work side by side, but not beside a run over everything.
    var locks = [try OutputLock(folder: folder, isShared: shard != nil)]
    if shard != nil { locks.append(try OutputLock(folder: ledgerFolder)) }
    defer { withExtendedLifetime(locks) {} }
    do {
      let ledger = try Ledger(folder: ledgerFolder)
      // Only a run that was killed leaves files that are not whole.
      let before = try ledger.latestRun()
      if let before, before.ending == nil { removeTemporaries() }
      let pseudonyms = try NamePolicy.pseudonyms(of: self, ledger)
      return try body(
        Books(ledger: ledger, basis: basis, pseudonyms: pseudonyms, locks: locks))
    } catch let error as LedgerError {
      throw .ledger(error)
    } catch let error as BatchError {
      throw error
    } catch {
      throw .worker(reason: String(describing: error))
    }
  }

  /// One run over those inputs that `choice` names.
  /// - Parameter adds: whether what the last run listed stays listed.
  func work(
    _ books: Books, adds: Bool = false,
    choosing choice: (_ path: String, _ relative: String) -> LedgerChoice,
    _ shouldStop: @escaping () -> Bool, _ listen: @escaping (BatchEvent) -> Void
  ) throws -> RunRecord {
    let (ledger, basis, pseudonyms) = (books.ledger, books.basis, books.pseudonyms)
    let (started, clock) = (Self.timestamp(), ContinuousClock.now)
    let inputs = try pseudonyms?.note(inputs: inputs) ?? inputs
    let number = try ledger.begin(
      RunDescription(
        program: configuration.program, process: getpid(), inputs: JSONValue(inputs).text(),
        configuration: configuration.json.text(),
        configurationSHA256: basis.configurationSHA256, modelSHA256: basis.modelSHA256,
        started: started))
    let scheduler = BatchScheduler(
      ledger: ledger, basis: basis, settings: settings,
      setup: WorkerSetup(
        parent: getpid(), memory: settings.memory, model: model, folder: folder,
        configuration: configuration),
      pseudonyms: pseudonyms, checkLocks: books.checkLocks, listen: listen,
      shouldStop: shouldStop)
    try scheduler.startFirst()
    var passedOver = 0
    let plan = try makePlan(books, adds: adds, choosing: choice) { files in
      if shouldStop() { throw BatchError.interrupted }
      try scheduler.glance()
      listen(.listing(files: files))
    } passOver: { folder in
      passedOver += 1
      listen(.passedOver(folder: pseudonyms == nil ? folder : nil))
    }
    listen(.planned(files: plan.files, toCheck: plan.toCheck))
    let isComplete = try scheduler.run(cases: plan.files, ofAll: plan.listed)
    try books.checkLocks()
    if scheduler.hasLostWorkers { removeTemporaries() }
    var run = RunRecord(
      program: configuration.program, model: ModelIdentity(name: "", sha256: basis.modelSHA256),
      labels: [], suspiciousLabels: [], modelSummary: "", inputs: inputs, started: started,
      finished: Self.timestamp(), elapsed: (.now - clock) / .seconds(1),
      wasInterrupted: !isComplete, includesPHI: configuration.includesPHI)
    run.describe(configuration.pictures)
    // Where there was nothing to do, no worker has said what the model is.
    var model = scheduler.model
    if model == nil, let text = try ledger.latestFacts(modelSHA256: basis.modelSHA256) {
      model = try RunFacts(text: text).model
    }
    if let model { run.describe(model) }
    let facts = RunFacts(configuration: configuration, model: model)
    let counts = try ledger.entryCounts()
    run.counts = RunCounts(counts)
    run.circumstances = try circumstances(scheduler, ledger.caseCounts(), counts, run.elapsed)
    run.circumstances.append(.init("folders_passed_over", .integer(passedOver)))
    if shard == nil {
      try RunOutputs.write(run, from: ledger, to: folder)
    } else {
      try RunOutputs.writeDocument(run, from: ledger, to: ledgerFolder)
    }
    try ledger.end(
      run: number, finished: run.finished, ending: isComplete ? "complete" : "interrupted",
      modelName: run.model.name, facts: try facts.text())
    return run
  }

  /// Takes away what a killed run or worker left unfinished. Other shards write into the output
  /// folder at the same time; what a shard has left of its cases goes with these.
  private func removeTemporaries() { Folder.removeTemporaries(below: ledgerFolder) }

  private func circumstances(
    _ scheduler: BatchScheduler, _ cases: CaseCounts, _ counts: EntryCounts, _ elapsed: Double
  ) -> [JSONValue.Member] {
    [
      .init("shard", JSONValue(shard?.description)),
      .init("configuration", configuration.json),
      .init(
        "machine",
        [
          "system": .string(ProcessInfo.processInfo.operatingSystemVersionString),
          "processors": .integer(Machine.processors), "memory_bytes": .integer(Machine.memory),
          "blas_core": JSONValue(scheduler.model?.blasCore), "jobs": .integer(settings.jobs),
          "isolation": .string(Isolation.state),
        ]),
      .init(
        "files",
        [
          "listed": .integer(cases.files), "done": .integer(cases.done),
          "failed": .integer(cases.failed),
        ]),
      .init("images_this_time", .integer(scheduler.images)),
      .init(
        "images_per_second",
        JSONValue(elapsed > 0 ? Double(scheduler.images) / elapsed : nil, decimals: 2)),
      .init(
        "stage_seconds",
        [
          "decoding": JSONValue(counts.times.decoding, decimals: 2),
          "preprocessing": JSONValue(counts.times.preprocessing, decimals: 2),
          "network": JSONValue(counts.times.network, decimals: 2),
          "measuring": JSONValue(counts.times.measuring, decimals: 2),
        ]),
    ]
  }

  static func digest(ofModel path: String) throws(BatchError) -> String {
    do {
      return Digest(of: try FileBytes(path: path)).description
    } catch {
      throw .worker(reason: "the model cannot be used: \(error)")
    }
  }

  static func timestamp() -> String { Date().formatted(.iso8601) }
}

extension RunRecord {
  mutating func describe(_ pictures: CasePictures) {
    (hasMasks, hasOverlays) = (pictures.contains(.mask), pictures.contains(.overlay))
  }

  mutating func describe(_ facts: ModelFacts) {
    model = ModelIdentity(name: facts.name, sha256: facts.sha256)
    (labels, suspiciousLabels) = (facts.labels, facts.suspiciousLabels)
    modelSummary = facts.summary
  }
}

extension RunCounts {
  init(_ counts: EntryCounts) {
    self.init()
    (images, failed) = (counts.images, counts.failed)
    (suspicious, withLesions) = (counts.suspicious, counts.withLesions)
    labels = counts.labels
  }
}
