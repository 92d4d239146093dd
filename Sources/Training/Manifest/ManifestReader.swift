private import Files
private import Foundation

/// Turns a table into a manifest and says precisely what is wrong with it.
struct ManifestReader {
  private static let known = ["image", "label", "mask", "patient_id", "split", "weight"]

  private let path: String
  private let columns: [String]
  private let rows: [CommaSeparatedTable.Row]
  /// Where each known column stands.
  private let positions: [String: Int]
  /// Columns of 0, 1 or nothing that stand for labels, where there is no `label` column.
  private let labelColumns: [Int]

  init(table: CommaSeparatedTable, path: String) throws(TrainingError) {
    guard let header = table.rows.first, table.rows.count > 1 else {
      throw .unreadableManifest(path: path, reason: "it needs a header and at least one row")
    }
    self.path = path
    columns = header.fields.map(Self.trimmed)
    rows = Array(table.rows.dropFirst())
    positions = try Self.positions(of: columns, path: path, line: header.line)
    for row in rows where row.fields.count != header.fields.count {
      throw .badLine(
        path: path, line: row.line,
        reason: "it has \(row.fields.count) fields, the header has \(header.fields.count)")
    }
    labelColumns =
      positions["label"] == nil
      ? Self.binaryColumns(columns, rows: rows) : []
  }

  func manifest() throws(TrainingError) -> Manifest {
    let labels = try self.labels()
    let numbers = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, $0) })
    var items: [ManifestItem] = []
    items.reserveCapacity(rows.count)
    for row in rows { items.append(try item(row, numbers: numbers)) }
    try checkSplits(items)
    return Manifest(
      path: path, columns: columns, labels: labels, items: items, warnings: warnings(items))
  }

  private func item(_ row: CommaSeparatedTable.Row, numbers: [String: Int]) throws(TrainingError)
    -> ManifestItem
  {
    let name = cell("image", row) ?? ""
    guard !name.isEmpty else { throw bad(row, "image", "an image must be named") }
    var others: [String: String] = [:]
    for (index, column) in columns.enumerated() where !Self.known.contains(column) {
      others[column] = row.fields[index]
    }
    return ManifestItem(
      line: row.line, name: name, image: resolved(name), mask: cell("mask", row).map(resolved),
      targets: targets(row, numbers: numbers), patientID: cell("patient_id", row),
      split: try split(row), weight: try weight(row), others: others)
  }

  /// Sorted, so that the order of rows does not matter.
  private func labels() throws(TrainingError) -> [String] {
    guard positions["label"] != nil else { return labelColumns.map { columns[$0] } }
    return Set(rows.compactMap { cell("label", $0) }).sorted {
      $0.utf8.lexicographicallyPrecedes($1.utf8)
    }
  }

  private func targets(_ row: CommaSeparatedTable.Row, numbers: [String: Int]) -> [Bool?] {
    if positions["label"] != nil {
      guard let label = cell("label", row) else {
        return [Bool?](repeating: nil, count: numbers.count)
      }
      return (0..<numbers.count).map { $0 == numbers[label] }
    }
    return labelColumns.map { column in
      switch Self.trimmed(row.fields[column]) {
      case "": nil
      case let text: Double(text) == 1
      }
    }
  }

  private func split(_ row: CommaSeparatedTable.Row) throws(TrainingError) -> SplitName? {
    guard let text = cell("split", row) else { return nil }
    guard let split = SplitName(reading: text) else {
      throw bad(row, "split", "'\(text)' is none of train, val, test")
    }
    return split
  }

  private func weight(_ row: CommaSeparatedTable.Row) throws(TrainingError) -> Float {
    guard let text = cell("weight", row) else { return 1 }
    guard let weight = Float(text), weight.isFinite, weight >= 0 else {
      throw bad(row, "weight", "'\(text)' is not a number of 0 or more")
    }
    return weight
  }

  /// A split column says it for all rows or for none.
  private func checkSplits(_ items: [ManifestItem]) throws(TrainingError) {
    guard items.contains(where: { $0.split != nil }),
      let item = items.first(where: { $0.split == nil })
    else { return }
    throw .badCell(
      path: path, line: item.line, column: "split",
      reason: "it is empty, while other rows have one of train, val, test")
  }

  private func warnings(_ items: [ManifestItem]) -> [String] {
    var warnings: [String] = []
    let repeated = items.count - Set(items.map(\.image)).count
    if repeated > 0 { warnings.append("\(repeated) rows name an image that another row names") }
    let sides = Dictionary(grouping: items, by: \.group).values.map { Set($0.map(\.split)).count }
    let torn = sides.count { $0 > 1 }
    if torn > 0 {
      warnings.append(
        "the split column puts images of one patient on several sides, for \(torn) patients: "
          + "results will look better than they are")
    }
    return warnings
  }

  /// The trimmed text of a known column; nil where there is none.
  private func cell(_ column: String, _ row: CommaSeparatedTable.Row) -> String? {
    guard let position = positions[column] else { return nil }
    let text = Self.trimmed(row.fields[position])
    return text.isEmpty ? nil : text
  }

  private func bad(_ row: CommaSeparatedTable.Row, _ column: String, _ reason: String)
    -> TrainingError
  {
    .badCell(path: path, line: row.line, column: column, reason: reason)
  }

  private func resolved(_ name: String) -> String {
    guard !name.hasPrefix("/") else { return name }
    let folder = Folder.parent(of: path)
    return folder.isEmpty ? name : (folder as NSString).appendingPathComponent(name)
  }

  private static func trimmed(_ text: String) -> String {
    text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private static func positions(of columns: [String], path: String, line: Int)
    throws(TrainingError) -> [String: Int]
  {
    var positions: [String: Int] = [:]
    for (index, column) in columns.enumerated() {
      guard positions.updateValue(index, forKey: column) == nil || column.isEmpty else {
        throw .badCell(path: path, line: line, column: column, reason: "two columns have this name")
      }
    }
    guard positions["image"] == nil else { return positions }
    let separators = columns.count == 1 && columns[0].contains { ";\t".contains($0) }
    let advice = separators ? "; separate the columns by commas" : ""
    throw .badLine(path: path, line: line, reason: "the header has no column 'image'" + advice)
  }

  /// Unknown columns that hold 0, 1 or nothing throughout, and 1 at least once.
  private static func binaryColumns(_ columns: [String], rows: [CommaSeparatedTable.Row]) -> [Int] {
    columns.indices.filter { index in
      guard !known.contains(columns[index]), !columns[index].isEmpty else { return false }
      let values = rows.map { trimmed($0.fields[index]) }
      let isBinary = values.allSatisfy { $0.isEmpty || Double($0) == 0 || Double($0) == 1 }
      return isBinary && values.contains { Double($0) == 1 }
    }
  }
}
