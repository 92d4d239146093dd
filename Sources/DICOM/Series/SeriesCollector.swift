/// Groups files into series as they come. Holds slices' places, no pixels.
package struct SeriesCollector: Sendable {
  private struct Key: Hashable {
    let study: String
    let series: String
  }
  private var slices: [Key: [Slice]] = [:]
  private var modalities: [Key: String] = [:]

  package init() {}

  /// Takes a file in; false for one that belongs to no series.
  @discardableResult
  package mutating func add(_ file: DICOMFile, path: String) -> Bool {
    guard let ids = file.seriesKey else { return false }
    let key = Key(study: ids.study, series: ids.series)
    slices[key, default: []] += file.slices(path: path)
    modalities[key] = modalities[key] ?? file.dataSet.modality
    return true
  }

  /// The series, those of one study together, in an order that depends on UIDs alone.
  package var series: [Series] {
    let keys = slices.keys.sorted { ($0.study, $0.series) < ($1.study, $1.series) }
    return keys.map { key in
      Series(
        studyInstanceUID: key.study, seriesInstanceUID: key.series, modality: modalities[key],
        slices: slices[key] ?? [])
    }
  }
}
