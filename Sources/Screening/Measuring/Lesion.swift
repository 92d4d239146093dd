package import Imaging

/// One outlined region with its measurements.
package struct Lesion: Sendable, Equatable {
  /// Pixels that belong to it.
  package let area: Int
  /// Caliper diameters in pixels. Where pixels are not square, trust ``diametersMM``.
  package let diameters: Diameters
  /// In mm², where the file tells the pixel spacing.
  package let areaMM2: Double?
  /// In mm, where the file tells the pixel spacing.
  package let diametersMM: Diameters?
  /// Mean position of its pixels; the centre of the image's first pixel is (0, 0).
  package let centroid: (x: Double, y: Double)
  package let box: PixelBox
  /// Mean of the image's modality values (Hounsfield units in CT, grey levels in PNG).
  package let meanIntensity: Double
  /// Mean of the network's lesion probability over it, 0...1.
  package let meanProbability: Double
  /// True where it reaches the image's edge: it may go on outside, and be larger than measured.
  package let touchesEdge: Bool

  package static func == (a: Lesion, b: Lesion) -> Bool {
    a.area == b.area && a.diameters == b.diameters && a.areaMM2 == b.areaMM2
      && a.diametersMM == b.diametersMM && a.centroid == b.centroid && a.box == b.box
      && a.meanIntensity == b.meanIntensity && a.meanProbability == b.meanProbability
      && a.touchesEdge == b.touchesEdge
  }
}

/// An upright rectangle of whole pixels.
package struct PixelBox: Sendable, Equatable {
  package let x: Int
  package let y: Int
  package let width: Int
  package let height: Int
}

extension Lesion {
  /// Measures a component.
  /// - Parameters:
  ///   - intensities: modality values of the image, `[height, width]`.
  ///   - probabilities: lesion probability, `[height, width]`.
  package init(
    measuring component: Component, width: Int, height: Int, intensities: [Float],
    probabilities: [Float], spacing: PixelSpacing?
  ) {
    var sums = (x: 0.0, y: 0.0, intensity: 0.0, probability: 0.0)
    var (left, right, top, bottom) = (width, 0, height, 0)
    for run in component.runs {
      let length = Double(run.end - run.start)
      sums.x += length * Double(run.start + run.end - 1) / 2
      sums.y += length * Double(run.y)
      for index in (run.y * width + run.start)..<(run.y * width + run.end) {
        sums.intensity += Double(intensities[index])
        sums.probability += Double(probabilities[index])
      }
      (left, right) = (min(left, run.start), max(right, run.end))
      (top, bottom) = (min(top, run.y), max(bottom, run.y + 1))
    }
    area = component.area
    let count = Double(area)
    centroid = (sums.x / count, sums.y / count)
    meanIntensity = sums.intensity / count
    meanProbability = sums.probability / count
    box = PixelBox(x: left, y: top, width: right - left, height: bottom - top)
    touchesEdge = left == 0 || top == 0 || right == width || bottom == height
    diameters = Diameters(of: component)
    areaMM2 = spacing.map { count * $0.row * $0.column }
    diametersMM = spacing.map {
      Diameters(of: component, columnSize: $0.column, rowSize: $0.row)
    }
  }
}
