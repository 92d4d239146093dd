private import CSandbox
private import Files
private import Foundation

/// What of the machine this process may use.
package enum Machine {
  /// Processors: the affinity mask, or less where a control group (a container, a Slurm job, a
  /// systemd unit) gives less time than that.
  package static let processors: Int = {
    let mask = Int(imgdx_processor_count())
    let allowed = mask > 0 ? mask : ProcessInfo.processInfo.activeProcessorCount
    return max(min(allowed, ControlGroup.own.processors ?? allowed), 1)
  }()

  /// Bytes of memory: the machine's, or less where a control group gives less.
  package static let memory: Int = {
    let installed = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    return min(installed, ControlGroup.own.memory ?? installed)
  }()

  /// Bytes of address space for each of `jobs` workers, never more than `ulimit -v` gives this
  /// process.
  /// - Parameter given: nil for four fifths of the memory shared out, 2 GiB at least, since address
  ///   space is more than memory in use.
  package static func workerMemory(jobs: Int, given: Int? = nil) -> Int {
    let wanted = given ?? max(memory / 5 * 4 / max(jobs, 1), 2 << 30)
    return min(wanted, Int(clamping: imgdx_memory_limit()))
  }

  /// "needed more than 2 GiB".
  package static func describe(bytes: Int) -> String {
    for (unit, shift) in [("GiB", 30), ("MiB", 20), ("KiB", 10)] where bytes >= 1 << shift {
      let tenths = (bytes * 10) >> shift
      return tenths % 10 == 0 ? "\(tenths / 10) \(unit)" : "\(tenths / 10).\(tenths % 10) \(unit)"
    }
    return "\(bytes) bytes"
  }
}

/// The limits of a control group (cgroup v2) and all above it.
struct ControlGroup {
  /// Whole processors, rounded up; nil without a limit.
  private(set) var processors: Int?
  /// Bytes; nil without a limit.
  private(set) var memory: Int?

  /// That of this process.
  static let own = ControlGroup(
    membership: (try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8)) ?? "",
    root: "/sys/fs/cgroup")

  /// - Parameters:
  ///   - membership: what `/proc/self/cgroup` says; the line of version 2 begins with `0::`.
  ///   - root: where control groups are mounted.
  init(membership: String, root: String) {
    let line = membership.split(separator: "\n").first { $0.hasPrefix("0::") }
    var path = line.map { String($0.dropFirst(3)) } ?? "/"
    while true {
      let folder = root + (path == "/" ? "" : path)
      if let quota = Self.quota(Self.words(folder + "/cpu.max")) {
        processors = min(processors ?? quota, quota)
      }
      if let bytes = Self.words(folder + "/memory.max").first.flatMap({ Int($0) }) {
        memory = min(memory ?? bytes, bytes)
      }
      if path == "/" || path.isEmpty { return }
      path = Folder.parent(of: path)
    }
  }

  /// "150000 100000", microseconds of each period: 2 processors; "max 100000": no limit.
  private static func quota(_ words: [Substring]) -> Int? {
    guard words.count == 2, let quota = Int(words[0]), let period = Int(words[1]), period > 0,
      quota > 0
    else { return nil }
    return max((quota - 1) / period + 1, 1)
  }

  private static func words(_ path: String) -> [Substring] {
    ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split { $0.isWhitespace }
  }
}
