/// Memory for varying one sample at a time; each worker has its own.
package final class AugmentationWorkspace {
  let width: Int
  let height: Int
  /// Image and lesion share side by side, with a border of zeros: `[height + 3, width + 3]`, the
  /// sample's first pixel at row 1, column 1. Bilinear sampling needs no bounds checks within it.
  let padded: UnsafeMutableBufferPointer<SIMD2<Float>>
  /// `[height, width]` each.
  let scratch: UnsafeMutableBufferPointer<Float>
  let second: UnsafeMutableBufferPointer<Float>
  /// Displacements of one row's control points.
  let rowControls: UnsafeMutableBufferPointer<SIMD2<Float>>

  static let largestControlRow = 64 + 3

  var paddedWidth: Int { width + 3 }

  package init(width: Int, height: Int) {
    precondition(width > 0 && height > 0, "a plane has at least one pixel")
    self.width = width
    self.height = height
    padded = .allocate(capacity: (width + 3) * (height + 3))
    padded.initialize(repeating: [0, 0])
    scratch = .allocate(capacity: width * height)
    scratch.initialize(repeating: 0)
    second = .allocate(capacity: width * height)
    second.initialize(repeating: 0)
    rowControls = .allocate(capacity: Self.largestControlRow)
    rowControls.initialize(repeating: [0, 0])
  }

  deinit {
    padded.deallocate()
    scratch.deallocate()
    second.deallocate()
    rowControls.deallocate()
  }

  /// Fills the padded plane: image through the tone curve, lesion share beside it.
  func load(_ sample: Sample, tone: ToneCurve?) {
    let tone = tone ?? ToneCurve(brightness: 0, contrast: 1, gamma: 1, middle: 0)
    precondition(sample.image.count == width * height, "a sample must have the workspace's size")
    sample.image.withUnsafeBufferPointer { image in
      tone.table.withUnsafeBufferPointer { table in
        for y in 0..<height {
          // Safe: rows 1...height and columns 1...width lie within the padded plane.
          let row = padded.baseAddress.unsafelyUnwrapped + (y + 1) * paddedWidth + 1
          for x in 0..<width {
            let value = Float(image[y * width + x]) * (Float(ToneCurve.steps) / 65535)
            // Safe: 0...256, and the table has 258 entries.
            let step = Int(value)
            let low = table[step]
            row[x] = SIMD2(low + (table[step + 1] - low) * (value - Float(step)), 0)
          }
        }
      }
    }
    sample.lesion?.withUnsafeBufferPointer { lesion in
      for y in 0..<height {
        // Safe: as above; the sample's planes have one size.
        let row = padded.baseAddress.unsafelyUnwrapped + (y + 1) * paddedWidth + 1
        for x in 0..<width { row[x].y = Float(lesion[y * width + x]) * (1 / 255) }
      }
    }
  }
}
