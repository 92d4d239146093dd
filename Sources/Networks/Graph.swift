package import Tensors

/// A network: operators in topological order, with its weights beside it.
package struct Graph: Sendable {
  package init() {}
}

/// Why a graph cannot be built or run.
package enum NetworkError: Error, Equatable, CustomStringConvertible {
  /// A value or operator does not fit its inputs.
  case badShape(node: String, reason: String)

  package var description: String {
    switch self {
    case .badShape(let node, let reason): "node \(node): \(reason)"
    }
  }
}

/// A graph made ready to run for one input shape: fused, packed, every activation placed.
package final class InferencePlan {
  /// - Parameters:
  ///   - inputShape: `[N, C, H, W]`.
  ///   - threads: workers that share one run; results do not depend on it.
  package init(graph: Graph, inputShape: [Int], threads: Int) throws(NetworkError) {
    throw .badShape(node: "", reason: "not written yet")
  }

  /// Runs the network on `[N, C, H, W]` and returns its outputs by name (4-D ones in NCHW order).
  package func run(_ input: Tensor) throws(NetworkError) -> [String: Tensor] { [:] }
}
