internal import BatchLedger
private import Files
private import Foundation
private import Reports

/// Gives the cases of a ledger to worker processes and notes what comes back; it opens no input
/// itself.
///
/// One thread, one loop: workers are children of the thread that starts them and die with it.
final class BatchScheduler {
  private let ledger: Ledger
  private let basis: LedgerBasis
  private let settings: BatchSettings
  private let setup: WorkerSetup
  private let writer: CaseWriter
  /// Nil where files are called what they are called.
  private let pseudonyms: Pseudonyms?
  private let checkLocks: () throws(BatchError) -> Void
  private let listen: (BatchEvent) -> Void
  private let shouldStop: () -> Bool
  private var workers: [WorkerProcess] = []
  private var earlyDeaths = 0
  private var stopDeadline: ContinuousClock.Instant?
  private var attendance = Attendance()
  private var unsettled = 0
  private var thumbnailSide = 0
  /// Nil until the first worker is ready.
  private(set) var model: ModelFacts?
  /// A worker ended with a case in hand, and may have left files that are not whole.
  private(set) var hasLostWorkers = false
  /// Images that were worked on, not only checked.
  private(set) var images = 0

  /// Workers that die one after the other before any takes a case: the fault is not a case's.
  private static let mostEarlyDeaths = 5
  /// Workers that a case may kill before it is set aside.
  private static let mostKills = 2

  init(
    ledger: Ledger, basis: LedgerBasis, settings: BatchSettings, setup: WorkerSetup,
    pseudonyms: Pseudonyms?, checkLocks: @escaping () throws(BatchError) -> Void,
    listen: @escaping (BatchEvent) -> Void, shouldStop: @escaping () -> Bool
  ) {
    self.ledger = ledger
    self.basis = basis
    self.settings = settings
    self.setup = setup
    self.pseudonyms = pseudonyms
    self.checkLocks = checkLocks
    self.listen = listen
    self.shouldStop = shouldStop
    writer = CaseWriter(
      CaseOutputs(
        folder: setup.folder, pictures: .all, thumbnailSide: 0,
        includesPHI: setup.configuration.includesPHI, program: setup.configuration.program))
  }

  deinit {
    for worker in workers { _ = worker.reap() }
  }

  /// Starts one worker, so that it loads the model while there is something else to do.
  func startFirst() throws(BatchError) { try start() }

  /// Hears what workers have to say by now, such as that the model cannot be used.
  func glance() throws(BatchError) { try wait(atMost: .zero) }

  /// Works until every case is settled or the user wants to stop.
  /// - Parameters:
  ///   - cases: how many there are to work on.
  ///   - all: how many one report will show.
  /// - Returns: true when every case is settled.
  func run(cases: Int, ofAll all: Int) throws(BatchError) -> Bool {
    (unsettled, attendance) = (cases, Attendance())
    let hasThumbnails = setup.configuration.includesThumbnails
    thumbnailSide = hasThumbnails ? RunOutputs.thumbnailSide(cases: all) : 0
    while unsettled > 0 {
      noticeStop()
      try checkLocks()
      if stopDeadline == nil {
        while workers.count < min(settings.jobs, unsettled) { try start() }
        try assign()
        try checkProgress()
      } else if !workers.contains(where: \.isBusy) {
        return false
      }
      try wait(atMost: .milliseconds(200))
      try checkDeadlines()
    }
    return true
  }

  private func noticeStop() {
    guard stopDeadline == nil, shouldStop() else { return }
    stopDeadline = .now + settings.grace
    listen(.stopping(inHand: workers.count(where: \.isBusy)))
  }

  private func start() throws(BatchError) {
    workers.append(
      try WorkerProcess(
        executable: settings.executable, setup: setup,
        deadline: .now + max(settings.timeout, .seconds(60))))
  }

  /// Cases are left, and neither the ledger nor a worker has one: somebody else took them.
  private func checkProgress() throws(BatchError) {
    guard !workers.isEmpty, workers.allSatisfy(\.isIdle) else { return }
    throw .casesAreTaken(folder: setup.folder)
  }

