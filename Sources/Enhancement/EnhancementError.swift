/// Why an enhancement cannot be applied.
package enum EnhancementError: Error, Equatable, CustomStringConvertible {
  /// No method has this name.
  case unknownMethod(String, known: [String])
  /// A parameter is unknown, not a number or out of range, or missing where the image does not
  /// supply it; the reason says what would do.
  case badParameter(step: String, reason: String)

  package var description: String {
    switch self {
    case .unknownMethod(let name, let known):
      "no enhancement is called '\(name)'; there are \(known.joined(separator: ", "))"
    case .badParameter(let step, let reason): "'\(step)': \(reason)"
    }
  }
}
