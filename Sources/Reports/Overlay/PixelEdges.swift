internal import Imaging

/// The edges between set and unset pixels, each walked with the set pixel on its right.
struct PixelEdges {
  struct Corner: Hashable {
    var x: Int
    var y: Int
  }

  /// 0 right, 1 down, 2 left, 3 up.
  private typealias Direction = Int

  /// Bit d of an entry: an edge leaves this corner in direction d. `[height + 1, width + 1]`
  private var leaving: [UInt8]
  private let columns: Int

  init(of mask: Mask) {
    columns = mask.width + 1
    leaving = [UInt8](repeating: 0, count: columns * (mask.height + 1))
    let (width, height) = (mask.width, mask.height)
    for y in 0..<height {
      for x in 0..<width where mask.pixels[y * width + x] != 0 {
        let corner = y * columns + x
        if y == 0 || mask.pixels[(y - 1) * width + x] == 0 { leaving[corner] |= 1 }
        if x + 1 == width || mask.pixels[y * width + x + 1] == 0 { leaving[corner + 1] |= 2 }
        if y + 1 == height || mask.pixels[(y + 1) * width + x] == 0 {
          leaving[corner + columns + 1] |= 4
        }
        if x == 0 || mask.pixels[y * width + x - 1] == 0 { leaving[corner + columns] |= 8 }
      }
    }
  }

  /// Closed walks over all edges, in reading order of their first corner.
  /// - Parameter joiningCorners: pixels that touch by a corner lie inside one outline.
  func loops(joiningCorners: Bool) -> [[Corner]] {
    var leaving = leaving
    var loops: [[Corner]] = []
    for start in leaving.indices {
      while leaving[start] != 0 {
        loops.append(walk(from: start, &leaving, joiningCorners))
      }
    }
    return loops
  }

  private func walk(from start: Int, _ leaving: inout [UInt8], _ joiningCorners: Bool) -> [Corner] {
    var loop: [Corner] = []
    var position = start
    var direction = leaving[start].trailingZeroBitCount
    repeat {
      loop.append(Corner(x: position % columns, y: position / columns))
      leaving[position] &= ~(1 << UInt8(direction))
      position += [1, columns, -1, -columns][direction]
      // Where two edges leave, turning left keeps diagonal neighbours together, right parts them.
      let turns = joiningCorners ? [3, 0, 1] : [1, 0, 3]
      for turn in turns {
        let next = (direction + turn) % 4
        if leaving[position] & (1 << UInt8(next)) != 0 {
          direction = next
          break
        }
      }
    } while position != start
    return loop
  }
}
