private import Enhancement
private import Foundation
package import Imaging
private import Screening

/// The `<name>.overlay.png`: the image as it is meant to be seen, its lesions outlined.
package enum Overlay {
  /// Draws the outlines, antialiased: a bright line on a dark rim, so that it shows on black and on
  /// white. Images with their longest side under 256 pixels are enlarged by a whole factor first.
  /// A scale bar of 10 mm (or 1, 2, 5, 20, 50, 100 mm) stands where the pixel spacing is known.
  package static func render(_ image: Image, mask: Mask, isSuspicious: Bool) -> Image {
    let factor = max((255 + max(image.width, image.height)) / max(image.width, image.height), 1)
    let zoom = max(image.width, image.height) >= 256 ? 1 : factor
    var picture = enlarged(image, by: zoom)
    let contours = Contour.tracing(mask).map { $0.scaled(by: Double(zoom)) }
    let longest = Double(max(picture.width, picture.height))
    let width = max(longest / 240, 2)
    let rim = width / 3 + 0.75
    var strokes = StrokePlane(
      width: picture.width, height: picture.height, reach: width / 2 + rim + 1)
    for contour in contours { strokes.add(contour) }
    strokes.draw(
      on: &picture, color: isSuspicious ? .suspicious : .lesion, width: Float(width),
      rim: Float(rim))
    if let spacing = image.attributes.pixelSpacing {
      ScaleBar(millimetersPerPixel: spacing.column / Double(zoom), in: picture)?.draw(on: &picture)
    }
    return picture.image
  }

  private static func enlarged(_ image: Image, by zoom: Int) -> Picture {
    let shown = image.displayPlanes(channels: 3)
    let area = image.width * image.height
    let planes = (0..<3).map { channel in
      Resampling.resize(
        Array(shown[(channel * area)..<((channel + 1) * area)]), from: (image.width, image.height),
        to: (image.width * zoom, image.height * zoom))
    }
    return Picture(width: image.width * zoom, height: image.height * zoom, planes: planes)
  }
}

/// For every pixel near an outline its distance to it.
struct StrokePlane {
  private let width: Int
  private let height: Int
  private let reach: Double
  /// Infinite where no outline is within reach.
  private var distances: [Float]
  /// Pixels within reach, each once.
  private var touched: [Int] = []

  init(width: Int, height: Int, reach: Double) {
    self.width = width
    self.height = height
    self.reach = reach
    distances = [Float](repeating: .infinity, count: width * height)
  }

  mutating func add(_ contour: Contour) {
    for (index, point) in contour.points.enumerated() {
      let next = contour.points[(index + 1) % contour.points.count]
      let columns = bounds(point.x, next.x, limit: width)
      for y in bounds(point.y, next.y, limit: height) {
        for x in columns {
          let centre = Contour.Point(x: Double(x) + 0.5, y: Double(y) + 0.5)
          let distance = Float(centre.distance(toSegment: point, next))
          let pixel = y * width + x
          if distances[pixel] == .infinity { touched.append(pixel) }
          distances[pixel] = min(distances[pixel], distance)
        }
      }
    }
  }

  private func bounds(_ a: Double, _ b: Double, limit: Int) -> Range<Int> {
    let low = max(Int((min(a, b) - reach).rounded(.down)), 0)
    let high = min(Int((max(a, b) + reach).rounded(.up)), limit)
    return low..<max(high, low)
  }

  /// A line of `width` pixels in `color` on a black rim, both fading over one pixel.
  func draw(on picture: inout Picture, color: Color, width: Float, rim: Float) {
    for pixel in touched {
      let distance = distances[pixel]
      let rimCover = min(max(width / 2 + rim + 0.5 - distance, 0), 1)
      picture.blend(.black, at: pixel, opacity: rimCover * 0.65)
      let lineCover = min(max(width / 2 + 0.5 - distance, 0), 1)
      picture.blend(color, at: pixel, opacity: lineCover)
    }
  }
}
