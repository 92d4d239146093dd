private import Foundation

extension Manifest {
  /// The manifest as CSV with the split written into its `split` column, so that what a network was
  /// trained and tested on can be read, repeated and checked. Paths are absolute.
  package func text(with split: DataSplit) -> String {
    var sides = [SplitName?](repeating: nil, count: items.count)
    for name in SplitName.allCases {
      for index in split[name] { sides[index] = name }
    }
    let header = columns.contains("split") ? columns : columns + ["split"]
    var lines = [CommaSeparatedTable.line(header)]
    for (item, side) in zip(items, sides) {
      lines.append(CommaSeparatedTable.line(header.map { cell($0, of: item, side) }))
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private func cell(_ column: String, of item: ManifestItem, _ side: SplitName?) -> String {
    switch column {
    case "image": return absolute(item.image)
    case "mask": return item.mask.map(absolute) ?? ""
    case "patient_id": return item.patientID ?? ""
    case "split": return side?.rawValue ?? ""
    case "weight": return item.weight == 1 ? "" : "\(item.weight)"
    case "label": return item.classIndex.map { labels[$0] } ?? ""
    default: return item.others[column] ?? ""
    }
  }

  private func absolute(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.path
  }
}
