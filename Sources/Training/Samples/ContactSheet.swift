package import Imaging

/// Varied samples on one picture, to be looked at before hours of training: each row one sample,
/// first as it is, then as single epochs see it, the lesion's edge in white.
package enum ContactSheet {
  /// - Parameter samples: one for each row, at least one.
  package static func image(of samples: [Sample], _ augmenter: Augmenter, columns: Int) -> Image {
    precondition(!samples.isEmpty && columns > 0, "a sheet shows at least one sample")
    let (width, height) = (augmenter.specification.width, augmenter.specification.height)
    let (mean, deviation) = (
      augmenter.specification.mean[0], augmenter.specification.standardDeviation[0]
    )
    let writer = BatchWriter(augmenter, threads: 1)
    let sheetWidth = columns * (width + 2)
    var sheet = [UInt8](repeating: 64, count: sheetWidth * samples.count * (height + 2))
    var image = [Float](repeating: 0, count: width * height)
    var lesion = image
    for (row, sample) in samples.enumerated() {
      for column in 0..<columns {
        image.withUnsafeMutableBufferPointer { image in
          lesion.withUnsafeMutableBufferPointer { lesion in
            writer.write(
              [sample], epoch: column == 0 ? nil : column, images: image, lesions: lesion)
          }
        }
        for y in 0..<height {
          let start = (row * (height + 2) + y) * sheetWidth + column * (width + 2)
          for x in 0..<width {
            let value = image[y * width + x] * deviation + mean
            sheet[start + x] =
              isEdge(lesion, x, y, width, height) ? 255 : UInt8(min(max(value, 0), 1) * 255)
          }
        }
      }
    }
    return Image(
      width: sheetWidth, height: samples.count * (height + 2), pixels: .uint8(sheet))
  }

  private static func isEdge(_ lesion: [Float], _ x: Int, _ y: Int, _ width: Int, _ height: Int)
    -> Bool
  {
    guard lesion[y * width + x] > 0 else { return false }
    let isInside =
      x > 0 && x < width - 1 && y > 0 && y < height - 1
      && lesion[y * width + x - 1] > 0 && lesion[y * width + x + 1] > 0
      && lesion[(y - 1) * width + x] > 0 && lesion[(y + 1) * width + x] > 0
    return !isInside
  }
}
