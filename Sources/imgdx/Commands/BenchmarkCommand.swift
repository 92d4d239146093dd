import ArgumentParser
private import Foundation
private import Intake
private import ModelFiles
private import Networks
private import Tensors

/// `imgdx benchmark`: how long a network takes here, or reading a file, to be held beside another
/// program's time.
struct BenchmarkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmark",
    abstract: "Times a network's runs or training steps on random input, or the reading of files.",
    discussion: """
      Machines drift: compare with another program only in the same sitting, in turn.

      Examples:
        imgdx benchmark --model network.onnx --batch 1 --threads 1 --json
        imgdx benchmark --model network.onnx --batch 4 --training --runs 6
        imgdx benchmark --model network.onnx --layers
        imgdx benchmark scans/*.dcm
      """)

  @Argument(help: "Image files: how long each takes from its file to samples in memory.")
  var files: [String] = []
  @Option(help: "The model file (ONNX).") var model: String?
  @Option(help: "Images in a run.") var batch = 1
  @Option(help: "Threads that share a run.")
  var threads = ProcessInfo.processInfo.activeProcessorCount
  @Option(help: "Runs that are timed, after three that are not.") var runs = 15
  @Flag(help: "Time training steps: forward, backward, Adam on the mean squared error.")
  var training = false
  @Flag(help: "Tell where a run's time goes: each layer's, after the network's own fusing.")
  var layers = false
  @Flag(help: "One JSON document.") var json = false
  @OptionGroup var limits: LimitOptions

  func validate() throws {
    guard (model == nil) != files.isEmpty else {
      throw ValidationError("Name either a --model or image files.")
    }
    guard batch > 0, threads > 0, runs > 0 else {
      throw ValidationError("--batch, --threads and --runs must be at least 1.")
    }
    if layers && (training || json || model == nil) {
      throw ValidationError("--layers takes a --model and neither --training nor --json.")
    }
  }

  /// The document of `--json`.
  private struct Result: Encodable {
    let schema = "imgdx-benchmark-1"
    let model: String
    let median_ms: Double
    /// Reading the model, laying it out, and its first run or step.
    let first_ms: Double
    let batch: Int
    let threads: Int
    let runs: Int
    let peak_mb: Double
    let blas_core: String
    let training: Bool
  }

  func run() throws {
    if let model { try timeNetwork(model) } else { try timeReading() }
  }

  private func timeReading() throws {
    let benchmark = ReadingBenchmark(runs: runs, limits: limits.limits)
    var results: [ReadingBenchmark.Result] = []
    for path in files {
      do {
        let result = try benchmark.time(path)
        results.append(result)
        if !json { try StandardOutput.writeLine(result.line) }
      } catch let error as IntakeError {
        Terminal.say("imgdx: \(error)")
      }
    }
    if json { try write(ReadingBenchmark.Document(files: results)) }
    if results.count < files.count { throw Ending.someInputsFailed }
  }

  private func write(_ document: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    try StandardOutput.writeLine(String(decoding: try encoder.encode(document), as: UTF8.self))
  }

  private func timeNetwork(_ model: String) throws {
    let start = ContinuousClock.now
    let graph = try Model.load(path: model).graph
    guard let shape = try graph.sampleInputShapes(batch: batch).values.first else {
      throw ValidationError("The model has no input.")
    }
    if layers { return try timeLayers(consume graph, shape) }
    let (first, times) =
      try training
      ? trainingTimes(consume graph, shape, since: start)
      : runTimes(consume graph, shape, since: start)
    let result = Result(
      model: model, median_ms: times.sorted()[times.count / 2], first_ms: first, batch: batch,
      threads: threads, runs: runs, peak_mb: Self.peakMegabytes, blas_core: BLAS.facts.coreName,
      training: training)
    if json {
      try write(result)
    } else {
      try StandardOutput.writeLine(
        String(
          format: "%.3f ms (median of %d; %.0f from opening to the first), batch %d, %d threads, "
            + "%.0f MB, BLAS core %@",
          result.median_ms, runs, result.first_ms, batch, threads, result.peak_mb, result.blas_core)
      )
    }
  }

  private typealias Times = (first: Double, others: [Double])

  private func timeLayers(_ graph: consuming Graph, _ shape: [Int]) throws {
    let plan = try InferencePlan(graph: consume graph, inputShape: shape, threads: threads)
    _ = try plan.run(Self.random(shape))
    let times = (0..<runs).map { _ in plan.timeSteps().map { $0 / .milliseconds(1) } }
    let medians = plan.steps.indices.map { step in times.map { $0[step] }.sorted()[runs / 2] }
    let whole = medians.reduce(0, +)
    for (step, time) in zip(plan.steps, medians) {
      let size = step.shape.map(String.init).joined(separator: "x")
      let measured = String(format: "%9.3f ms %5.1f %%  ", time, 100 * time / whole)
      try StandardOutput.writeLine(
        measured + size.padding(toLength: 18, withPad: " ", startingAt: 0) + step.node)
    }
    try StandardOutput.writeLine(String(format: "%9.3f ms, medians of %d", whole, runs))
  }

  private func runTimes(
    _ graph: consuming Graph, _ shape: [Int], since start: ContinuousClock.Instant
  ) throws -> Times {
    let plan = try InferencePlan(graph: consume graph, inputShape: shape, threads: threads)
    let input = Self.random(shape)
    return try measure(since: start) { _ = try plan.run(input) }
  }

  private func trainingTimes(
    _ graph: consuming Graph, _ shape: [Int], since start: ContinuousClock.Instant
  ) throws -> Times {
    let pool = WorkerPool(workers: threads)
    let name = graph.outputs[0]
    let plan = try TrainingPlan(graph: consume graph, inputShape: shape, pool: pool)
    let optimizer = Optimizer(.adamW(), parameters: plan.parameters)
    ParameterLayout.image.pack(Self.random(shape), to: plan.input.floats)
    let output = plan.output(name)
    let target = Self.random([output.count])
    return measure(since: start) {
      plan.forward()
      // L = mean (y - t)², dL/dy = 2 (y - t) / count
      target.withUnsafeFloats { target in
        guard let gradient = plan.outputGradient(name) else { return }
        let scale = 2 / Float(output.count)
        for i in 0..<output.count {
          gradient.floats[i] = scale * (output.floats[i] - target[i])
        }
      }
      plan.backward()
      optimizer.step(learningRate: 1e-3, pool: pool)
    }
  }

  /// Milliseconds from `start` to the end of the first run, and of each timed run.
  private func measure(
    since start: ContinuousClock.Instant, _ body: () throws -> Void
  ) rethrows -> Times {
    try body()
    let first = (ContinuousClock.now - start) / .milliseconds(1)
    for _ in 0..<(training ? 0 : 2) { try body() }
    return (
      first,
      try (0..<runs).map { _ in
        let start = ContinuousClock.now
        try body()
        return (ContinuousClock.now - start) / .milliseconds(1)
      }
    )
  }

  private static func random(_ shape: [Int]) -> Tensor {
    var generator = SplitMix64(seed: 0)
    return Tensor(shape: shape, (0..<shape.reduce(1, *)).map { _ in generator.nextUnit() })
  }

  /// Most memory that the process has held.
  private static var peakMegabytes: Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_maxrss) / 1024
  }
}
