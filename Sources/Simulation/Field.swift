private import Foundation

/// A number for each pixel, `[height, width]`.
struct Field {
  let width: Int
  let height: Int
  var values: [Float]

  init(width: Int, height: Int, _ value: Float = 0) {
    self.width = width
    self.height = height
    values = [Float](repeating: value, count: width * height)
  }

  init(width: Int, height: Int, _ value: (_ x: Int, _ y: Int) -> Float) {
    self.init(width: width, height: height)
    for y in 0..<height { for x in 0..<width { values[y * width + x] = value(x, y) } }
  }

  /// Independent normal numbers.
  init(noise random: inout RandomSource, width: Int, height: Int) {
    self.init(width: width, height: height)
    for index in values.indices { values[index] = random.gaussian() }
  }

  /// Normal numbers with mean 0, variance 1 and Gaussian correlation over `across` columns and `down`
  /// rows.
  init(
    smooth random: inout RandomSource, width: Int, height: Int, across: Float, down: Float
  ) {
    self = Field(noise: &random, width: width, height: height)
      .blurred(across: across, down: down, edge: .wrapped).standardised()
  }

  subscript(x: Int, y: Int) -> Float {
    get { values[y * width + x] }
    set { values[y * width + x] = newValue }
  }

  /// Each row from another height: at (x, y) the value of (x, y - shift(x)), the edge repeated.
  func sheared(by shift: [Float]) -> Field {
    Field(width: width, height: height) { x, y in
      let place = min(max(Float(y) - shift[x], 0), Float(height - 1))
      let above = Int(place)
      let share = place - Float(above)
      let below = min(above + 1, height - 1)
      return self[x, above] * (1 - share) + self[x, below] * share
    }
  }

  /// Mean 0, variance 1; an even field stays as it is, less its mean.
  func standardised() -> Field {
    let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
    let variance =
      values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(values.count)
    let scale = variance > 0 ? 1 / variance.squareRoot() : 1
    var result = self
    for index in values.indices {
      result.values[index] = Float((Double(values[index]) - mean) * scale)
    }
    return result
  }

  func map(_ body: (Float) -> Float) -> Field {
    var result = self
    result.values = values.map(body)
    return result
  }
}

extension Field {
  /// What lies to the left and right of a field. Noise is wrapped: repeated, its outermost values
  /// would add up to streaks.
  enum Edge {
    case repeated
    case wrapped
  }

  /// A Gaussian blur; above and below the edge is repeated. A deviation of 0 leaves the axis alone.
  func blurred(across: Float, down: Float, edge: Edge = .repeated) -> Field {
    var result = self
    if across > 0 { result = result.blurredRows(edge) { _ in across } }
    if down > 0 { result = result.blurredColumns(down) }
    return result
  }

  /// A Gaussian blur along rows whose deviation depends on the row.
  func blurredRows(_ edge: Edge, _ deviation: (_ y: Int) -> Float) -> Field {
    var result = self
    var line = [Float]()
    for y in 0..<height {
      let weights = Field.weights(deviation(y))
      let radius = weights.count / 2
      guard radius > 0 else { continue }
      let row = y * width
      line.removeAll(keepingCapacity: true)
      for x in -radius..<(width + radius) {
        let inside = edge == .wrapped ? (x + width * radius) % width : min(max(x, 0), width - 1)
        line.append(values[row + inside])
      }
      line.withUnsafeBufferPointer { line in
        result.values.withUnsafeMutableBufferPointer { out in
          // Safe: the line is `2 radius` longer than the row.
          for x in 0..<width { out[row + x] = 0 }
          for (tap, weight) in weights.enumerated() {
            for x in 0..<width { out[row + x] += weight * line[x + tap] }
          }
        }
      }
    }
    return result
  }

  private func blurredColumns(_ deviation: Float) -> Field {
    let weights = Field.weights(deviation)
    let radius = weights.count / 2
    var result = Field(width: width, height: height)
    values.withUnsafeBufferPointer { input in
      result.values.withUnsafeMutableBufferPointer { out in
        // Safe: source rows are held inside the field.
        for y in 0..<height {
          for (tap, weight) in weights.enumerated() {
            let row = min(max(y + tap - radius, 0), height - 1) * width
            for x in 0..<width { out[y * width + x] += weight * input[row + x] }
          }
        }
      }
    }
    return result
  }

  /// Cut at three deviations, sum 1.
  private static func weights(_ deviation: Float) -> [Float] {
    guard deviation > 0.05 else { return [1] }
    let radius = Int((3 * deviation).rounded(.up))
    let raw = (-radius...radius).map { exp(-Float($0 * $0) / (2 * deviation * deviation)) }
    let sum = raw.reduce(0, +)
    return raw.map { $0 / sum }
  }
}
