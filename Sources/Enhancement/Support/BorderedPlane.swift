/// A plane with a border, so that windows need no test for the edge.
struct BorderedPlane<Sample> {
  /// `[height + 2 border, width + 2 border]`
  let samples: [Sample]
  /// Samples from row to row.
  let stride: Int

  /// - Parameters:
  ///   - slack: how many samples of no meaning follow the last row.
  ///   - source: which position (maybe outside, first argument) takes its value from which of
  ///     `count` (second argument) positions inside.
  init(
    _ plane: [Sample], width: Int, height: Int, border: Int, slack: Int = 0,
    source: (Int, Int) -> Int
  ) {
    stride = width + 2 * border
    let columns = (-border..<0).map { source($0, width) }
    let after = (width..<(width + border)).map { source($0, width) }
    var samples: [Sample] = []
    samples.reserveCapacity(stride * (height + 2 * border) + slack)
    for y in -border..<(height + border) {
      let start = source(y, height) * width
      for column in columns { samples.append(plane[start + column]) }
      samples.append(contentsOf: plane[start..<(start + width)])
      for column in after { samples.append(plane[start + column]) }
    }
    samples.append(contentsOf: repeatElement(plane[0], count: slack))
    self.samples = samples
  }
}

/// Mirrors a position at the centres of the outermost pixels (`dcb|abcd|cba`), however far outside.
func mirrored(_ position: Int, _ count: Int) -> Int {
  guard count > 1 else { return 0 }
  let period = 2 * (count - 1)
  let within = ((position % period) + period) % period
  return within < count ? within : period - within
}
