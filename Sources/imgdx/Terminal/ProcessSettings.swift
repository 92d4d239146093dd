private import Batching
private import Foundation

/// What the process as a whole must agree on before any work starts.
enum ProcessSettings {
  /// Whether two threads more can be started, as the program needs. Where the user may have no more
  /// (`ulimit -u`), the libraries would wait for one for ever.
  static var mayStartThreads: Bool {
    var threads: [pthread_t] = []
    defer { for thread in threads { pthread_join(thread, nil) } }
    for _ in 0..<2 {
      var thread = pthread_t()
      guard pthread_create(&thread, nil, { _ in nil }, nil) == 0 else { return false }
      threads.append(thread)
    }
    return true
  }

  /// - Parameter isWorker: true for a process that must confine itself before it starts a thread.
  static func apply(isWorker: Bool) {
    // A closed pipe is an error from `write`, not a death: a batch must outlive its reader.
    signal(SIGPIPE, SIG_IGN)
    // So is a file that may not grow: the case says so, and the rest goes on.
    signal(SIGXFSZ, SIG_IGN)
    // imgdx runs its own workers; BLAS threads on top of them would fight over the cores. Read when
    // the library is loaded, which is later.
    setenv("OPENBLAS_NUM_THREADS", "1", 1)
    setenv("OMP_NUM_THREADS", "1", 1)
    // A JPEG 2000 frame is shared among threads where it would otherwise hold one up.
    setenv("OPJ_NUM_THREADS", isWorker ? "1" : String(min(Machine.processors, 4)), 1)
    // DCMTK looks an attribute up in its dictionary for colour JPEG-LS and does nothing with the answer;
    // reading the dictionary takes longer than decoding a small frame.
    setenv("DCMDICTPATH", "/dev/null", 1)
    if !isWorker { Interruption.watch() }
  }
}
