import ArgumentParser
internal import Batching

/// `--shard`, and what cluster engines say in the environment in its stead.
struct ShardOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Work on one of N parts of the files only, I from 0 to N-1; 'none' for all.",
      discussion: """
        Otherwise SLURM_ARRAY_TASK_ID and _COUNT, or JOB_COMPLETION_INDEX with IMGDX_SHARDS for N, \
        are heeded. Every part may run on a machine of its own; 'imgdx batch merge' makes the report.
        """,
      valueName: "i/n"))
  var shard: String?

  func validate() throws { _ = try shard() }

  /// The part to work on, nil for everything.
  /// - Throws: `ValidationError` where option or environment make no sense, since a part that nobody
  ///   works on would be missed in the morning.
  func shard(environment: (String) -> String? = Terminal.environment) throws -> Shard? {
    if shard == "none" { return nil }
    if let text = shard {
      guard let shard = Shard(text), text.contains("/") else {
        throw ValidationError(
          "--shard takes I/N, counted from 0: for four parts 0/4, 1/4, 2/4 and 3/4.")
      }
      return shard
    }
    if environment("SLURM_ARRAY_TASK_ID") != nil {
      return try Self.slurm(environment)
    }
    guard let index = environment("JOB_COMPLETION_INDEX") else { return nil }
    guard let count = environment("IMGDX_SHARDS") else {
      throw ValidationError(
        "JOB_COMPLETION_INDEX is set: set IMGDX_SHARDS to the Job's completions too, or give "
          + "--shard none to work on everything.")
    }
    return try Self.shard(Int(index), Int(count), "JOB_COMPLETION_INDEX and IMGDX_SHARDS")
  }

  /// A job array, `--array=0-7`, `1-8` or `0-14:2`; `IMGDX_SHARDS` where only some tasks of it are
  /// submitted again.
  private static func slurm(_ environment: (String) -> String?) throws -> Shard {
    func number(_ name: String) -> Int? {
      environment("SLURM_ARRAY_TASK_" + name).flatMap(Int.init)
    }
    let names = "SLURM_ARRAY_TASK_ID and its companions"
    if let count = environment("IMGDX_SHARDS") {
      return try shard(number("ID"), Int(count), "SLURM_ARRAY_TASK_ID and IMGDX_SHARDS")
    }
    let (first, step) = (number("MIN") ?? 0, number("STEP") ?? 1)
    guard let task = number("ID"), let count = number("COUNT"), step > 0, task >= first,
      (task - first) % step == 0
    else { throw nonsense(names) }
    // An array with holes, such as 1,3,7, does not tell which part a task is.
    if let last = number("MAX"), last != first + (count - 1) * step { throw nonsense(names) }
    return try shard((task - first) / step, count, names)
  }

  private static func shard(_ index: Int?, _ count: Int?, _ names: String) throws -> Shard {
    guard let index, let count, let shard = Shard(index: index, count: count) else {
      throw nonsense(names)
    }
    return shard
  }

  private static func nonsense(_ names: String) -> ValidationError {
    ValidationError("\(names) do not name a part of the files: give --shard I/N, or --shard none.")
  }
}
