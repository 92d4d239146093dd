/// One lookup table a tile, and the interpolation between the four nearest.
struct CLAHETables {
  private let grid: CLAHEGrid
  private let largest: Int
  /// `[tile row, tile column, level]`
  private var tables: [UInt16]

  init(_ levels: GreyLevels, _ grid: CLAHEGrid, clip: Double) {
    self.grid = grid
    largest = levels.largest
    let bins = levels.largest + 1
    tables = [UInt16](repeating: 0, count: grid.tiles * grid.tiles * bins)
    var histogram = [Int32](repeating: 0, count: bins)
    for row in 0..<grid.tiles {
      for column in 0..<grid.tiles {
        for bin in histogram.indices { histogram[bin] = 0 }
        let counted = Self.count(levels, grid, row: row, column: column, into: &histogram)
        let limit = clip > 0 ? max(Int32(clip * Double(counted) / Double(bins)), 1) : Int32.max
        Self.clip(&histogram, at: limit)
        fillTable(row * grid.tiles + column, from: histogram, counted: counted)
      }
    }
  }

  /// - Returns: the pixels counted: all of the tile's but padding.
  private static func count(
    _ levels: GreyLevels, _ grid: CLAHEGrid, row: Int, column: Int, into histogram: inout [Int32]
  ) -> Int {
    let columns = (0..<grid.tileWidth).map {
      mirrored(column * grid.tileWidth + $0, grid.width)
    }
    var counted = 0
    // Safe: mirrored positions lie inside the image, levels below 2^bits = histogram.count.
    histogram.withUnsafeMutableBufferPointer { bins in
      levels.samples.withUnsafeBufferPointer { samples in
        for y in 0..<grid.tileHeight {
          let start =
            mirrored(row * grid.tileHeight + y, grid.height) * grid.width
          for x in columns where levels.isPadding.isEmpty || !levels.isPadding[start + x] {
            bins[Int(samples[start + x])] += 1
            counted += 1
          }
        }
      }
    }
    return counted
  }

  /// What lies above the limit is spread over all bins, the remainder over every n-th.
  private static func clip(_ histogram: inout [Int32], at limit: Int32) {
    var clipped = 0
    for bin in histogram.indices where histogram[bin] > limit {
      clipped += Int(histogram[bin] - limit)
      histogram[bin] = limit
    }
    guard clipped > 0 else { return }
    let batch = clipped / histogram.count
    if batch > 0 { for bin in histogram.indices { histogram[bin] += Int32(batch) } }
    var residual = clipped - batch * histogram.count
    guard residual > 0 else { return }
    let step = max(histogram.count / residual, 1)
    var bin = 0
    while bin < histogram.count && residual > 0 {
      histogram[bin] += 1
      bin += step
      residual -= 1
    }
  }

  private mutating func fillTable(_ tile: Int, from histogram: [Int32], counted: Int) {
    let bins = histogram.count
    let scale = counted > 0 ? Float(largest) / Float(counted) : 0
    var sum: Int32 = 0
    for bin in 0..<bins {
      sum += histogram[bin]
      let value = (Float(sum) * scale).rounded(.toNearestOrEven)
      tables[tile * bins + bin] = UInt16(min(value, Float(largest)))
    }
  }

  /// Each sample looked up in the four nearest tiles' tables, weighted bilinearly.
  func applied(to samples: [UInt16]) -> [UInt16] {
    let across = Self.neighbours(grid.width, tile: grid.tileWidth, tiles: grid.tiles)
    let down = Self.neighbours(grid.height, tile: grid.tileHeight, tiles: grid.tiles)
    let bins = largest + 1
    let (width, height) = (grid.width, grid.height)
    return [UInt16](unsafeUninitializedCapacity: width * height) { out, initialized in
      // Safe: neighbours name existing tiles, samples lie below `bins`.
      samples.withUnsafeBufferPointer { input in
        tables.withUnsafeBufferPointer { tables in
          across.withUnsafeBufferPointer { across in
            for y in 0..<height {
              let upper = down[y].first * grid.tiles
              let lower = down[y].second * grid.tiles
              let share = down[y].share
              for x in 0..<width {
                let level = Int(input[y * width + x])
                let side = across[x]
                let first = side.first
                let second = side.second
                let top =
                  Float(tables[(upper + first) * bins + level]) * (1 - side.share)
                  + Float(tables[(upper + second) * bins + level]) * side.share
                let bottom =
                  Float(tables[(lower + first) * bins + level]) * (1 - side.share)
                  + Float(tables[(lower + second) * bins + level]) * side.share
                let value = top * (1 - share) + bottom * share
                out[y * width + x] = UInt16(value.rounded(.toNearestOrEven))
              }
            }
          }
        }
      }
      initialized = width * height
    }
  }

  /// For each position the tiles whose centres lie before and after it, and the second one's share.
  private static func neighbours(
    _ count: Int, tile: Int, tiles: Int
  ) -> [(first: Int, second: Int, share: Float)] {
    let inverse = 1 / Float(tile)
    return (0..<count).map { position in
      let place = Float(position) * inverse - 0.5
      let below = place.rounded(.down)
      let first = Int(below)
      return (max(first, 0), min(first + 1, tiles - 1), place - below)
    }
  }
}
