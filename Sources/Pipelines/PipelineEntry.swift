internal import Yams

/// One key of a pipeline file with its value, read as what the key asks for. Whatever does not fit
/// becomes an error that names file, line, column, key and what would do.
struct PipelineEntry {
  let path: String
  let key: String
  let value: Node

  /// The word that stands for "as if the line were not there".
  static let standard = "default"

  /// - Returns: nil for a key that is left as it is.
  func text(_ wanted: String) throws(PipelineError) -> String? {
    guard let scalar = try scalar(wanted) else { return nil }
    return scalar.string
  }

  func flag() throws(PipelineError) -> Bool? {
    let wanted = "true or false"
    guard let scalar = try scalar(wanted) else { return nil }
    guard scalar.style == .plain, let value = Bool.construct(from: scalar) else {
      throw mismatch(wanted)
    }
    return value
  }

  func whole(_ range: ClosedRange<Int>, unit: String = "") throws(PipelineError) -> Int? {
    let wanted = "a whole number\(unit) from \(range.lowerBound) to \(range.upperBound)"
    guard let scalar = try scalar(wanted) else { return nil }
    guard scalar.style == .plain, scalar.string.wholeMatch(of: /[0-9]+/) != nil,
      let value = Int(scalar.string), range.contains(value)
    else { throw mismatch(wanted) }
    return value
  }

  /// - Parameter excludesZero: the range's lower bound 0 is not allowed itself.
  func number(_ range: ClosedRange<Double>, unit: String = "", excludesZero: Bool = false)
    throws(PipelineError) -> Double?
  {
    let least = excludesZero ? "above 0, up to" : "from \(Self.plain(range.lowerBound)) to"
    let wanted = "a number\(unit) \(least) \(Self.plain(range.upperBound))"
    guard let scalar = try scalar(wanted) else { return nil }
    guard scalar.style == .plain,
      scalar.string.wholeMatch(of: /[0-9]*\.?[0-9]+([eE][-+]?[0-9]+)?/) != nil,
      let value = Double(scalar.string), range.contains(value), value > 0 || !excludesZero
    else { throw mismatch(wanted) }
    return value
  }

  func size(_ range: ClosedRange<Int>) throws(PipelineError) -> Int? {
    let least = range.lowerBound > 1 ? ", at least \(range.lowerBound >> 20)M" : ""
    let wanted = "bytes, or a size such as 800M or 4G\(least)"
    guard let scalar = try scalar(wanted) else { return nil }
    guard scalar.style == .plain, let value = ByteCount(scalar.string)?.bytes, range.contains(value)
    else { throw mismatch(wanted) }
    return value
  }

  /// The texts of a list, each with its own entry for errors.
  func list(_ wanted: String, of item: String) throws(PipelineError) -> [(String, PipelineEntry)]? {
    guard case .sequence(let nodes) = value else {
      guard try scalar(wanted) == nil else { throw mismatch(wanted) }
      return nil
    }
    var texts: [(String, PipelineEntry)] = []
    for node in nodes {
      let entry = PipelineEntry(path: path, key: key, value: node)
      guard case .scalar(let scalar) = node, !scalar.string.isEmpty else {
        throw entry.fault("each entry of '\(key)' is \(item); found \(entry.found)")
      }
      texts.append((scalar.string, entry))
    }
    return texts
  }

  func fault(_ reason: String) -> PipelineError {
    .fault(path: path, line: value.mark?.line ?? 1, column: value.mark?.column ?? 1, reason: reason)
  }

  /// Nil where it is ``standard``.
  private func scalar(_ wanted: String) throws(PipelineError) -> Node.Scalar? {
    guard case .scalar(let scalar) = value else { throw mismatch(wanted) }
    if scalar.string.isEmpty || ["~", "null"].contains(scalar.string) && scalar.style == .plain {
      throw fault(
        "'\(key)' has no value: it takes \(wanted); leave the line out, or write "
          + "\(Self.standard), for the default")
    }
    return scalar.string == Self.standard ? nil : scalar
  }

  private func mismatch(_ wanted: String) -> PipelineError {
    fault("'\(key)' takes \(wanted), or \(Self.standard); found \(found)")
  }

  private var found: String {
    switch value {
    case .scalar(let scalar): "'\(Self.shown(scalar.string))'"
    case .sequence: "a list"
    case .mapping: "a section"
    case .alias: "an alias"
    }
  }

  /// Short, and without what could steer a terminal.
  static func shown(_ text: String, most: Int = 40) -> String {
    var short = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(most) {
      let isControl =
        scalar.properties.generalCategory == .control
        || scalar.properties.generalCategory == .format
      short.append(isControl ? "?" : scalar)
    }
    return String(short) + (text.unicodeScalars.count > most ? "…" : "")
  }

  private static func plain(_ value: Double) -> String {
    value == value.rounded() ? String(Int(value)) : String(value)
  }
}
