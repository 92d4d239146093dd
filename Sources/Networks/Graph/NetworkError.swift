// Why a graph cannot be built or run.

package enum NetworkError: Error, Equatable, CustomStringConvertible {
  /// An operator does not fit its inputs.
  case badShape(node: String, reason: String)
  /// A value is read that nothing provides.
  case missingValue(node: String, value: String)
  /// The operator runs but has no backward pass, so the network cannot be trained through it.
  case notTrainable(node: String, operation: String)

  package var description: String {
    switch self {
    case .badShape(let node, let reason): "node '\(node)': \(reason)"
    case .missingValue(let node, let value):
      "node '\(node)' reads '\(value)', which nothing provides"
    case .notTrainable(let node, let operation):
      "node '\(node)': \(operation) has no backward pass, so this network can be run but not trained"
    }
  }
}

/// Why an operator refuses its inputs; a graph adds the node's name.
package struct ShapeError: Error, Equatable {
  package let reason: String
  package init(_ reason: String) { self.reason = reason }
}
