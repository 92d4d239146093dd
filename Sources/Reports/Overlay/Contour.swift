internal import Imaging

/// Closed outlines of a mask, in image coordinates where pixel (x, y) covers x..<x+1, y..<y+1.
struct Contour: Equatable {
  /// Vertices in order; the last joins the first.
  var points: [Point]

  struct Point: Equatable {
    var x: Double
    var y: Double
  }

  /// Outer outlines and holes of everything set in the mask, smoothed so that no staircase shows.
  static func tracing(_ mask: Mask) -> [Contour] {
    let loops = PixelEdges(of: mask).loops(joiningCorners: true)
    return loops.map { Contour(points: midpoints($0)).smoothed() }
  }

  /// The middle of every pixel edge: what marching squares at one half gives.
  private static func midpoints(_ corners: [PixelEdges.Corner]) -> [Point] {
    corners.indices.map { index in
      let (a, b) = (corners[index], corners[(index + 1) % corners.count])
      return Point(x: Double(a.x + b.x) / 2, y: Double(a.y + b.y) / 2)
    }
  }

  /// Each vertex becomes the weighted mean of its neighbourhood (1 2 1), twice; small loops stay.
  private func smoothed() -> Contour {
    guard points.count >= 12 else { return self }
    var current = points
    for _ in 0..<2 {
      let count = current.count
      current = current.indices.map { index in
        let (before, here, after) = (
          current[(index + count - 1) % count], current[index], current[(index + 1) % count]
        )
        return Point(
          x: (before.x + 2 * here.x + after.x) / 4, y: (before.y + 2 * here.y + after.y) / 4)
      }
    }
    return Contour(points: current)
  }

  func scaled(by scale: Double) -> Contour {
    Contour(points: points.map { Point(x: $0.x * scale, y: $0.y * scale) })
  }

  /// Fewer vertices, none further than `tolerance` from the outline (Douglas and Peucker 1973).
  func simplified(tolerance: Double) -> Contour {
    guard points.count > 4 else { return self }
    let middle = points.count / 2
    var isKept = [Bool](repeating: false, count: points.count)
    isKept[0] = true
    isKept[middle] = true
    isKept[points.count - 1] = true
    var open = [(0, middle), (middle, points.count - 1)]
    while let (first, last) = open.popLast() {
      var (farthest, distance) = (first, tolerance)
      for index in (first + 1)..<max(last, first + 1) {
        let d = points[index].distance(toSegment: points[first], points[last])
        if d > distance { (farthest, distance) = (index, d) }
      }
      guard farthest != first else { continue }
      isKept[farthest] = true
      open += [(first, farthest), (farthest, last)]
    }
    return Contour(points: zip(points, isKept).filter(\.1).map(\.0))
  }
}

extension Contour.Point {
  func distance(toSegment a: Contour.Point, _ b: Contour.Point) -> Double {
    let (dx, dy) = (b.x - a.x, b.y - a.y)
    let length = dx * dx + dy * dy
    let along = length > 0 ? ((x - a.x) * dx + (y - a.y) * dy) / length : 0
    let t = min(max(along, 0), 1)
    let (ex, ey) = (x - a.x - t * dx, y - a.y - t * dy)
    return (ex * ex + ey * ey).squareRoot()
  }
}
