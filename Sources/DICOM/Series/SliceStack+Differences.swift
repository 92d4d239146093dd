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
    return findings
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
