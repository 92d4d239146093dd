/// Sorts slices along the normal of their plane and measures the distances between them.
struct SliceStack {
  let sorted: [Slice]
  /// The first pixel of each slice across, down and along the normal of the first plane, in
  /// millimetres; empty where not all slices have a position or not all are parallel.
  private let places: [PlaneGeometry.Vector]
  private let orientations: Int

  /// Planes nearer than this lie at the same place.
  static let nearest = 1e-3

  init(_ slices: [Slice]) {
    let planes = slices.compactMap(\.geometry)
    orientations = SliceStack.kinds(of: planes) { $0.isParallel(to: $1) }
    guard let first = planes.first, planes.count == slices.count, orientations == 1 else {
      sorted = slices.sorted { SliceStack.comesFirst($0, $1) }
      places = []
      return
    }
    let measured = zip(slices, planes).map { slice, plane in
      let way = plane.position
      return (
        slice: slice,
        place: PlaneGeometry.Vector(
          (way * first.row).sum(), (way * first.column).sum(), (way * first.normal).sum())
      )
    }
    let ordered = measured.sorted { a, b in
      a.place.z != b.place.z ? a.place.z < b.place.z : SliceStack.comesFirst(a.slice, b.slice)
    }
    sorted = ordered.map(\.slice)
    places = ordered.map(\.place)
  }

  private static func comesFirst(_ a: Slice, _ b: Slice) -> Bool {
    let (first, second) = (a.instanceNumber ?? .max, b.instanceNumber ?? .max)
    if first != second { return first < second }
    return (a.path, a.frame) < (b.path, b.frame)
  }

  /// How many different values there are.
  static func kinds<T>(of values: [T], alike: (T, T) -> Bool) -> Int {
    var kinds = [T]()
    for value in values where !kinds.contains(where: { alike($0, value) }) {
      // A rotating acquisition has as many orientations as slices; the count matters little then.
      if kinds.count < 100 { kinds.append(value) }
    }
    return kinds.count
  }

  /// Distances between neighbours that do not lie at the same place.
  private var steps: [Double] {
    zip(places.dropFirst(), places).map { $0.z - $1.z }.filter { $0 > SliceStack.nearest }
  }

  /// The lower median distance: where every second one spans a gap, it is not the gap's.
  var spacing: Double? { lowerMedian(steps) }

  func findings() -> [SeriesFinding] {
    var findings = duplicates()
    let unplaced = sorted.count(where: { $0.geometry == nil })
    let files = Dictionary(sorted.map { ($0.path, $0.instanceNumber) }) { first, _ in first }
    // The frames of one object that places none are in its own order.
    if unplaced > 0 && (files.count > 1 || sorted.contains(where: \.statesPlane)) {
      findings.append(.unplaced(count: unplaced, of: sorted.count))
      let numbers = Set(files.values.compactMap { $0 })
      if files.count > 1 && numbers.count < files.count { findings.append(.unordered) }
    }
    findings += differences()
    if orientations > 1 { findings.append(.mixedOrientations(count: orientations)) }
    let doubles = doubles()
    if !doubles.isEmpty { findings.append(.samePosition(slices: doubles.map { $0 + 1 })) }
    if let spacing { findings += distances(spacing) }
    let alignment = SliceAlignment(places, tolerance: tolerance)
    if !alignment.strays.isEmpty {
      findings.append(.misaligned(slices: alignment.strays.map { $0 + 1 }))
    } else if alignment.tilt > 0.5 {
      findings.append(.gantryTilt(degrees: alignment.tilt))
    }
    return findings
  }

  private func duplicates() -> [SeriesFinding] {
    let byInstance = Dictionary(grouping: sorted.filter { $0.frame == 0 }, by: \.sopInstanceUID)
    return byInstance.values.filter { $0.count > 1 }.map { $0.map(\.path).sorted() }
      .sorted { $0.lexicographicallyPrecedes($1) }
      .map { .duplicateInstances(paths: $0) }
  }

  /// Slices, from 0, in the plane of another one before them. A copy of a frame is none: it is told
  /// with its file.
  private func doubles() -> [Int] {
    struct Frame: Hashable {
      let instance: String
      let number: Int
    }
    var doubles = [Int]()
    var seen = Set<Frame>()
    for index in places.indices {
      if index > 0 && places[index].z - places[index - 1].z > SliceStack.nearest { seen = [] }
      let frame = Frame(instance: sorted[index].sopInstanceUID, number: sorted[index].frame)
      let isNew = seen.insert(frame).inserted
      if isNew && seen.count > 1 { doubles.append(index) }
    }
    return doubles
  }

  /// Gaps, and whether what is left is even.
  private func distances(_ spacing: Double) -> [SeriesFinding] {
    var findings = [SeriesFinding]()
    var even = [Double]()
    for index in 1..<places.count {
      let step = places[index].z - places[index - 1].z
      let whole = (step / spacing).rounded()
      if step <= SliceStack.nearest {
        continue
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

  /// How far a slice may lie beside the others, in millimetres: half a pixel, as positions are often
  /// rounded.
  private var tolerance: Double {
    (sorted.compactMap(\.pixelSpacing).map { min($0.row, $0.column) }.min() ?? 1) / 2
  }
}

/// The middle value, of two the smaller; nil where there is none.
func lowerMedian(_ values: [Double]) -> Double? {
  values.isEmpty ? nil : values.sorted()[(values.count - 1) / 2]
}
