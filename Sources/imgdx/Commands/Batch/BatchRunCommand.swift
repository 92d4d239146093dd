import ArgumentParser
internal import Batching
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
        imgdx batch status results
        imgdx batch /data/ultrasound -o results --shard 0/4
        imgdx batch merge results
      """,
    helpNames: [.short, .long])

  @Argument(help: "Folders and files; folders are walked, the type of a file is told by content.")
  var inputs: [String]

  @Option(name: .shortAndLong, help: ArgumentHelp("Where results go.", valueName: "dir"))
  var output: String

  @OptionGroup var model: ModelOption

  @Flag(
    name: .customLong("include-phi"),
    help: "Write patient name, ID and birth date into the results.")
  var includesPHI = false

  @Flag(help: "Try files again that failed in an earlier run.")
  var retryFailed = false

  @Flag(help: "Only say which files would be worked on.")
  var dryRun = false

  @Option(
    help: ArgumentHelp(
      "How long reading a file, or one image of it, may take before it is given up.",
      valueName: "seconds"))
  var timeout = 60.0

  @Option(
    help: ArgumentHelp(
      "How long files in hand may go on once the run is to stop.", valueName: "seconds"))
  var grace = 30.0

  @Option(
    help: ArgumentHelp(
      "Memory of a worker, such as 4G or 800M; otherwise the machine's, shared out.",
      valueName: "size"))
  var memory: ByteCount?

  @Option(help: "How to tell on standard error what happens: text or json, one document a line.")
  var logFormat = LogFormat.text

  @OptionGroup var shard: ShardOption

  @OptionGroup var limits: LimitOptions

  @OptionGroup var workers: WorkerOptions

  func validate() throws {
    guard timeout > 0, timeout < 1e6 else {
      throw ValidationError("--timeout takes seconds, more than 0.")
    }
    guard grace >= 0, grace < 1e6 else { throw ValidationError("--grace takes seconds.") }
    if let memory, memory.bytes < 1 << 28 {
      throw ValidationError("--memory takes at least 256M.")
    }
    if inputs.contains("-") {
      throw ValidationError("A batch reads files and folders; 'imgdx classify -' reads one image.")
    }
  }

  func run() throws {
    let batch = BatchRun(
      inputs: inputs, folder: output, model: try model.path(),
      configuration: BatchConfiguration(
        program: ScreeningSession.program, includesPHI: includesPHI, limits: limits.limits),
      settings: BatchSettings(
        jobs: workers.count, timeout: .seconds(timeout), grace: .seconds(grace),
        memory: memory?.bytes, retriesFailed: retryFailed),
      shard: try shard.shard())
    if dryRun { return try preview(batch) }
    let log = BatchLog(format: logFormat)
    Interruption.handleInOrder(announcing: false)
    let run: RunRecord
    do throws(BatchError) {
      run = try batch.run(
        shouldStop: { Interruption.isRequested }, listen: { log.note($0) })
      log.end(run.wasInterrupted ? "interrupted" : "finished")
    } catch {
      log.end("stopped")
      guard error == .interrupted else { throw error }
      Terminal.say("imgdx: \(error)")
      throw Ending.interrupted
    }
    try StandardOutput.writeLine(Self.counts(run))
    if let shard = batch.shard {
      Terminal.say("imgdx: this was shard \(shard); once all are done: imgdx batch merge \(output)")
    } else {
      try StandardOutput.writeLine("report: \(output)/report.html")
    }
    if run.wasInterrupted { throw Ending.interrupted }
    if run.counts.failed > 0 { throw Ending.someInputsFailed }
  }

  private func preview(_ batch: BatchRun) throws {
    var counts: [BatchPreview.Verdict: Int] = [:]
    try BatchPreview.run(batch) { path, verdict in
      counts[verdict, default: 0] += 1
      try StandardOutput.writeLine("\(verdict.rawValue)\t\(path)")
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

/// `800M`, `4G`, `4GiB`, `1000000000`.
struct ByteCount: ExpressibleByArgument, Equatable {
  let bytes: Int

  init?(argument: String) {
    guard let match = argument.wholeMatch(of: /([0-9]+)(?:([KMGT])(?:i?B)?)?/.ignoresCase()),
      let number = Int(match.1)
    else { return nil }
    let shift = ["K": 10, "M": 20, "G": 30, "T": 40][match.2?.uppercased() ?? ""] ?? 0
    let (bytes, overflow) = number.multipliedReportingOverflow(by: 1 << shift)
    guard !overflow else { return nil }
    self.bytes = bytes
  }
}
