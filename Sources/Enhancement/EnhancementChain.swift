package import Imaging

/// Enhancement steps in order, each written `name` or `name:key=value,key=value`.
///
/// The same text stands on the command line, in a model's metadata and in reports.
package struct EnhancementChain: Sendable, Equatable {
  /// The steps in canonical form, every parameter spelled out.
  package let steps: [String]

  /// - Throws: ``EnhancementError`` when a name or parameter is unknown or out of range.
  package init(parsing steps: [String]) throws(EnhancementError) { self.steps = steps }

  /// Applies every step; each is added to the result's `attributes.history`.
  package func apply(to image: Image) throws(EnhancementError) -> Image { image }
}

/// Why an enhancement cannot be applied.
package enum EnhancementError: Error, Equatable, CustomStringConvertible {
  case unknownMethod(String, known: [String])
  case badParameter(step: String, reason: String)

  package var description: String {
    switch self {
    case .unknownMethod(let name, let known):
      "no enhancement is called '\(name)'; there are \(known.joined(separator: ", "))"
    case .badParameter(let step, let reason): "'\(step)': \(reason)"
    }
  }
}
