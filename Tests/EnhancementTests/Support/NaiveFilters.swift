import Foundation

/// The formulas written out pixel by pixel, as reference for the fast versions.
enum NaiveFilters {
  static func mirrored(_ position: Int, _ count: Int) -> Int {
    var position = position
    while count > 1, position < 0 || position >= count {
      position = position < 0 ? -position : 2 * (count - 1) - position
    }
    return count == 1 ? 0 : position
  }

  static func median(_ plane: [Float], width: Int, height: Int, size: Int) -> [Float] {
    let radius = size / 2
    return (0..<(width * height)).map { index in
      var window: [Float] = []
      for y in -radius...radius {
        for x in -radius...radius {
          let row = min(max(index / width + y, 0), height - 1)
          let column = min(max(index % width + x, 0), width - 1)
          window.append(plane[row * width + column])
        }
      }
      return window.sorted()[window.count / 2]
    }
  }

  static func nonLocalMeans(
    _ plane: [Float], width: Int, height: Int, patch: Int, distance: Int, h: Double
  ) -> [Float] {
    let radius = patch / 2
    func value(_ x: Int, _ y: Int) -> Double {
      Double(plane[mirrored(y, height) * width + mirrored(x, width)])
    }
    return (0..<(width * height)).map { index in
      let (x, y) = (index % width, index / width)
      var (sum, total) = (0.0, 0.0)
      for down in -distance...distance {
        for right in -distance...distance {
          var difference = 0.0
          for v in -radius...radius {
            for u in -radius...radius {
              let d = value(x + u, y + v) - value(x + right + u, y + down + v)
              difference += d * d
            }
          }
          let weight = exp(-difference / Double(patch * patch) / (h * h))
          sum += weight * value(x + right, y + down)
          total += weight
        }
      }
      return Float(sum / total)
    }
  }

  static func gaussian(_ plane: [Float], width: Int, height: Int, sigma: Double) -> [Float] {
    let radius = max(Int((4 * sigma).rounded()), 1)
    return (0..<(width * height)).map { index in
      var (sum, total) = (0.0, 0.0)
      for v in -radius...radius {
        for u in -radius...radius {
          let weight = exp(-Double(u * u + v * v) / (2 * sigma * sigma))
          let row = mirrored(index / width + v, height)
          let column = mirrored(index % width + u, width)
          sum += weight * Double(plane[row * width + column])
          total += weight
        }
      }
      return Float(sum / total)
    }
  }
}
