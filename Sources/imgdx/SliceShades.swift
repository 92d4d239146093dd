internal import Imaging

/// By what the slices of a volume are shown, to tell where equal shades are not equal values.
struct SliceShades {
  private enum Means: Equatable {
    case table(VOILookupTable)
    case window(Window)
    /// All values that the bits can hold, rescaled.
    case bits(Int, Rescale)
    /// The values that are in the slice.
    case stretch
  }
  private var slices = 0
  private var stretched = 0
  private var first: Means?
  private var areAlike = true

  /// Takes a slice in as ``Imaging/Image/displayPlanes(channels:)`` will show it; colours have no
  /// window.
  mutating func add(_ image: Image) {
    guard !image.isColor else { return }
    let means = SliceShades.means(of: image)
    slices += 1
    if means == .stretch { stretched += 1 }
    areAlike = areAlike && means == first ?? means
    first = first ?? means
  }

  private static func means(of image: Image) -> Means {
    let attributes = image.attributes
    if let table = attributes.voiLookupTable { return .table(table) }
    if let window = attributes.windows.first { return .window(window) }
    let isPlain =
      image.bitsStored <= 8 && !image.pixels.isSigned && !image.pixels.isFloatingPoint
    return isPlain ? .bits(image.bitsStored, attributes.rescale) : .stretch
  }

  /// One sentence at most.
  var warnings: [String] {
    let advice = "equal shades are not equal values; --window shows all alike"
    if slices > 1 && stretched > 0 {
      return [
        "\(stretched) of \(slices) slices have no window and are stretched each on its own: \(advice)"
      ]
    }
    return areAlike ? [] : ["not all slices have the same window: \(advice)"]
  }
}
