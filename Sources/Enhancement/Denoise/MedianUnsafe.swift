package import Imaging

/// The median of a square window, exact for every sample type; the border pixel is repeated.
///
/// Colour is filtered channel by channel; padding takes no part and stays.
package struct Median: EnhancementMethod {
  package static let name = "median"
  package static let purpose = EnhancementPurpose.denoise
  package static let summary = "Median of a square window: removes single wrong pixels."
  package static let parameters = [
    EnhancementParameter(
      "size", 3...15, standard: 3, isWhole: true, "side of the window in pixels, odd")
  ]

  private let size: Int

  package init(_ values: EnhancementValues) throws(EnhancementError) {
    size = Int(values["size"] ?? 3)
    guard size % 2 == 1 else {
      throw .badParameter(step: "median", reason: "size must be odd")
    }
  }

  package func apply(
    to image: Image
  ) throws(EnhancementError) -> (image: Image, found: EnhancementValues) {
    let transform = PlanesTransform(image) { SampleMedian(size: size, width: $0, height: $1) }
    return (image.replacingPixels(image.pixels.transformed(by: transform)), [:])
  }
}

/// The median of one plane.
private struct SampleMedian: PlaneTransform {
  let size: Int
  let width: Int
  let height: Int

  func callAsFunction<Sample: PixelSample>(_ plane: [Sample]) -> [Sample] {
    let radius = size / 2
    let network = SelectionNetwork(count: size * size, rank: size * size / 2)
    let padded = BorderedPlane(plane, width: width, height: height, border: radius) {
      min(max($0, 0), $1 - 1)
    }
    var scratch = plane
    scratch.removeAll(keepingCapacity: true)
    scratch.append(contentsOf: repeatElement(plane[0], count: network.count * 64))
    return [Sample](unsafeUninitializedCapacity: width * height) { out, initialized in
      // Safe: every window row starts inside the bordered plane and runs on for `width` samples
      // within its row; out holds `height` rows.
      padded.samples.withUnsafeBufferPointer { samples in
        scratch.withUnsafeMutableBufferPointer { scratch in
          guard let base = samples.baseAddress, let target = out.baseAddress,
            let room = scratch.baseAddress
          else { return }
          for y in 0..<height {
            let rows = (0..<size).flatMap { down -> [UnsafePointer<Sample>?] in
              (0..<size).map { right in base + (y + down) * padded.stride + right }
            }
            rows.withUnsafeBufferPointer { rows in
              guard let rows = rows.baseAddress else { return }
              Sample.select(
                SelectionRow(
                  rows: rows, network: network, out: target + y * width, width: width,
                  scratch: room))
            }
          }
        }
      }
      initialized = width * height
    }
  }
}
