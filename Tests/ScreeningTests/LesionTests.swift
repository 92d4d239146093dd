import Foundation
import Imaging
import Testing

@testable import Screening

/// Measurements against shapes whose answer is known and against brute force.
@Suite struct LesionTests {
  @Test func onePixelIsOneWideAndRootTwoLong() throws {
    let component = try #require(mask(["#"]).components().first)
    let diameters = Diameters(of: component)
    #expect(diameters.shortest == 1 && diameters.longest == 2.0.squareRoot())
  }

  @Test func rectangleIsMeasuredOverItsOuterEdges() throws {
    let component = try #require(mask(["....", ".###", ".###", ".###", ".###"]).components().first)
    let diameters = Diameters(of: component)
    #expect(diameters == Diameters(of: component, columnSize: 1, rowSize: 1))
    #expect(diameters.longest == 5 && diameters.shortest == 3)
  }

  @Test func spacingMayDifferBetweenAxes() throws {
    let component = try #require(mask(["####", "####"]).components().first)
    let diameters = Diameters(of: component, columnSize: 0.5, rowSize: 3)
    #expect(diameters.shortest == 2 && diameters.longest == 40.0.squareRoot())
  }

  @Test func diagonalStripIsNarrow() throws {
    let size = 40
    let rows = (0..<size).map { y in
      String((0..<size).map { x in x == y ? "#" : "." })
    }
    let component = try #require(mask(rows).components().first)
    let diameters = Diameters(of: component)
    #expect(abs(diameters.longest - 40 * 2.0.squareRoot()) < 1e-9)
    #expect(abs(diameters.shortest - 2.0.squareRoot()) < 1e-9)
  }

  @Test(arguments: 0..<30)
  func diametersAgreeWithBruteForce(seed: UInt64) throws {
    var generator = Linear(seed: seed)
    var mask = Mask(width: 19, height: 13)
    for index in mask.pixels.indices {
      mask.pixels[index] = generator.next(below: 100) < 45 ? 1 : 0
    }
    for component in mask.components() {
      let (column, row) = (0.3, 0.7)
      let fast = Diameters(of: component, columnSize: column, rowSize: row)
      let slow = bruteForce(component, column, row)
      #expect(abs(fast.longest - slow.longest) < 1e-9)
      // The sweep over angles can only miss the minimum, and by little.
      #expect(fast.shortest <= slow.shortest + 1e-9)
      #expect(fast.shortest >= slow.shortest - 0.01)
    }
  }

  @Test func measuresPositionIntensityAndProbability() throws {
    let shape = mask([".....", ".##..", ".##..", "....."])
    let component = try #require(shape.components().first)
    let intensities = (0..<20).map { Float($0) }
    let lesion = Lesion(
      measuring: component, width: 5, height: 4, intensities: intensities,
      probabilities: [Float](repeating: 0.75, count: 20),
      spacing: PixelSpacing(row: 0.2, column: 0.1))
    #expect(lesion.area == 4)
    #expect(lesion.centroid == (1.5, 1.5))
    #expect(lesion.box == PixelBox(x: 1, y: 1, width: 2, height: 2))
    #expect(lesion.meanIntensity == 9)
    #expect(lesion.meanProbability == 0.75)
    #expect(!lesion.touchesEdge)
    #expect(abs((lesion.areaMM2 ?? 0) - 0.08) < 1e-12)
    #expect(abs((lesion.diametersMM?.shortest ?? 0) - 0.2) < 1e-12)
  }
}

private func bruteForce(_ component: Component, _ column: Double, _ row: Double) -> (
  longest: Double, shortest: Double
) {
  let corners = component.runs.flatMap { run in
    (run.start...run.end).flatMap { x in
      [run.y, run.y + 1].map { (x: Double(x) * column, y: Double($0) * row) }
    }
  }
  var longest = 0.0
  for a in corners { for b in corners { longest = max(longest, hypot(a.x - b.x, a.y - b.y)) } }
  var shortest = Double.infinity
  for step in 0..<1800 {
    let angle = Double(step) * .pi / 1800
    let along = corners.map { $0.x * cos(angle) + $0.y * sin(angle) }
    shortest = min(shortest, (along.max() ?? 0) - (along.min() ?? 0))
  }
  return (longest, shortest)
}
