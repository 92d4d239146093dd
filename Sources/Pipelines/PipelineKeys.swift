/// The keys of a pipeline file, and what somebody may have meant who wrote another.
enum PipelineKeys {
  static let top = ["schema", "model", "enhancement", "thresholds", "outputs", "limits"]
  static let sections = [
    "thresholds": ["suspicion", "mask", "minimum_lesion_share"],
    "outputs": ["mask", "overlay", "thumbnails", "include_phi", "pseudonymous"],
    "limits": ["pixels", "bytes", "frames", "timeout", "grace", "memory", "jobs"],
  ]

  /// - Parameter section: nil for the file itself.
  static func keys(of section: String?) -> [String] {
    section.map { sections[$0] ?? [] } ?? top
  }

  /// One sentence about a key that does not exist.
  static func remark(on key: String, in section: String?) -> String {
    let known = keys(of: section)
    let place = section.map { "'\($0)'" } ?? "a pipeline"
    var remark = "\(place) has no key '\(PipelineEntry.shown(key))'"
    if let home = home(of: key), home != section {
      remark += "; it belongs under '\(home)'"
    } else if section != nil && top.contains(key) {
      remark += "; it belongs at the start of a line, under nothing"
    } else if let name = nearest(to: key, among: known) {
      remark += "; did you mean '\(name)'?"
    }
    return remark + (remark.hasSuffix("?") ? " " : "; ")
      + "there are \(known.joined(separator: ", "))"
  }

  private static func home(of key: String) -> String? {
    let homes = sections.filter { $1.contains(key) }.keys
    return homes.count == 1 ? homes.first : nil
  }

  /// The name that `word` is most likely a slip of; nil when none comes near.
  static func nearest(to word: String, among names: [String]) -> String? {
    // An option's name, such as max-pixels, is near enough.
    let word = word.lowercased().replacing("-", with: "_")
    if let name = names.first(where: { word.hasSuffix("_" + $0) }) { return name }
    let ranked = names.map { (name: $0, distance: distance(word, $0)) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }),
      best.distance <= max(2, best.name.count / 3)
    else { return nil }
    return best.name
  }

  /// Insertions, deletions and replacements that make one text the other (Levenshtein); longer words
  /// than any key count as far away.
  private static func distance(_ one: String, _ other: String) -> Int {
    let (one, other) = (Array(one.unicodeScalars), Array(other.unicodeScalars))
    guard one.count <= 64 else { return one.count }
    var row = Array(0...other.count)
    for (i, a) in one.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in other.enumerated() {
        let replaced = diagonal + (a == b ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[other.count]
  }
}