  /// Threads for one case: the last ones may use what the others leave, but no more than there is.
  private var threads: Int {
    max(min(settings.jobs, Machine.processors) / max(unsettled, 1), 1)
  }

  private func assign() throws(BatchError) {
    for worker in workers where worker.isIdle {
      guard let item = try remember({ try ledger.take() }) else { return }
      worker.state = .busy(WorkerProcess.Assignment(item: item))
      worker.deadline = .now + settings.timeout
      let path = try remember { try pseudonyms?.file(of: item.path).path } ?? item.path
      var request = WorkerRequest(
        path: path, shownPath: item.path, name: item.name, refusal: item.refusal,
        threads: threads, thumbnailSide: thumbnailSide)
      if item.state != .waiting, let sha256 = item.sha256 {
        request.known = KnownResult(sha256: sha256, outputs: item.outputs)
      }
      try worker.send(request)
    }
  }

  /// Waits until a worker has something to say, a little while at most.
  private func wait(atMost patience: Duration) throws(BatchError) {
    var polled = workers.map { worker in
      pollfd(
        fd: worker.descriptor, events: Int16(POLLIN | (worker.hasOutgoing ? POLLOUT : 0)),
        revents: 0)
    }
    let deadlines = workers.filter { !$0.isIdle }.map(\.deadline)
    let next = (deadlines + [.now + patience]).min() ?? .now
    let milliseconds = max((next - .now) / .milliseconds(1), 0).rounded(.up)
    let answer = poll(&polled, nfds_t(polled.count), Int32(milliseconds))
    noticeAbsence(beyond: .milliseconds(Int(milliseconds)))
    guard answer > 0 else { return }
    for (worker, poll) in zip(workers, polled) where poll.revents != 0 {
      worker.flush()
      let (replies, hasEnded) = worker.replies()
      for reply in replies where !worker.isCondemned { try handle(reply, from: worker) }
      if hasEnded { try bury(worker) }
    }
  }

  /// Who was stopped with its workers must not blame them for it.
  private func noticeAbsence(beyond patience: Duration) {
    guard let away = attendance.absence(beyond: patience) else { return }
    for worker in workers { worker.deadline += away }
  }

  private func checkDeadlines() throws(BatchError) {
    noticeAbsence(beyond: .zero)
    let now = attendance.lastTurn
    for worker in workers where !worker.isIdle && worker.deadline <= now {
      worker.kill(because: "timed out after \(BatchSettings.describe(settings.timeout))")
      try bury(worker)
    }
    guard let stopDeadline, stopDeadline <= now else { return }
    for worker in workers {
      guard let assignment = worker.assignment else { continue }
      remove(worker)
      if assignment.isOpened { writer.removeAll(named: assignment.item.name) }
      try remember { try ledger.giveBack(assignment.item.id) }
    }
  }

  // MARK: - What workers say

  private func handle(_ reply: WorkerReply, from worker: WorkerProcess) throws(BatchError) {
    worker.deadline = .now + settings.timeout
    if case .ready(let facts) = reply { return try welcome(worker, facts) }
    if case .stopped(let reason) = reply { throw .worker(reason: reason) }
    guard case .busy(var assignment) = worker.state else { return }
    let id = assignment.item.id
    switch reply {
    case .ready, .stopped: return
    case .stands:
      try remember { try ledger.confirm(id) }
      return settle(worker, failed: assignment.item.state == .failed, stood: true)
    case .opened(let sha256):
      try remember { try ledger.start(id, sha256: sha256) }
      assignment.isOpened = true
    case .decoded: assignment.isDecoding = false
    case .image(let entry, let files):
      guard entry.isPlausible(with: files, for: assignment.item) else {
        return worker.kill(because: WorkerProcess.nonsense)
      }
      try remember { try ledger.add(LedgerEntry(entry), files: files, to: id) }
      (assignment.isDecoding, assignment.images) = (true, assignment.images + 1)
      images += 1
      if let reason = entry.failure {
        assignment.failure = assignment.failure ?? reason
        listen(.failed(place: entry.place, reason: reason))
      }
    case .finished(let fault):
      let fault = fault ?? (assignment.images == 0 ? "it holds no image" : nil)
      return try finish(worker, assignment, fault: fault)
    }
    worker.state = .busy(assignment)
  }

