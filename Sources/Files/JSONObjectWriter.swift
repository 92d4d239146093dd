/// Texts given one at a time: calls its argument with each, and passes on what that throws.
package typealias TextSource = (_ body: (String) throws -> Void) throws -> Void

/// Writes one JSON object member by member, so that an array of thousands is never in memory.
package struct JSONObjectWriter {
  private let sink: (String) throws -> Void
  private let isIndented: Bool
  private var isFirst = true

  /// - Parameter isIndented: a line a member, and a line an element of arrays; else all on one line.
  package init(isIndented: Bool = false, to sink: @escaping (String) throws -> Void) {
    self.sink = sink
    self.isIndented = isIndented
  }

  /// Adds a member.
  package mutating func add(_ key: String, _ value: JSONValue) throws {
    try begin(key)
    // Lines inside a value move in with it.
    try sink(value.text(isIndented: isIndented).replacing("\n", with: "\n  "))
  }

  /// Adds every member of an object.
  package mutating func add(_ members: [JSONValue.Member]) throws {
    for member in members { try add(member.key, member.value) }
  }

  /// Adds an array of elements that are JSON already.
  package mutating func add(_ key: String, elements: TextSource) throws {
    try begin(key)
    try sink("[")
    var separator = isIndented ? "\n    " : ""
    var isEmpty = true
    try elements { element in
      try sink(separator + element)
      if isEmpty { separator = "," + separator }
      isEmpty = false
    }
    try sink(isIndented && !isEmpty ? "\n  ]" : "]")
  }

  /// Ends the object.
  package func close() throws {
    if isFirst { try sink("{") }
    try sink(isIndented && !isFirst ? "\n}" : "}")
  }

  private mutating func begin(_ key: String) throws {
    let name = JSONValue.string(key).text() + (isIndented ? ": " : ":")
    try sink((isFirst ? "{" : ",") + (isIndented ? "\n  " : "") + name)
    isFirst = false
  }
}
