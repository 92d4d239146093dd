private import Foundation

/// The longest and the shortest caliper (Feret) diameter of a shape.
package struct Diameters: Sendable, Equatable {
  /// The largest distance between two points of the outline.
  package let longest: Double
  /// The smallest distance between two parallel lines that hold the shape.
  package let shortest: Double

  /// Of a component, measured over the outer edges of its pixels: one pixel alone is 1 wide and
  /// √2 long. With pixels of `columnSize` x `rowSize` the result is in that unit.
  package init(of component: Component, columnSize: Double = 1, rowSize: Double = 1) {
    // A convex hull stays one when its axes are stretched, so corners can be scaled first.
    let corners = component.outerCorners().map { (x: $0.x * columnSize, y: $0.y * rowSize) }
    let hull = convexHull(corners)
    var longest = 0.0
    for (index, point) in hull.enumerated() {
      for other in hull[(index + 1)...] {
        longest = max(longest, hypot(point.x - other.x, point.y - other.y))
      }
    }
    self.longest = longest
    // The narrowest caliper lies flat on one of the hull's sides (Freeman and Shapira 1975).
    var shortest = Double.infinity
    for (index, point) in hull.enumerated() {
      let next = hull[(index + 1) % hull.count]
      let length = hypot(next.x - point.x, next.y - point.y)
      let width = hull.map { abs(cross(point, next, $0)) / length }.max() ?? 0
      shortest = min(shortest, width)
    }
    self.shortest = shortest.isFinite ? shortest : 0
  }
}

private typealias Point = (x: Double, y: Double)

extension Component {
  /// Corners of the first and last pixel of every row, which is all that a convex hull needs.
  fileprivate func outerCorners() -> [Point] {
    var extents: [(y: Int, start: Int, end: Int)] = []
    for run in runs {
      if let last = extents.last, last.y == run.y {
        extents[extents.count - 1] = (run.y, min(last.start, run.start), max(last.end, run.end))
      } else {
        extents.append((run.y, run.start, run.end))
      }
    }
    return extents.flatMap { row -> [Point] in
      let (left, right) = (Double(row.start), Double(row.end))
      let (top, bottom) = (Double(row.y), Double(row.y + 1))
      return [(left, top), (right, top), (left, bottom), (right, bottom)]
    }
  }
}

/// Andrew's monotone chain, counter-clockwise, without points on its sides.
private func convexHull(_ points: [Point]) -> [Point] {
  let sorted = points.sorted { ($0.x, $0.y) < ($1.x, $1.y) }
  func chain(_ points: some Sequence<Point>) -> [Point] {
    var chain: [Point] = []
    for point in points {
      while chain.count >= 2, cross(chain[chain.count - 2], chain[chain.count - 1], point) <= 0 {
        chain.removeLast()
      }
      chain.append(point)
    }
    return chain.dropLast()
  }
  return chain(sorted) + chain(sorted.reversed())
}

/// Twice the signed area of the triangle a, b, c.
private func cross(_ a: Point, _ b: Point, _ c: Point) -> Double {
  (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
}