  private func welcome(_ worker: WorkerProcess, _ facts: ModelFacts) throws(BatchError) {
    guard facts.sha256 == basis.modelSHA256 else { throw .modelChanged(path: setup.model) }
    model = facts
    earlyDeaths = 0
    worker.state = .idle
  }

  private func finish(
    _ worker: WorkerProcess, _ assignment: WorkerProcess.Assignment, fault: String?
  ) throws(BatchError) {
    if let fault {
      try setAside(assignment, reason: fault)
    } else {
      try remember {
        try ledger.finish(
          assignment.item.id, as: assignment.failure == nil ? .done : .failed,
          reason: assignment.failure, seconds: (.now - assignment.start) / .seconds(1), basis,
          remove: removeOutput)
      }
    }
    settle(worker, failed: fault != nil || assignment.failure != nil, stood: false)
  }

  private func settle(_ worker: WorkerProcess, failed: Bool, stood: Bool) {
    worker.state = .idle
    unsettled -= 1
    listen(.settled(failed: failed, stood: stood))
  }

  // MARK: - When workers end

  private func remove(_ worker: WorkerProcess) {
    _ = worker.reap()
    hasLostWorkers = true
    workers.removeAll { $0 === worker }
  }

  /// A worker has ended: its case is tried once more with another, then set aside.
  private func bury(_ worker: WorkerProcess) throws(BatchError) {
    let reason = worker.reap()
    hasLostWorkers = true
    workers.removeAll { $0 === worker }
    guard let assignment = worker.assignment else {
      if worker.isIdle { return listen(.workerLost(reason: reason, path: nil)) }
      earlyDeaths += 1
      if earlyDeaths >= Self.mostEarlyDeaths { throw .workersDie(reason: reason) }
      return listen(.workerLost(reason: reason, path: nil))
    }
    let item = assignment.item
    if assignment.isOpened { writer.removeAll(named: item.name) }
    let kills = try remember { try ledger.noteKill(item.id, reason: reason) }
    guard kills >= Self.mostKills else {
      return listen(.workerLost(reason: reason, path: item.path))
    }
    try setAside(assignment, reason: reason)
    unsettled -= 1
    listen(.settled(failed: true, stood: false))
  }

  /// Records a case as failed as a whole, in place of whatever a worker made of it.
  private func setAside(_ assignment: WorkerProcess.Assignment, reason: String)
    throws(BatchError)
  {
    let item = assignment.item
    try remember { try ledger.discard(item.id, remove: removeOutput) }
    writer.removeAll(named: item.name)
    var source = CaseSource(name: item.name, file: item.path)
    source.sha256 = try remember { try ledger.knowledge(of: item.path) }?.sha256
    let record = CaseRecord(source: source, outcome: .failed(reason))
    let files: [OutputFile]
    do {
      files = try writer.write(failed: record)
    } catch {
      guard case .cannotPlace = error else { throw .cannotWrite(error) }
      files = []
    }
    let entry = RunEntry(
      record, labels: model?.labels ?? [], includesPHI: setup.configuration.includesPHI)
    try remember {
      try ledger.add(LedgerEntry(entry), files: files, to: item.id)
      try ledger.finish(
        item.id, as: .failed, reason: reason, seconds: (.now - assignment.start) / .seconds(1),
        basis, remove: removeOutput)
    }
    images += 1
    listen(.failed(place: item.path, reason: reason))
  }

  private func removeOutput(_ path: String) { unlink("\(setup.folder)/\(path)") }

  private func remember<T>(_ body: () throws -> T) throws(BatchError) -> T {
    do {
      return try body()
    } catch {
      throw .ledger(LedgerError(error, path: setup.folder))
    }
  }
}
