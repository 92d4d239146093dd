private import CKernels
package import Imaging

/// Non-local means (Buades, Coll, Morel 2005): each pixel becomes the mean of the pixels around it,
/// weighted by how alike their patches are: exp(-mean((patch - other patch)^2) / h^2).
///
/// The weights are those of OpenCV's `fastNlMeansDenoising` with NORM_L2, without its fixed-point
/// rounding; the picture is mirrored at its border pixels.
package struct NonLocalMeans: EnhancementMethod {
  package static let name = "nlm"
  package static let purpose = EnhancementPurpose.denoise
  package static let summary = "Non-local means: averages pixels whose surroundings look alike."
  package static let parameters = [
    EnhancementParameter(
      "h", 1e-6...1e9, standard: nil, "strength in stored grey levels; the noise level by default"),
    EnhancementParameter("patch", 1...21, standard: 7, isWhole: true, "side of a patch, odd"),
    EnhancementParameter(
      "distance", 1...50, standard: 10, isWhole: true, "how far similar patches are looked for"),
  ]

  private let h: Double?
  private let patch: Int
  private let distance: Int

  package init(_ values: EnhancementValues) throws(EnhancementError) {
    h = values["h"]
    patch = Int(values["patch"] ?? 7)
    distance = Int(values["distance"] ?? 10)
    guard patch % 2 == 1 else { throw .badParameter(step: "nlm", reason: "patch must be odd") }
  }

  package func apply(
    to image: Image
  ) throws(EnhancementError) -> (image: Image, found: EnhancementValues) {
    let (width, height) = (image.width, image.height)
    let strength =
      h ?? Noise.level(of: Luminance.plane(of: image), width: width, height: height)
    // Without noise there is nothing to average.
    guard strength > 0 else { return (image, ["h": 0]) }
    let (patch, distance) = (patch, distance)
    let result = image.filtered {
      Self.denoise(
        $0, width: width, height: height, patch: patch, distance: distance, h: strength)
    }
    return (result, ["h": strength])
  }

  /// - Precondition: `plane.count == width * height`; `patch` is odd.
  static func denoise(
    _ plane: [Float], width: Int, height: Int, patch: Int, distance: Int, h: Double
  ) -> [Float] {
    precondition(plane.count == width * height, "the plane must match its shape")
    let radius = patch / 2
    let padded = BorderedPlane(
      plane, width: width, height: height, border: radius + distance, slack: 16,
      source: mirrored)
    // As many rows as keep their sums in the second-level cache.
    let blockRows = min(height, max(64, (1 << 16) / width))
    var scratch = [Float](
      repeating: 0,
      count: enhance_nlm_scratch(Int32(width), Int32(blockRows), Int32(radius), Int32(distance)))
    var block = [Float](repeating: 0, count: blockRows * width)
    var result: [Float] = []
    result.reserveCapacity(width * height)
    for first in stride(from: 0, to: height, by: blockRows) {
      let rows = min(blockRows, height - first)
      padded.samples.withUnsafeBufferPointer { samples in
        // Safe: the bordered plane reaches `radius + distance` beyond every row and column asked for,
        // and has the 16 samples more.
        enhance_nlm(
          samples.baseAddress, padded.stride, Int32(width), Int32(first), Int32(rows),
          Int32(radius), Int32(distance), Float(1 / (h * h)), &block, &scratch)
      }
      result.append(contentsOf: block[..<(rows * width)])
    }
    return result
  }
}

/// The standard deviation of white noise in a picture (Immerkær, CVIU 64, 1996): the mean magnitude
/// of a second difference along both axes, which cancels flat and sloping ground.
enum Noise {
  /// 0 for pictures of less than three rows or columns.
  static func level(of plane: [Float], width: Int, height: Int) -> Double {
    guard width > 2, height > 2 else { return 0 }
    var sum = 0.0
    plane.withUnsafeBufferPointer { plane in
      func row(_ y: Int, _ x: Int) -> Float {
        plane[y * width + x - 1] - 2 * plane[y * width + x] + plane[y * width + x + 1]
      }
      for y in 1..<(height - 1) {
        for x in 1..<(width - 1) {
          let value = row(y - 1, x) - 2 * row(y, x) + row(y + 1, x)
          if value.isFinite { sum += Double(abs(value)) }
        }
      }
    }
    return (Double.pi / 2).squareRoot() * sum / (6 * Double(width - 2) * Double(height - 2))
  }
}
