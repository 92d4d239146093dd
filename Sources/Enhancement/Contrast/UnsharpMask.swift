package import Imaging

/// Unsharp masking: value + amount x (value - blurred value), held within the stored bits.
package struct UnsharpMask: EnhancementMethod {
  package static let name = "unsharp"
  package static let purpose = EnhancementPurpose.contrast
  package static let summary = "Unsharp mask: lifts detail of a given size."
  package static let parameters = [
    EnhancementParameter("radius", 0.1...50, standard: 2, "standard deviation of the blur"),
    EnhancementParameter("amount", 0...10, standard: 1, "strength"),
  ]

  private let radius: Double
  private let amount: Float

  package init(_ values: EnhancementValues) throws(EnhancementError) {
    radius = values["radius"] ?? 2
    amount = Float(values["amount"] ?? 1)
  }

  package func apply(
    to image: Image
  ) throws(EnhancementError) -> (image: Image, found: EnhancementValues) {
    let (radius, amount, width, height) = (radius, amount, image.width, image.height)
    let range = Self.range(of: image)
    let result = image.filtered { plane in
      let blurred = Gaussian.blur(plane, width: width, height: height, sigma: radius)
      return zip(plane, blurred).map { value, smooth in
        min(max(value + amount * (value - smooth), range.lowerBound), range.upperBound)
      }
    }
    return (result, [:])
  }

  /// What the image's bits can store.
  private static func range(of image: Image) -> ClosedRange<Float> {
    if image.pixels.isFloatingPoint {
      return -Float.greatestFiniteMagnitude...Float.greatestFiniteMagnitude
    }
    let bits = min(image.bitsStored, 32)
    let span = Float(sign: .plus, exponent: bits, significand: 1)
    return image.pixels.isSigned ? (-span / 2)...(span / 2 - 1) : 0...(span - 1)
  }
}
