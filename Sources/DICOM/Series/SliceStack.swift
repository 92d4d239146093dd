private import Foundation

/// Sorts slices along the normal of their plane and measures the distances between them.
struct SliceStack {
  let sorted: [Slice]
  /// Distance of each slice from the origin along the normal; empty where not all have a position
  /// or not all are parallel.
  private let depths: [Double]
  private let orientations: Int

  /// Planes nearer than this lie at the same place.
  private static let nearest = 1e-3

  init(_ slices: [Slice]) {
    let planes = slices.compactMap(\.geometry)
    orientations = SliceStack.distinctOrientations(planes)
    guard let normal = planes.first?.normal, planes.count == slices.count, orientations == 1 else {
      sorted = slices.sorted { SliceStack.comesFirst($0, $1) }
      depths = []
      return
    }
    let measured = slices.map { slice in
      (slice, slice.geometry.map { ($0.position * normal).sum() } ?? 0)
    }
    let ordered = measured.sorted { a, b in
      a.1 != b.1 ? a.1 < b.1 : SliceStack.comesFirst(a.0, b.0)
    }
    sorted = ordered.map(\.0)
    depths = ordered.map(\.1)
  }

  private static func comesFirst(_ a: Slice, _ b: Slice) -> Bool {
    let (first, second) = (a.instanceNumber ?? .max, b.instanceNumber ?? .max)
    if first != second { return first < second }
    return (a.path, a.frame) < (b.path, b.frame)
  }

  private static func distinctOrientations(_ planes: [PlaneGeometry]) -> Int {
    var kinds = [PlaneGeometry]()
    for plane in planes where !kinds.contains(where: { $0.isParallel(to: plane) }) {
      // A rotating acquisition has as many orientations as slices; the count matters little then.
      if kinds.count < 100 { kinds.append(plane) }
    }
    return kinds.count
  }

  /// Distances between neighbours that do not lie at the same place.
  private var steps: [Double] {
    zip(depths.dropFirst(), depths).map { $0 - $1 }.filter { $0 > SliceStack.nearest }
  }

  /// The median distance.
  var spacing: Double? {
    let steps = steps.sorted()
    return steps.isEmpty ? nil : steps[steps.count / 2]
  }

  func findings() -> [SeriesFinding] {
    var findings = duplicates()
    let sizes = Set(sorted.map { [$0.width, $0.height] }).count
    if sizes > 1 { findings.append(.mixedSizes(count: sizes)) }
    if orientations > 1 { findings.append(.mixedOrientations(count: orientations)) }
    guard let spacing else { return findings }
    findings += positions(spacing)
    if let tilt = tilt(), tilt > 0.5 { findings.append(.gantryTilt(degrees: tilt)) }
    return findings
  }

  private func duplicates() -> [SeriesFinding] {
    let byInstance = Dictionary(grouping: sorted.filter { $0.frame == 0 }, by: \.sopInstanceUID)
    return byInstance.values.filter { $0.count > 1 }.map { $0.map(\.path).sorted() }
      .sorted { $0.lexicographicallyPrecedes($1) }
      .map { .duplicateInstances(paths: $0) }
  }

  /// Slices at one place, gaps, and whether what is left is even.
  private func positions(_ spacing: Double) -> [SeriesFinding] {
    var findings = [SeriesFinding]()
    var even = [Double]()
    for index in 1..<depths.count {
      let step = depths[index] - depths[index - 1]
      let whole = (step / spacing).rounded()
      if step <= SliceStack.nearest {
        let isCopy = sorted[index].sopInstanceUID == sorted[index - 1].sopInstanceUID
        if !isCopy { findings.append(.samePosition(slice: index + 1)) }
      } else if whole >= 2 && abs(step - whole * spacing) < 0.1 * spacing && whole < 1e6 {
        findings.append(.gap(after: index, missing: Int(whole) - 1))
      } else {
        even.append(step)
      }
    }
    if let least = even.min(), let most = even.max(), most - least > 0.02 * spacing {
      findings.append(.unevenSpacing(least: least, most: most))
    }
    return findings
  }

  /// The angle between the normal and the way from the first plane to the last.
  private func tilt() -> Double? {
    guard let first = sorted.first?.geometry, let last = sorted.last?.geometry else { return nil }
    let way = last.position - first.position
    let length = (way * way).sum().squareRoot()
    guard length > SliceStack.nearest else { return nil }
    let cosine = min(abs((way * first.normal).sum()) / length, 1)
    return acos(cosine) * 180 / .pi
  }
}
