internal import DICOM
internal import Files

/// What `imgdx info FOLDER` says of the series in it. Studies and series are numbered; their UIDs
/// identify people's examinations and are shown on request only.
struct SeriesReport {
  private let series: [Series]
  private let includesPHI: Bool

  init(_ series: [Series], includesPHI: Bool) {
    self.series = series
    self.includesPHI = includesPHI
  }

  /// The number of each series' study, from 1.
  private var studies: [Int] {
    var number = 0
    var last: String?
    return series.map { one in
      if one.studyInstanceUID != last { number += 1 }
      last = one.studyInstanceUID
      return number
    }
  }

  /// One object with the schema "imgdx.series/1" for each.
  var json: [JSONValue] {
    zip(series, studies).enumerated().map { index, pair in
      let (one, study) = pair
      var members: [JSONValue.Member] = [
        .init("schema", .string("imgdx.series/1")), .init("study", .integer(study)),
        .init("series", .integer(index + 1)), .init("modality", JSONValue(one.modality)),
        .init("slices", .integer(one.slices.count)),
        .init("slice_spacing_mm", one.sliceSpacing.map { .number($0) } ?? .null),
        .init("findings", JSONValue(one.findings.map(\.description))),
        .init("files", JSONValue(files(of: one))),
      ]
      if includesPHI {
        members.append(.init("study_instance_uid", .string(one.studyInstanceUID)))
        members.append(.init("series_instance_uid", .string(one.seriesInstanceUID)))
      }
      return .object(members)
    }
  }

  /// In the order of the slices, each once.
  private func files(of one: Series) -> [String] {
    var seen = Set<String>()
    return one.slices.map(\.path).filter { seen.insert($0).inserted }
  }

  /// Lines for people.
  var lines: [String] {
    zip(series, studies).enumerated().flatMap { index, pair in
      let (one, study) = pair
      let size = one.slices.first.map { "\($0.width) x \($0.height)" } ?? ""
      let spacing = one.sliceSpacing.map { ", \(($0 * 1000).rounded() / 1000) mm apart" } ?? ""
      let slices = one.slices.count == 1 ? "one slice" : "\(one.slices.count) slices"
      var lines = [
        "study \(study), series \(index + 1): \(one.modality ?? "no modality"), \(slices) of \(size)\(spacing)"
      ]
      if includesPHI {
        lines += ["  study UID \(one.studyInstanceUID)", "  series UID \(one.seriesInstanceUID)"]
      }
      if let first = one.slices.first { lines.append("  first file \(first.path)") }
      return lines + one.findings.map { "  warning: \($0)" }
    }
  }
}
