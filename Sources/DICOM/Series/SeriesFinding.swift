/// What makes a series unfit to be taken for a regular volume. Slices count from 1 in their order.
package enum SeriesFinding: Sendable, Equatable, CustomStringConvertible {
  /// The same instance is there more than once, in these files.
  case duplicateInstances(paths: [String])
  /// So many slices tell no place, or none that makes sense: instance numbers order all of them.
  case unplaced(count: Int, of: Int)
  /// Nothing places the slices and no instance numbers tell them apart: names of files order them.
  case unordered
  /// Frames are pieces of a picture.
  case tiles(TiledPicture)
  /// These parts of a concatenation are not there.
  case incompleteConcatenation(missing: [Int], of: Int)
  /// Each of these lies in the plane of one before it and is no copy of that.
  case samePosition(slices: [Int])
  /// Slices are missing after this one.
  case gap(after: Int, missing: Int)
  /// Distances differ by more than 2 % of the usual one.
  case unevenSpacing(least: Double, most: Double)
  /// Planes are shifted evenly against each other: the stack is sheared by this angle.
  case gantryTilt(degrees: Double)
  /// These do not lie on one line with the others.
  case misaligned(slices: [Int])
  /// Not all planes are parallel.
  case mixedOrientations(count: Int)
  /// Not all pictures have the same size.
  case mixedSizes(count: Int)
  /// Not all pixels have the same size.
  case mixedPixelSpacings(count: Int)
  /// Positions are counted from different origins.
  case mixedFramesOfReference(count: Int)
  /// Not all stored values mean the same.
  case mixedRescales(count: Int)
  /// Rescaled values are of different kinds (Hounsfield units, none).
  case mixedRescaleTypes(count: Int)
  /// Values count different things (becquerels, counts).
  case mixedUnits(count: Int)
  /// The smallest value is white in some slices, black in others.
  case mixedPhotometrics

  package var description: String {
    switch self {
    case .duplicateInstances(let paths):
      "the same instance is in \(paths.count) files: \(paths.joined(separator: ", "))"
    case .unplaced(let count, let all):
      "no usable position for \(count) of \(all) slices: in the order of their instance numbers"
    case .unordered:
      "where instance numbers are missing or equal, the names of files tell the order"
    case .tiles(let picture): picture.description
    case .incompleteConcatenation(let missing, let count):
      "the series lacks \(SeriesFinding.list(missing, "part")) of \(count) of a concatenation"
    case .samePosition(let slices) where slices.count == 1:
      "\(SeriesFinding.list(slices)) lies where the one before it does"
    case .samePosition(let slices):
      "\(SeriesFinding.list(slices)) lie where the ones before them do"
    case .gap(let slice, 1): "one slice is missing after slice \(slice)"
    case .gap(let slice, let missing): "\(missing) slices are missing after slice \(slice)"
    case .unevenSpacing(let least, let most):
      "slices are unevenly spaced, from \(SeriesFinding.short(least)) to \(SeriesFinding.short(most)) mm"
    case .gantryTilt(let degrees):
      "the planes are sheared by a gantry tilt of \(SeriesFinding.short(degrees)) degrees"
    case .misaligned(let slices):
      "\(SeriesFinding.list(slices)) \(slices.count == 1 ? "is" : "are") shifted sideways against the others"
    case .mixedOrientations(let count): "slices have \(count) different orientations"
    case .mixedSizes(let count): "slices have \(count) different sizes"
    case .mixedPixelSpacings(let count): "slices have \(count) different pixel spacings"
    case .mixedFramesOfReference(let count):
      "slices have \(count) different frames of reference: their positions do not compare"
    case .mixedRescales(let count):
      "slices have \(count) different rescale slopes or intercepts: their stored values do not compare"
    case .mixedRescaleTypes(let count):
      "slices have \(count) different rescale types: their values do not compare"
    case .mixedUnits(let count):
      "slices have \(count) different units: their values do not compare"
    case .mixedPhotometrics:
      "slices are MONOCHROME1 and MONOCHROME2: the same stored value is dark in some and bright in others"
    }
  }

  /// True for what is resolved where slices are shown.
  package var isOfStoredValues: Bool {
    switch self {
    case .mixedRescales, .mixedPhotometrics: true
    default: false
    }
  }

  private static func short(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }

  /// "slices 2, 3, 5, 6, 8 and 395 more".
  private static func list(_ slices: [Int], _ noun: String = "slice") -> String {
    let named = slices.prefix(5).map(String.init)
    let rest = slices.count - named.count
    let last = rest > 0 ? "\(rest) more" : named.last ?? ""
    let others = rest > 0 ? named : named.dropLast()
    if others.isEmpty { return "\(noun) \(last)" }
    return "\(noun)s \(others.joined(separator: ", ")) and \(last)"
  }
}
