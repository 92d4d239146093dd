/// The slices of one series in order, and what is wrong with them. Pixels are not held: a volume is
/// read slice by slice from the slices' files.
package struct Series: Sendable, Equatable {
  package let studyInstanceUID: String
  package let seriesInstanceUID: String
  package let modality: String?
  /// Along the normal of their plane where positions are known, else by instance number.
  package let slices: [Slice]
  /// Millimetres between neighbouring planes: the median, nil below two positions.
  package let sliceSpacing: Double?
  package let findings: [SeriesFinding]

  package init(
    studyInstanceUID: String, seriesInstanceUID: String, modality: String?, slices: [Slice]
  ) {
    self.studyInstanceUID = studyInstanceUID
    self.seriesInstanceUID = seriesInstanceUID
    self.modality = modality
    let stack = SliceStack(slices)
    self.slices = stack.sorted
    sliceSpacing = stack.spacing
    findings = stack.findings()
  }
}

/// What makes a series unfit to be taken for a regular volume. Slices count from 1 in their order.
package enum SeriesFinding: Sendable, Equatable, CustomStringConvertible {
  /// The same instance is there more than once, in these files.
  case duplicateInstances(paths: [String])
  /// Different instances lie at the same place.
  case samePosition(slice: Int)
  /// Slices are missing after this one.
  case gap(after: Int, missing: Int)
  /// Distances differ by more than 1 % from the median.
  case unevenSpacing(least: Double, most: Double)
  /// Planes are shifted against each other: the stack is sheared by this angle.
  case gantryTilt(degrees: Double)
  /// Not all planes are parallel.
  case mixedOrientations(count: Int)
  /// Not all pictures have the same size.
  case mixedSizes(count: Int)

  package var description: String {
    switch self {
    case .duplicateInstances(let paths):
      "the same instance is in \(paths.count) files: \(paths.joined(separator: ", "))"
    case .samePosition(let slice): "slice \(slice) lies where the one before it does"
    case .gap(let slice, 1): "one slice is missing after slice \(slice)"
    case .gap(let slice, let missing): "\(missing) slices are missing after slice \(slice)"
    case .unevenSpacing(let least, let most):
      "slices are unevenly spaced, from \(SeriesFinding.short(least)) to \(SeriesFinding.short(most)) mm"
    case .gantryTilt(let degrees):
      "the planes are sheared by a gantry tilt of \(SeriesFinding.short(degrees)) degrees"
    case .mixedOrientations(let count): "slices have \(count) different orientations"
    case .mixedSizes(let count): "slices have \(count) different sizes"
    }
  }

  private static func short(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
}
