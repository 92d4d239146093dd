/// How a batch is worked through; results do not depend on it.
package struct BatchSettings: Sendable, Equatable {
  /// Worker processes.
  package var jobs: Int
  /// A worker that says nothing for so long is hanging: reading a file, or one image of it.
  package var timeout: Duration
  /// How long cases in hand may go on once the user wants to stop.
  package var grace: Duration
  /// Bytes of address space of a worker.
  package var memory: Int
  /// The program to start as a worker.
  package var executable: String
  /// Cases that failed before are tried again.
  package var retriesFailed: Bool

  package static let defaultTimeout = Duration.seconds(60)
  package static let defaultGrace = Duration.seconds(30)

  /// - Parameter memory: nil for what the machine has for each job.
  package init(
    jobs: Int, timeout: Duration = defaultTimeout, grace: Duration = defaultGrace,
    memory: Int? = nil, executable: String = "/proc/self/exe", retriesFailed: Bool = false
  ) {
    self.jobs = max(jobs, 1)
    self.timeout = timeout
    self.grace = grace
    self.memory = Machine.workerMemory(jobs: jobs, given: memory)
    self.executable = executable
    self.retriesFailed = retriesFailed
  }

  /// "60 s", "0.5 s".
  static func describe(_ duration: Duration) -> String {
    let seconds = duration / .seconds(1)
    return seconds == seconds.rounded() ? "\(Int(seconds)) s" : "\(seconds) s"
  }
}

/// What happens while a batch runs, for whoever watches.
package enum BatchEvent: Sendable, Equatable {
  /// The inputs are being listed; so many files were found by now. Comes every thousand files.
  case listing(files: Int)
  /// A folder below an input holds the results of another batch and is not looked into; nil in place
  /// of its path in a pseudonymous run.
  case passedOver(folder: String?)
  /// Every input is listed: how many files there are, and how many of them have earlier results that
  /// only have to be checked.
  case planned(files: Int, toCheck: Int)
  /// A file is settled; `stood`: by an earlier run.
  case settled(failed: Bool, stood: Bool)
  /// An image, or a file as a whole, cannot be screened.
  case failed(place: String, reason: String)
  /// A worker ended and is replaced; `path`: the file that it had, which is tried once more.
  case workerLost(reason: String, path: String?)
  /// Everything that was there is done; further studies are waited for, and so many still change.
  /// `isOver`: not any more.
  case watching(changing: Int, isOver: Bool)
  /// The user wants to stop: no file is begun any more.
  case stopping(inHand: Int)
}
