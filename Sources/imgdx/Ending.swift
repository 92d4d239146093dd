/// How a run ended, by exit code. These are all there are.
///
/// A command that ends otherwise than well, and has said why, throws the ending.
enum Ending: Int32, Error {
  /// Everything was done.
  case done = 0
  /// The work could not be started or carried on.
  case couldNotRun = 1
  /// The command line is wrong.
  case wrongUsage = 2
  /// Done, but some inputs failed; each has been named.
  case someInputsFailed = 3
  /// Stopped by Ctrl-C or SIGTERM; run again to go on.
  case interrupted = 75
}
