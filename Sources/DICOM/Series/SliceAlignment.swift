private import Foundation

/// Whether the planes of a stack lie on one line, and how far that line is from their normal.
struct SliceAlignment {
  /// Slices, from 0, that lie beside the line on which most others are.
  let strays: [Int]
  /// Degrees between the line and the normal.
  let tilt: Double

  private typealias Shift = SIMD2<Double>

  /// - Parameters:
  ///   - places: of slices in order, across, down and along their normal; none is aligned.
  ///   - tolerance: how far beside the line a slice counts as on it.
  init(_ places: [SIMD3<Double>], tolerance: Double) {
    func isOff(_ shift: Shift) -> Bool { (shift * shift).sum() > tolerance * tolerance }
    guard let first = places.first, let last = places.last else {
      (strays, tilt) = ([], 0)
      return
    }
    // From end to end, rounding of positions matters least.
    var slope = SliceAlignment.slope(from: first, to: last) ?? .zero
    var rests = SliceAlignment.rests(of: places, slope: slope)
    let start = rests[0]
    if !rests.contains(where: { isOff($0 - start) }) {
      strays = []
    } else {
      // An end may be what strays: the middle of all slopes over half the stack is not moved by few.
      let half = places.count / 2
      slope = SliceAlignment.middle(
        zip(places, places.dropFirst(half)).compactMap { SliceAlignment.slope(from: $0, to: $1) })
      rests = SliceAlignment.rests(of: places, slope: slope)
      let centre = SliceAlignment.middle(rests)
      strays = rests.indices.filter { isOff(rests[$0] - centre) }
    }
    tilt = atan((slope * slope).sum().squareRoot()) * 180 / .pi
  }

  /// Sideways by millimetre of depth, nil for places of one depth.
  private static func slope(from a: SIMD3<Double>, to b: SIMD3<Double>) -> Shift? {
    let way = b - a
    return way.z > SliceStack.nearest ? Shift(way.x, way.y) / way.z : nil
  }

  /// What is left of the places in their plane when the line's slope is taken away.
  private static func rests(of places: [SIMD3<Double>], slope: Shift) -> [Shift] {
    places.map { Shift($0.x, $0.y) - slope * $0.z }
  }

  private static func middle(_ shifts: [Shift]) -> Shift {
    Shift(lowerMedian(shifts.map(\.x)) ?? 0, lowerMedian(shifts.map(\.y)) ?? 0)
  }
}
