import ArgumentParser
internal import Batching
internal import Pipelines
internal import Reports

/// `imgdx batch INPUT... -o DIR`.
struct BatchRunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Screens whole folders and writes results, tables and a report to open.",
    usage: "imgdx batch <inputs> ... --output <dir> [<options>]",
    discussion: """
      Writes <name>.json, <name>.mask.png and <name>.overlay.png for each image, and \
      summary.csv, failures.csv, run.json and report.html for the run. A bad file costs that \
      file only: it is listed with its reason, and the exit code is 3. The same command goes on \
      where an earlier one ended, however that ended; what is done and has not changed is not \
      done again. Ctrl-C, SIGTERM or SIGUSR1 finishes the files in hand, writes the report and \
      exits with 75; a second Ctrl-C stops at once.

      Research use only. Not a medical device.

      Examples:
        imgdx batch /data/ultrasound -o results
        imgdx batch monday/ tuesday/ -o results --jobs 4
        imgdx batch /data/ultrasound -o results --retry-failed
        imgdx batch --print-pipeline > pipeline.yml
        imgdx batch /data/ultrasound -o results --pipeline pipeline.yml
        imgdx batch /data/ultrasound -o results --pseudonymous
        imgdx batch status results
        imgdx batch /data/ultrasound -o results --shard 0/4
        imgdx batch merge results
        imgdx batch /data/inbox -o results --watch --quiet-period 2m --until 06:00
      """,
    helpNames: [.short, .long])

  @Argument(help: "Folders and files; folders are walked, the type of a file is told by content.")
  var inputs: [String] = []

  @Option(name: .shortAndLong, help: ArgumentHelp("Where results go.", valueName: "dir"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "A file with enhancement, model, thresholds, outputs and limits; options and environment win "
        + "over it.", valueName: "pipeline.yml"))
  var pipeline: String?

  @Flag(help: "Only write the default pipeline, every key explained, to standard output.")
  var printPipeline = false

  @OptionGroup var model: ModelOption

  @Flag(
    name: .customLong("include-phi"), inversion: .prefixedNo,
    help: "Write patient name, ID and birth date into the results.")
  var includesPHI: Bool?

  @Flag(
    inversion: .prefixedNo,
    help: ArgumentHelp(
      "Call files by keyed hashes in all that is written and said; 'imgdx batch names' looks them up."
    ))
  var pseudonymous: Bool?

  @Flag(help: "Try files again that failed in an earlier run.")
  var retryFailed = false

  @Flag(help: "Only say which files would be worked on.")
  var dryRun = false

  @Option(
    help: ArgumentHelp(
      "How long reading a file, or one image of it, may take before it is given up; otherwise 60.",
      valueName: "seconds"))
  var timeout: Double?

  @Option(
    help: ArgumentHelp(
      "How long files in hand may go on once the run is to stop; otherwise 30.",
      valueName: "seconds"))
  var grace: Double?

  @Option(
    help: ArgumentHelp(
      "Memory of a worker, such as 4G or 800M; otherwise the machine's, shared out.",
      valueName: "size"))
  var memory: ByteCount?

  @Option(help: "How to tell on standard error what happens: text or json, one document a line.")
  var logFormat = LogFormat.text

  @OptionGroup var shard: ShardOption

  @OptionGroup var watching: WatchOptions

  @OptionGroup var limits: LimitOptions

  @OptionGroup var workers: WorkerOptions

  func validate() throws {
    guard !printPipeline else { return }
    guard !(dryRun && watching.watch) else {
      throw ValidationError("--dry-run looks once; leave --watch out.")
    }
    guard !inputs.isEmpty else { throw ValidationError("Give at least one folder or file.") }
    _ = try outputFolder()
    if let timeout, timeout <= 0 || !Pipeline.Bounds.seconds.contains(timeout) {
      throw ValidationError("--timeout takes seconds, more than 0.")
    }
    if let grace, !Pipeline.Bounds.seconds.contains(grace) {
      throw ValidationError("--grace takes seconds.")
    }
    if let memory, !Pipeline.Bounds.memory.contains(memory.bytes) {
      throw ValidationError("--memory takes at least 256M.")
    }
    if inputs.contains("-") {
      throw ValidationError("A batch reads files and folders; 'imgdx classify -' reads one image.")
    }
  }

  func run() throws {
    if printPipeline { return try StandardOutput.write(Pipeline.defaultText) }
    let batch = try makeBatch()
    if dryRun { return try preview(batch) }
    let log = BatchLog(format: logFormat)
    Interruption.handleInOrder(announcing: false)
    let run: RunRecord
    do throws(BatchError) {
      let shouldStop = { Interruption.isRequested }
      if let watch = watching.settings() {
        run = try batch.watch(watch, shouldStop: shouldStop) { log.note($0) }
      } else {
        run = try batch.run(shouldStop: shouldStop) { log.note($0) }
      }
      log.end(run.wasInterrupted ? "interrupted" : "finished")
    } catch {
      log.end("stopped")
      log.tell(error)
      throw error == .interrupted ? Ending.interrupted : Ending.couldNotRun
    }
    // How it ended counts, whether or not anybody reads this.
    try? StandardOutput.writeLine(Self.counts(run))
    if let shard = batch.shard {
      log.advise("this was shard \(shard); once all are done: imgdx batch merge \(batch.folder)")
    } else {
      try? StandardOutput.writeLine("report: \(batch.folder)/report.html")
    }
    if run.wasInterrupted { throw Ending.interrupted }
    if run.counts.failed > 0 { throw Ending.someInputsFailed }
  }

  /// What the options say, then the environment, then the pipeline.
  private func makeBatch() throws -> BatchRun {
    let pipeline = try pipeline.map { try Pipeline(path: $0) } ?? Pipeline()
    let includesPHI = includesPHI ?? pipeline.includesPHI
    let isPseudonymous = pseudonymous ?? pipeline.isPseudonymous
    if includesPHI && isPseudonymous {
      throw ValidationError(
        "Pseudonymous results cannot include patient data: --no-include-phi or --no-pseudonymous.")
    }
    return BatchRun(
      inputs: inputs, folder: try outputFolder(), model: try model.path(inPipeline: pipeline.model),
      configuration: BatchConfiguration(
        program: ScreeningSession.program, includesPHI: includesPHI,
        limits: limits.limits(over: pipeline.limits), adjustments: pipeline.adjustments,
        pictures: pipeline.pictures, includesThumbnails: pipeline.includesThumbnails,
        isPseudonymous: isPseudonymous),
      settings: BatchSettings(
        jobs: workers.count(inPipeline: pipeline.jobs),
        timeout: timeout.map { .seconds($0) } ?? pipeline.timeout,
        grace: grace.map { .seconds($0) } ?? pipeline.grace,
        memory: memory?.bytes ?? pipeline.memory, retriesFailed: retryFailed),
      shard: try shard.shard())
  }

  /// Needed by all but --print-pipeline.
  private func outputFolder() throws -> String {
    guard let output else { throw ValidationError("Say with --output where results go.") }
    return output
  }

  private func preview(_ batch: BatchRun) throws {
    var counts: [BatchPreview.Verdict: Int] = [:]
    let isPseudonymous = batch.configuration.isPseudonymous
    func passOver(_ folder: String) {
      let place = isPseudonymous ? "a folder" : folder.printable
      Terminal.warn("\(place): passed over, it holds the results of another batch")
    }
    try BatchPreview.run(batch, passOver: passOver) { path, verdict in
      counts[verdict, default: 0] += 1
      try StandardOutput.writeLine("\(verdict.rawValue)\t\(path.printable)")
    }
    let words = BatchPreview.Verdict.allCases.map { "\(counts[$0] ?? 0) \($0.rawValue)" }
    Terminal.say("imgdx: \(words.joined(separator: ", "))")
  }

  /// "12 images: 3 benign, 9 malignant, 0 failed".
  static func counts(_ run: RunRecord) -> String {
    let labels = run.labels.map { "\(run.counts.labels[$0] ?? 0) \($0)" }
    let images = run.counts.images == 1 ? "1 image" : "\(run.counts.images) images"
    return "\(images): \((labels + ["\(run.counts.failed) failed"]).joined(separator: ", "))"
  }
}
