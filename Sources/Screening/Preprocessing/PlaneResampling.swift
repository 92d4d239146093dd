/// Resizes one plane `[height, width]` with a triangle filter widened for shrinking (antialiased),
/// plain bilinear interpolation for growing; pixel centres at half integers, edges renormalised.
///
/// The same size gives the same values, and constants stay constant.
package func resample(_ plane: [Float], width: Int, height: Int, toWidth: Int, toHeight: Int)
  -> [Float]
{
  precondition(plane.count == width * height, "the plane must match its shape")
  precondition(toWidth > 0 && toHeight > 0, "a plane has at least one pixel")
  var result = plane
  if toWidth != width {
    result = resampleRows(result, width, height, ResamplingTaps(width, toWidth))
  }
  if toHeight != height {
    result = resampleColumns(result, toWidth, ResamplingTaps(height, toHeight))
  }
  return result
}

/// For each output position the first input position and its weights.
private struct ResamplingTaps {
  let count: Int
  /// Weights of one output position; unused ones at the end are zero.
  let length: Int
  var starts: [Int] = []
  /// `[count, length]`
  var weights: [Float] = []

  init(_ input: Int, _ output: Int) {
    let scale = Double(input) / Double(output)
    let support = max(scale, 1)
    count = output
    length = min(Int(support.rounded(.up)) * 2 + 1, input)
    for position in 0..<output {
      let centre = (Double(position) + 0.5) * scale
      let first = max(Int((centre - support - 0.5).rounded(.up)), 0)
      let start = min(first, input - length)
      let raw = (0..<length).map { tap in
        max(0, 1 - abs(Double(start + tap) + 0.5 - centre) / support)
      }
      let sum = raw.reduce(0, +)
      starts.append(start)
      weights += raw.map { Float($0 / sum) }
    }
  }
}

private func resampleRows(_ plane: [Float], _ width: Int, _ height: Int, _ taps: ResamplingTaps)
  -> [Float]
{
  [Float](unsafeUninitializedCapacity: taps.count * height) { output, count in
    plane.withUnsafeBufferPointer { input in
      taps.weights.withUnsafeBufferPointer { weights in
        for y in 0..<height {
          for x in 0..<taps.count {
            let start = y * width + taps.starts[x]
            var sum: Float = 0
            for tap in 0..<taps.length {
              sum += input[start + tap] * weights[x * taps.length + tap]
            }
            output[y * taps.count + x] = sum
          }
        }
      }
    }
    count = taps.count * height
  }
}

private func resampleColumns(_ plane: [Float], _ width: Int, _ taps: ResamplingTaps) -> [Float] {
  [Float](unsafeUninitializedCapacity: width * taps.count) { output, count in
    output.initialize(repeating: 0)
    plane.withUnsafeBufferPointer { input in
      for y in 0..<taps.count {
        for tap in 0..<taps.length {
          let weight = taps.weights[y * taps.length + tap]
          guard weight != 0 else { continue }
          let row = (taps.starts[y] + tap) * width
          for x in 0..<width { output[y * width + x] += weight * input[row + x] }
        }
      }
    }
    count = width * taps.count
  }
}
