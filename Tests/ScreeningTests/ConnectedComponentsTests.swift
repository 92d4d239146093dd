import Imaging
import Testing

@testable import Screening

/// Component labelling against a flood fill that is too simple to be wrong.
@Suite struct ConnectedComponentsTests {
  @Test func cornersConnect() {
    #expect(mask(["#..", ".#.", "..#"]).components().map(\.area) == [3])
    #expect(mask(["..#", ".#.", "#.."]).components().map(\.area) == [3])
  }

  @Test func gapsSeparate() {
    #expect(mask(["##.##", ".....", "#...#"]).components().map(\.area) == [2, 2, 1, 1])
  }

  @Test func lateJoinsMakeOneComponent() {
    #expect(mask(["#.#.#", "#.#.#", "#####"]).components().map(\.area) == [11])
    #expect(mask(["#...#", ".#.#.", "..#.."]).components().count == 1)
  }

  @Test func emptyMaskHasNone() {
    #expect(Mask(width: 5, height: 4).components().isEmpty)
  }

  @Test(arguments: [(1, 40), (40, 1), (17, 23), (64, 48)], [10, 35, 50, 80])
  func agreesWithFloodFill(size: (Int, Int), percent: Int) {
    var generator = Linear(seed: UInt64(size.0 * 1000 + percent))
    for _ in 0..<20 {
      var mask = Mask(width: size.0, height: size.1)
      for index in mask.pixels.indices {
        mask.pixels[index] = generator.next(below: 100) < percent ? 1 : 0
      }
      let found = mask.components().map { component in
        component.runs.flatMap { run in (run.start..<run.end).map { run.y * size.0 + $0 } }
      }
      #expect(found == floodFill(mask))
    }
  }
}

/// Groups of pixel indices, each sorted, in the order of their first pixel.
private func floodFill(_ mask: Mask) -> [[Int]] {
  var seen = Set<Int>()
  var groups: [[Int]] = []
  for start in mask.pixels.indices where mask.pixels[start] == 1 && !seen.contains(start) {
    var group: [Int] = []
    var open = [start]
    seen.insert(start)
    while let pixel = open.popLast() {
      group.append(pixel)
      let (x, y) = (pixel % mask.width, pixel / mask.width)
      for ny in max(y - 1, 0)...min(y + 1, mask.height - 1) {
        for nx in max(x - 1, 0)...min(x + 1, mask.width - 1) {
          let next = ny * mask.width + nx
          if mask.pixels[next] == 1 && seen.insert(next).inserted { open.append(next) }
        }
      }
    }
    groups.append(group.sorted())
  }
  return groups
}
