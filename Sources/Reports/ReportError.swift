/// Why a result cannot be rendered.
package enum ReportError: Error, Equatable, CustomStringConvertible {
  /// A picture cannot be written in its format.
  case cannotEncode(what: String, reason: String)

  package var description: String {
    switch self {
    case .cannotEncode(let what, let reason): "cannot encode \(what): \(reason)"
    }
  }
}
