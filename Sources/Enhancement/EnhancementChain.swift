package import Imaging

/// Enhancement steps in order, each written `name` or `name:key=value,key=value`.
///
/// The same text stands on the command line, in a model's metadata and in reports.
package struct EnhancementChain: Sendable, Equatable {
  /// The steps in canonical form, every parameter spelled out but those that each image supplies.
  package let steps: [String]
  private let parsed: [EnhancementStep]

  /// - Throws: ``EnhancementError`` when a name or parameter is unknown or out of range.
  package init(parsing steps: [String]) throws(EnhancementError) {
    var parsed: [EnhancementStep] = []
    for step in steps { parsed.append(try EnhancementStep(parsing: step)) }
    self.parsed = parsed
    self.steps = parsed.map(\.canonical)
  }

  /// Applies every step; each is added to the result's `attributes.history`, with the values that
  /// the image supplied.
  package func apply(to image: Image) throws(EnhancementError) -> Image {
    var image = image
    for step in parsed {
      let result = try step.method.apply(to: image)
      image = result.image
      image.attributes.history.append(step.record(with: result.found))
    }
    return image
  }

  /// True where no step gives samples another meaning, as those that denoise do not.
  package var keepsValues: Bool { parsed.allSatisfy { type(of: $0.method).purpose == .denoise } }

  package static func == (one: EnhancementChain, other: EnhancementChain) -> Bool {
    one.steps == other.steps
  }
}
