private import Files
internal import Yams

/// The text of a pipeline file on its way to a tree: refused where it is too large, no text, or uses
/// of YAML what can grow without bounds or hide what a value is.
struct PipelineText {
  let path: String

  /// Far more than every key with a page of comments.
  static let largest = 1 << 16

  /// The document's tree, nil for one without content. Every node has its mark.
  func tree() throws(PipelineError) -> Node? {
    let bytes: FileBytes
    do {
      bytes = try FileBytes(path: path, maximumBytes: Self.largest)
    } catch {
      throw .cannotRead(error)
    }
    guard let text = String(validating: bytes.bytes(0..<bytes.count), as: UTF8.self) else {
      throw fault(1, 1, "this is not text in UTF-8")
    }
    try refuseReferences(in: text)
    do {
      // The encoding is given because the default asks the environment, and prints.
      return try Parser(yaml: text, encoding: .utf8).singleRoot()
    } catch let error as YamlError {
      throw translate(error)
    } catch {
      throw fault(1, 1, "this is not YAML")
    }
  }

  func fault(_ line: Int, _ column: Int, _ reason: String) -> PipelineError {
    .fault(path: path, line: line, column: column, reason: reason)
  }

  /// Refuses anchors, aliases and tags before the parser sees them: a few lines of aliases can stand
  /// for a billion values. Whatever could be one counts: only comments before the first quotation
  /// mark are passed over, since after one a `#` may be part of a text.
  private func refuseReferences(in text: String) throws(PipelineError) {
    var (line, column) = (1, 1)
    var (isComment, hasQuotes) = (false, false)
    var last: Unicode.Scalar = "\n"
    var scalars = text.unicodeScalars.makeIterator()
    var next = scalars.next()
    while let scalar = next {
      next = scalars.next()
      if Self.breaks.contains(scalar) {
        isComment = false
        if !(scalar == "\r" && next == "\n") { (line, column) = (line + 1, 0) }
      } else if scalar == "#" && Self.blanks.contains(last) && !hasQuotes {
        isComment = true
      } else if !isComment {
        if scalar == "'" || scalar == "\"" { hasQuotes = true }
        let isFollowed = next.map { !Self.blanks.contains($0) } ?? false
        if Self.references.contains(scalar) && isFollowed && !Self.isInsideWord(after: last) {
          throw fault(
            line, column,
            "'\(scalar)' before a word begins an anchor, an alias or a tag in YAML, none of which is "
              + "read here: write the value itself")
        }
      }
      last = scalar
      column += 1
    }
  }

  private static let references: Set<Unicode.Scalar> = ["&", "*", "!"]
  private static let breaks: Set<Unicode.Scalar> = [
    "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}",
  ]
  private static let blanks = breaks.union([" ", "\t"])

  /// After these a `&` or `*` is a letter of a text, as in `/data/R&D`.
  private static func isInsideWord(after scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || "0123456789/._-+=()".unicodeScalars.contains(scalar)
  }

  private func translate(_ error: YamlError) -> PipelineError {
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let context = context.map { "\($0.text): " } ?? ""
      return fault(mark.line, mark.column, "this is not YAML: \(context)\(problem)")
    case .duplicatedKeysInMapping(let names, let context):
      let name = PipelineEntry.shown(names.first ?? "")
      return fault(
        context.mark.line, context.mark.column,
        "the key '\(name)' stands here and once more in the same section: keep one")
    case .reader(let problem, let offset, _, let text):
      let before = text.prefix(offset ?? 0).split(
        omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      return fault(
        max(before.count, 1), (before.last?.unicodeScalars.count ?? 0) + 1,
        "this is not YAML: \(problem)")
    default: return fault(1, 1, "this is not YAML")
    }
  }
}
