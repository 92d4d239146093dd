/// What the slices of a volume should have in common.
extension SliceStack {
  /// Sizes, pixel spacings, frames of reference and rescales, where there are several.
  func differences() -> [SeriesFinding] {
    var findings = [SeriesFinding]()
    func add(_ count: Int, _ finding: (Int) -> SeriesFinding) {
      if count > 1 { findings.append(finding(count)) }
    }
    add(Set(sorted.map { [$0.width, $0.height] }).count) { .mixedSizes(count: $0) }
    add(pixelSpacings) { .mixedPixelSpacings(count: $0) }
    add(Set(sorted.compactMap(\.frameOfReferenceUID)).count) { .mixedFramesOfReference(count: $0) }
    add(Set(sorted.map { [$0.rescale.slope, $0.rescale.intercept] }).count) {
      .mixedRescales(count: $0)
    }
    add(Set(sorted.compactMap(\.rescaleType)).count) { .mixedRescaleTypes(count: $0) }
    let sources = Set(sorted.map(\.source))
    add(Set(sources.compactMap(\.units)).count) { .mixedUnits(count: $0) }
    add(Set(sources.map(\.isInverted)).count) { _ in .mixedPhotometrics }
    return findings + SliceStack.tiles(sources) + SliceStack.concatenations(sources)
  }

  /// One picture is told, of however many levels of a slide the series holds tiles.
  private static func tiles(_ sources: Set<SliceSource>) -> [SeriesFinding] {
    let tiled = sources.compactMap(\.tiled).max { $0.columns ?? 0 < $1.columns ?? 0 }
    return tiled.map { [.tiles($0)] } ?? []
  }

  private static func concatenations(_ sources: Set<SliceSource>) -> [SeriesFinding] {
    let parts = Dictionary(grouping: sources.compactMap(\.concatenation), by: \.uid)
    return parts.sorted { $0.key < $1.key }.compactMap { _, parts in
      let numbers = Set(parts.map(\.number))
      let count = max(parts.compactMap(\.count).max() ?? 0, numbers.max() ?? 0)
      let missing = (1..<(count + 1)).filter { !numbers.contains($0) }
      return missing.isEmpty ? nil : .incompleteConcatenation(missing: missing, of: count)
    }
  }

  /// Those within 0.1 % of each other, half a pixel at the rim of a large picture, are one; none is
  /// one too.
  private var pixelSpacings: Int {
    SliceStack.kinds(of: sorted.map(\.pixelSpacing)) { a, b in
      guard let a, let b else { return a == b }
      return abs(a.row / b.row - 1) < 1e-3 && abs(a.column / b.column - 1) < 1e-3
    }
  }
}
