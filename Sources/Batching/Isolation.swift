private import CSandbox
private import Foundation

/// What a worker gives up before it opens a file that nobody has looked at.
package enum Isolation {
  /// How a worker ends that has asked for more memory than it may have.
  static let outOfMemoryStatus: Int32 = 77

  /// What the running kernel can hold workers to, for people.
  package static var state: String {
    let landlock = imgdx_landlock_version()
    let files =
      landlock > 0
      ? "workers write below the output folder only (Landlock \(landlock))"
      : "workers may write wherever this user may: the kernel has no Landlock"
    let network =
      imgdx_has_seccomp() == 1
      ? "they open no sockets (seccomp)"
      : "they may open sockets: the kernel has no seccomp for this processor"
    return files + ", " + network
  }

  /// Takes from this process, for good, what a worker does not need. To be called before it starts a
  /// thread.
  /// - Parameters:
  ///   - parent: the process that started this one; nothing outlives it.
  ///   - memory: bytes of address space.
  ///   - folder: the only place to write; nil leaves that alone.
  /// - Throws: ``IsolationError`` where the kernel has the means and they do not work.
  static func apply(parent: Int32, memory: Int, folder: String?) throws(IsolationError) {
    try check(imgdx_die_with_parent(), "tying the worker to its parent")
    // The parent may have ended before that took hold.
    guard getppid() == parent else { throw IsolationError(what: "the parent", reason: "is gone") }
    try check(imgdx_forbid_core_dumps(), "forbidding core dumps")
    try check(imgdx_limit_memory(UInt64(clamping: memory)), "limiting memory")
    imgdx_exit_when_out_of_memory(outOfMemoryStatus)
    try check(imgdx_forbid_new_privileges(), "forbidding new privileges")
    if let folder, imgdx_landlock_version() > 0 {
      try check(imgdx_write_only_below(folder), "confining writes (Landlock)")
    }
    if imgdx_has_seccomp() == 1 {
      try check(imgdx_filter_system_calls(), "filtering system calls (seccomp)")
    }
  }

  private static func check(_ code: Int32, _ what: String) throws(IsolationError) {
    guard code == 0 else {
      throw IsolationError(what: what, reason: String(cString: strerror(code)))
    }
  }
}

/// A worker could not be confined, and must not work then.
struct IsolationError: Error, Equatable, CustomStringConvertible {
  let what: String
  let reason: String
  var description: String { "\(what) failed: \(reason)" }
}
