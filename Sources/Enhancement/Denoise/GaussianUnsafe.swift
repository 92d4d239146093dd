private import CKernels
private import Foundation
package import Imaging

/// A Gaussian filter, cut at four standard deviations; the picture is mirrored at its border pixels.
package struct Gaussian: EnhancementMethod {
  package static let name = "gaussian"
  package static let purpose = EnhancementPurpose.denoise
  package static let summary = "Gaussian blur."
  package static let parameters = [
    EnhancementParameter("sigma", 0.1...50, standard: 1, "standard deviation in pixels")
  ]

  private let sigma: Double

  package init(_ values: EnhancementValues) throws(EnhancementError) {
    sigma = values["sigma"] ?? 1
  }

  package func apply(
    to image: Image
  ) throws(EnhancementError) -> (image: Image, found: EnhancementValues) {
    let (sigma, width, height) = (sigma, image.width, image.height)
    return (
      image.filtered { Self.blur($0, width: width, height: height, sigma: sigma) }, [:]
    )
  }

  /// - Precondition: `plane.count == width * height`.
  static func blur(_ plane: [Float], width: Int, height: Int, sigma: Double) -> [Float] {
    precondition(plane.count == width * height, "the plane must match its shape")
    let radius = max(Int((4 * sigma).rounded()), 1)
    let raw = (-radius...radius).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
    let sum = raw.reduce(0, +)
    let weights = raw.map { Float($0 / sum) }
    let taps = Int32(weights.count)
    let padded = BorderedPlane(
      plane, width: width, height: height, border: radius, source: mirrored)
    var line = [Float](repeating: 0, count: padded.stride)
    return [Float](unsafeUninitializedCapacity: width * height) { out, initialized in
      // Safe: the bordered plane has `radius` more rows and columns on each side.
      padded.samples.withUnsafeBufferPointer { samples in
        line.withUnsafeMutableBufferPointer { line in
          guard let base = samples.baseAddress, let target = out.baseAddress,
            let row = line.baseAddress
          else { return }
          for y in 0..<height {
            enhance_filter(
              base + y * padded.stride, padded.stride, weights, taps, row, padded.stride)
            enhance_filter(row, 1, weights, taps, target + y * width, width)
          }
        }
      }
      initialized = width * height
    }
  }
}
