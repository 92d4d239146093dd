internal import BatchLedger
private import Files
private import Foundation

/// Tells studies that are still arriving from those that are whole, by whether their files change.
///
/// A study is a folder with images; an image that lies in the input folder itself stands for itself.
/// Nothing is opened but to see that it is an image. In memory is an entry a study.
struct StudyWatch {
  private struct Study {
    /// Changes with any file of the study: its name, size and times.
    var signature: UInt64
    /// When the signature was first seen.
    var since: ContinuousClock.Instant
    /// The latest change of a file, by the clock of the file system.
    var latest: TimeInterval
    var isQuiet = false
    /// The signature at the time when the study was worked on.
    var settled: UInt64?
  }
  private let quietPeriod: Duration
  private var studies: [String: Study] = [:]
  /// Studies that were worked on and are gone since, archived or with their disk: what was found in
  /// them stands.
  private var departed: Set<String> = []

  init(quietPeriod: Duration) { self.quietPeriod = quietPeriod }

  /// There are studies that have come to rest and were not worked on since.
  var hasNews: Bool { studies.values.contains { $0.isQuiet && $0.settled != $0.signature } }

  /// Studies that still change.
  var changing: Int { studies.values.count { !$0.isQuiet } }

  /// Looks at every file once.
  /// - Parameter takesAll: counts every study as being at rest.
  mutating func look(at inputs: [String], outputFolder: String, takesAll: Bool = false) {
    var seen: [String: (signature: UInt64, latest: TimeInterval)] = [:]
    InputWalk.walk(inputs, outputFolder: outputFolder) { file in
      var status = stat()
      // One that vanished meanwhile will be missed by the next look; one that cannot be reached, or
      // that was asked for by name, is a failure to be told.
      guard stat(file.path, &status) == 0 || file.refusal != nil || inputs.contains(file.path)
      else { return }
      var study = seen[Self.study(of: file.path, file.relative)] ?? (0xcbf2_9ce4_8422_2325, 0)
      for word in Self.words(file.path, status) {
        study.signature = (study.signature ^ word) &* 0x100_0000_01b3
      }
      let change = max(Self.seconds(status.st_mtim), Self.seconds(status.st_ctim))
      study.latest = max(study.latest, change)
      seen[Self.study(of: file.path, file.relative)] = study
    }
    for (name, study) in studies where study.settled != nil && seen[name] == nil {
      departed.insert(name)
    }
    let (now, date) = (ContinuousClock.now, Date().timeIntervalSince1970)
    let period = quietPeriod / .seconds(1)
    studies = Dictionary(
      uniqueKeysWithValues: seen.map { name, found in
        let old = studies[name]
        var study = Study(
          signature: found.signature, since: now, latest: found.latest, settled: old?.settled)
        if let old, old.signature == found.signature { study.since = old.since }
        // What was at rest long before this watch began need not be waited for once more.
        study.isQuiet =
          takesAll || now - study.since >= quietPeriod || date - found.latest >= period
        return (name, study)
      })
  }

  /// What a run has to do with a file.
  func choice(of path: String, _ relative: String) -> LedgerChoice {
    let name = Self.study(of: path, relative)
    guard let study = studies[name] else { return departed.contains(name) ? .gone : .wait }
    var status = stat()
    if study.settled != nil && lstat(path, &status) != 0 { return .gone }
    guard study.isQuiet else { return .wait }
    return study.settled == study.signature ? .keep : .work
  }

  /// A run over the studies at rest has ended.
  mutating func noteRun() {
    for (name, study) in studies where study.isQuiet { studies[name]?.settled = study.signature }
  }

  private static func study(of path: String, _ relative: String) -> String {
    relative.contains("/") ? Folder.parent(of: path) : path
  }

  private static func words(_ path: String, _ status: stat) -> [UInt64] {
    let name = path.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    return [
      name, UInt64(bitPattern: Int64(status.st_size)), UInt64(status.st_ino),
      UInt64(bitPattern: Int64(status.st_mtim.tv_sec)),
      UInt64(bitPattern: Int64(status.st_mtim.tv_nsec)),
      UInt64(bitPattern: Int64(status.st_ctim.tv_sec)),
      UInt64(bitPattern: Int64(status.st_ctim.tv_nsec)),
    ]
  }

  private static func seconds(_ time: timespec) -> TimeInterval {
    TimeInterval(time.tv_sec) + TimeInterval(time.tv_nsec) / 1e9
  }
}
