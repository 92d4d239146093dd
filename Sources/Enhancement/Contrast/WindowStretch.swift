private import Foundation
package import Imaging

/// Shows one window of modality values from black to white (PS3.3 C.11.2.1.2).
///
/// The result has 8 bits where the source has, else 16. Colour samples, which no window of a file
/// applies to, are mapped channel by channel by a window that was given.
package struct WindowStretch: EnhancementMethod {
  package static let name = "window"
  package static let purpose = EnhancementPurpose.contrast
  package static let summary =
    "A window of modality values; the file's own window or table by default."
  package static let parameters = [
    EnhancementParameter("center", -1e9...1e9, standard: nil, "middle, in modality values"),
    EnhancementParameter("width", 1e-9...1e9, standard: nil, "extent, in modality values"),
  ]

  private let given: (center: Double, width: Double)?

  package init(_ values: EnhancementValues) throws(EnhancementError) {
    switch (values["center"], values["width"]) {
    case (nil, nil): given = nil
    case (let center?, let width?): given = (center, width)
    default: throw .badParameter(step: "window", reason: "give both center and width, or neither")
    }
  }

  package func apply(
    to image: Image
  ) throws(EnhancementError) -> (image: Image, found: EnhancementValues) {
    let shade = try shade(for: image)
    let samples = image.pixels.floats()
    let bits = image.pixels.bitsAllocated == 8 ? 8 : 16
    let largest = Double((1 << bits) - 1)
    let rescale = image.isColor ? .identity : image.attributes.rescale
    let turnsOver = image.attributes.isInverted && !image.isColor
    let levels = samples.map { sample -> UInt16 in
      let shown = shade.share(rescale(Double(sample)))
      return UInt16(nearest: Float((turnsOver ? 1 - shown : shown) * largest))
    }
    let found = shade.found
    guard !image.isColor else {
      let pixels: PixelBuffer =
        bits == 8 ? .uint8(levels.map { UInt8(truncatingIfNeeded: $0) }) : .uint16(levels)
      return (image.replacingPixels(pixels, bitsStored: bits), found)
    }
    return (GreyLevels(samples: levels, bits: bits, like: image).image(like: image), found)
  }

  /// How modality values are shown: by the given window, the file's lookup table or its window.
  private func shade(
    for image: Image
  ) throws(EnhancementError) -> (share: (Double) -> Double, found: EnhancementValues) {
    if given == nil, !image.isColor, let table = image.attributes.voiLookupTable {
      return ({ Double(table($0)) }, [:])
    }
    let window = try window(for: image)
    return (window.share, ["center": window.center, "width": window.width])
  }

  private func window(for image: Image) throws(EnhancementError) -> Window {
    if let given { return Window(center: given.center, width: given.width, function: .linearExact) }
    guard let window = image.attributes.windows.first(where: { $0.isUsable }), !image.isColor else {
      throw .badParameter(
        step: "window", reason: "the image brings no window: give center and width")
    }
    return window
  }
}

extension GreyLevels {
  /// Levels already in display order, with the padding of the image that they were made of.
  init(samples: [UInt16], bits: Int, like image: Image) {
    self.samples = samples
    self.bits = bits
    isPadding = GreyLevels.padding(of: image)
  }
}

extension Window {
  /// The standard asks for a width of at least 1 for LINEAR, above 0 for the others.
  fileprivate var isUsable: Bool {
    center.isFinite && width.isFinite && (function == .linear ? width >= 1 : width > 0)
  }

  /// Where a modality value lies, 0 black to 1 white.
  fileprivate func share(of value: Double) -> Double {
    switch function {
    case .linear where width <= 1: value > center - 0.5 ? 1 : 0
    case .linear: min(max((value - (center - 0.5)) / (width - 1) + 0.5, 0), 1)
    case .linearExact: min(max((value - center) / width + 0.5, 0), 1)
    case .sigmoid: 1 / (1 + exp(-4 * (value - center) / width))
    }
  }
}
