extension AugmentationWorkspace {
  /// Samples the padded plane where the transform points to: image bilinear, lesion 1 where its
  /// bilinear share is at least a half. Zeros outside the sample.
  /// - Parameters: `image` and `lesion` take `[height, width]`.
  func warp(
    _ transform: GeometricTransform, image: UnsafeMutableBufferPointer<Float>,
    lesion: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(
      image.count == width * height && lesion.count == width * height,
      "the output planes must have the workspace's size")
    guard !transform.isIdentity else { return copy(image: image, lesion: lesion) }
    let columns = SplineBasis(length: width, cells: max(transform.cells, 1))
    let rows = SplineBasis(length: height, cells: max(transform.cells, 1))
    precondition(transform.cells + 3 <= Self.largestControlRow, "at most 64 elastic cells")
    columns.starts.withUnsafeBufferPointer { starts in
      columns.weights.withUnsafeBufferPointer { weights in
        for y in 0..<height {
          prepareControls(transform, start: rows.starts[y], weights: rows.weights[y])
          warpRow(
            y, transform, starts, weights, hasElastic: !transform.controls.isEmpty,
            image: UnsafeMutableBufferPointer(rebasing: image[(y * width)..<((y + 1) * width)]),
            lesion: UnsafeMutableBufferPointer(rebasing: lesion[(y * width)..<((y + 1) * width)]))
        }
      }
    }
  }

  private func copy(
    image: UnsafeMutableBufferPointer<Float>, lesion: UnsafeMutableBufferPointer<Float>
  ) {
    for y in 0..<height {
      for x in 0..<width {
        let value = padded[(y + 1) * paddedWidth + x + 1]
        image[y * width + x] = value.x
        lesion[y * width + x] = value.y >= 0.5 ? 1 : 0
      }
    }
  }

  /// The control points of one row: those of the grid, weighted along the column.
  private func prepareControls(_ transform: GeometricTransform, start: Int, weights: SIMD4<Float>) {
    guard !transform.controls.isEmpty else { return }
    let count = transform.cells + 3
    for column in 0..<count {
      var sum = SIMD2<Float>(0, 0)
      for tap in 0..<4 { sum += transform.controls[(start + tap) * count + column] * weights[tap] }
      rowControls[column] = sum
    }
  }

  private func warpRow(
    _ y: Int, _ transform: GeometricTransform, _ starts: UnsafeBufferPointer<Int>,
    _ weights: UnsafeBufferPointer<SIMD4<Float>>, hasElastic: Bool,
    image: UnsafeMutableBufferPointer<Float>, lesion: UnsafeMutableBufferPointer<Float>
  ) {
    // Safe: warp(_:image:lesion:) has checked every count; coordinates are clamped below.
    let plane = padded.baseAddress.unsafelyUnwrapped
    let (image, lesion) = (
      image.baseAddress.unsafelyUnwrapped, lesion.baseAddress.unsafelyUnwrapped
    )
    let stride = paddedWidth
    let centre = SIMD2(Float(width - 1), Float(height - 1)) / 2
    let column = SIMD2(transform.matrix[0], transform.matrix[2])
    let downwards = SIMD2(transform.matrix[1], transform.matrix[3]) * (Float(y) - centre.y)
    // From here on in the padded plane's indices.
    let start = centre + downwards + transform.shift + 1 - column * centre.x
    let limit = SIMD2(Float(width + 1), Float(height + 1))
    for x in 0..<width {
      var place = start + column * Float(x)
      if hasElastic {
        let (first, weight) = (starts[x], weights[x])
        place += rowControls[first] * weight[0] + rowControls[first + 1] * weight[1]
        place += rowControls[first + 2] * weight[2] + rowControls[first + 3] * weight[3]
      }
      // Safe: 0...width + 1, whose right neighbour is the last column of the padded plane.
      let clamped = SIMD2(
        min(max(place.x, 0), limit.x), min(max(place.y, 0), limit.y))
      let (left, top) = (Int(clamped.x), Int(clamped.y))
      let (fx, fy) = (clamped.x - Float(left), clamped.y - Float(top))
      let corner = plane + top * stride + left
      let upper = corner[0] + (corner[1] - corner[0]) * fx
      let lower = corner[stride] + (corner[stride + 1] - corner[stride]) * fx
      let value = upper + (lower - upper) * fy
      image[x] = value.x
      lesion[x] = value.y >= 0.5 ? 1 : 0
    }
  }
}
