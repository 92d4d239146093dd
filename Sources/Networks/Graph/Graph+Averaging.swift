private import Tensors

/// Several networks as one.
extension Graph {
  /// One network whose outputs are the means of those of several, all for the same input (an
  /// ensemble, as one file that every program can run).
  /// - Parameter members: with the same inputs and outputs by name; values of all other names may differ.
  /// - Throws: ``NetworkError/badShape(node:reason:)``, naming the member (from 1) at fault.
  package static func average(_ members: [Graph]) throws(NetworkError) -> Graph {
    guard let first = members.first else { return Graph() }
    var result = Graph(inputs: first.inputs, outputs: first.outputs)
    let shared = Set(first.inputs.map(\.name))
    for (index, member) in members.enumerated() {
      guard member.inputs == first.inputs, Set(member.outputs) == Set(first.outputs) else {
        throw .badShape(
          node: "member \(index + 1)", reason: "its inputs or outputs are not those of the first")
      }
      func own(_ name: String) -> String {
        name.isEmpty || shared.contains(name) ? name : "member\(index + 1).\(name)"
      }
      result.nodes += member.nodes.map { node in
        Node(
          name: own(node.name), operation: node.operation, inputs: node.inputs.map(own),
          outputs: node.outputs.map(own))
      }
      for (name, tensor) in member.parameters { result.parameters[own(name)] = tensor }
      for (name, constant) in member.constants { result.constants[own(name)] = constant }
      result.fixed.formUnion(member.fixed.map(own))
    }
    for output in first.outputs {
      result.appendMean(of: members.indices.map { "member\($0 + 1).\(output)" }, as: output)
    }
    return result
  }

  mutating func appendMean(of terms: [String], as output: String) {
    var sum = terms[0]
    for (index, term) in terms.enumerated().dropFirst() {
      let next = "\(output).sum\(index + 1)"
      nodes.append(
        Node(name: next, operation: Arithmetic(.add), inputs: [sum, term], outputs: [next]))
      sum = next
    }
    let share = "\(output).share"
    parameters[share] = Tensor(shape: [1], [1 / Float(terms.count)])
    fixed.insert(share)
    nodes.append(
      Node(
        name: "\(output).mean", operation: Arithmetic(.multiply), inputs: [sum, share],
        outputs: [output]))
  }
}
