import ArgumentParser
private import Batching

/// `--jobs` and the threads that are left for each.
struct WorkerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Images in work at once; otherwise IMGDX_THREADS, otherwise the processors that may be used. "
        + "Results do not depend on it.",
      valueName: "n"))
  var jobs: Int?

  func validate() throws {
    if let jobs, !(1...1024).contains(jobs) {
      throw ValidationError("--jobs takes a number from 1 to 1024.")
    }
    if let text = Terminal.environment("IMGDX_THREADS"), Int(text).map((1...1024).contains) != true
    {
      throw ValidationError("IMGDX_THREADS takes a number from 1 to 1024.")
    }
  }

  /// Cases at once, and threads for the network of each.
  func split(over cases: Int) -> (jobs: Int, threads: Int) {
    let jobs = min(count, max(cases, 1))
    return (jobs, max(count / jobs, 1))
  }

  /// Processors to keep busy.
  var count: Int { count(inPipeline: nil) }

  func count(inPipeline named: Int?) -> Int {
    jobs ?? Terminal.environment("IMGDX_THREADS").flatMap(Int.init) ?? named ?? Machine.processors
  }
}
