/// Resizing planes of floats, `[height, width]`; pixel centres lie at half integers.
package enum Resampling {
  package enum Method: Sendable {
    /// A triangle filter, widened by the ratio along an axis that shrinks; along an axis that grows
    /// it is plain bilinear interpolation. As Pillow's BILINEAR and PyTorch's `antialias=True`.
    case antialiased
    /// Bilinear interpolation between the four nearest centres, also when shrinking. As OpenCV's
    /// INTER_LINEAR and PyTorch's `align_corners=False`.
    case bilinear
  }

  /// The plane at another size. Constants stay constant; the same size gives the same values.
  /// - Precondition: `plane.count == from.width * from.height`; every side is at least 1.
  package static func resize(
    _ plane: [Float], from: (width: Int, height: Int), to: (width: Int, height: Int),
    method: Method = .antialiased
  ) -> [Float] {
    precondition(plane.count == from.width * from.height, "the plane must match its shape")
    precondition(
      from.width > 0 && from.height > 0 && to.width > 0 && to.height > 0,
      "a plane has at least one pixel")
    var result = plane
    if to.width != from.width {
      let taps = ResamplingTaps(from: from.width, to: to.width, method)
      result = alongRows(result, width: from.width, height: from.height, taps)
    }
    if to.height != from.height {
      let taps = ResamplingTaps(from: from.height, to: to.height, method)
      result = alongColumns(result, width: to.width, taps)
    }
    return result
  }

  private static func alongRows(
    _ plane: [Float], width: Int, height: Int, _ taps: ResamplingTaps
  ) -> [Float] {
    let outWidth = taps.starts.count
    let length = taps.length
    return [Float](unsafeUninitializedCapacity: outWidth * height) { out, initialized in
      // Safe: `starts[x] + length <= width` holds for every tap, so rows are never overrun.
      plane.withUnsafeBufferPointer { input in
        taps.weights.withUnsafeBufferPointer { weights in
          taps.starts.withUnsafeBufferPointer { starts in
            for y in 0..<height {
              for x in 0..<outWidth {
                let first = y * width + starts[x]
                var sum: Float = 0
                for tap in 0..<length { sum += input[first + tap] * weights[x * length + tap] }
                out[y * outWidth + x] = sum
              }
            }
          }
        }
      }
      initialized = outWidth * height
    }
  }

  private static func alongColumns(
    _ plane: [Float], width: Int, _ taps: ResamplingTaps
  ) -> [Float] {
    let outHeight = taps.starts.count
    return [Float](unsafeUninitializedCapacity: width * outHeight) { out, initialized in
      out.initialize(repeating: 0)
      // Safe: as above, for rows.
      plane.withUnsafeBufferPointer { input in
        for y in 0..<outHeight {
          for tap in 0..<taps.length {
            let weight = taps.weights[y * taps.length + tap]
            guard weight != 0 else { continue }
            let row = (taps.starts[y] + tap) * width
            for x in 0..<width { out[y * width + x] += weight * input[row + x] }
          }
        }
      }
      initialized = width * outHeight
    }
  }
}

/// For each output position along one axis the first input position and the weights from there on,
/// which add up to 1.
struct ResamplingTaps {
  /// Weights of one output position, the unused ones 0.
  let length: Int
  private(set) var starts: [Int] = []
  /// `[output, length]`
  private(set) var weights: [Float] = []

  init(from input: Int, to output: Int, _ method: Resampling.Method) {
    let scale = Double(input) / Double(output)
    let support = method == .antialiased ? max(scale, 1) : 1
    length = min(2 * Int(support.rounded(.up)) + 1, input)
    for position in 0..<output {
      let centre = (Double(position) + 0.5) * scale
      let start = min(max(Int((centre - support - 0.5).rounded(.up)), 0), input - length)
      let raw = (0..<length).map { tap in
        max(0, 1 - abs(Double(start + tap) + 0.5 - centre) / support)
      }
      let sum = raw.reduce(0, +)
      starts.append(start)
      weights += raw.map { Float($0 / sum) }
    }
  }
}
