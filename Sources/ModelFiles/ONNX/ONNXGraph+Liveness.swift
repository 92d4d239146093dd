// What of an ONNX graph leads to its outputs.

extension ONNXGraph {
  /// The values that the outputs are made from, and which nodes make them.
  var liveValues: (names: Set<String>, isLive: [Bool]) {
    var names = Set(outputs.map(\.name))
    var isLive = nodes.map { _ in false }
    for (index, node) in nodes.enumerated().reversed()
    where node.outputs.contains(where: names.contains) {
      isLive[index] = true
      names.formUnion(node.values)
    }
    return (names, isLive)
  }
}

extension ONNXNode {
  /// What it reads, its branches included.
  fileprivate var values: [String] {
    attributes.values.reduce(inputs) { values, attribute in
      guard case .graph(let branch) = attribute else { return values }
      return values + branch.nodes.flatMap(\.values) + branch.outputs.map(\.name)
    }
  }
}
