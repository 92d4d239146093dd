// How the elements of a value follow each other in a plan's memory.

/// A plan's choice for one value; graphs and files know only logical shapes.
///
/// Values of any rank but four are always row-major. Images stay `[N, H, W, C]` in memory whatever
/// their logical order is, so that a network which transposes to channels-last and back moves
/// nothing.
package enum MemoryOrder: Sendable, Equatable {
  /// Logical `[N, C, H, W]` held as `[N, H, W, C]`.
  case channelsLast
  /// The logical order.
  case rowMajor

  /// Floats between neighbours along each axis.
  package func strides(of shape: [Int]) -> [Int] {
    if self == .channelsLast, shape.count == 4 {
      let (c, h, w) = (shape[1], shape[2], shape[3])
      return [c * h * w, 1, w * c, c]
    }
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in stride(from: shape.count - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * shape[axis + 1]
    }
    return strides
  }
}

/// The value itself under another name: for a network's outputs, which keep theirs.
package struct Identity: Operator {
  package var name: String { "Identity" }
  package var backwardReads: BackwardReads { [] }
  package init() {}

  package func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] { [inputs[0]] }

  package func orders(_ inputs: [MemoryOrder], shapes: [[Int]]) -> (
    inputs: [MemoryOrder], output: MemoryOrder
  ) { (inputs, inputs[0]) }

  package func makeKernel(_ bindings: Bindings) -> any Kernel {
    let (x, y) = (bindings.inputs[0], bindings.outputs[0])
    return CopyKernel(bindings, sizes: x.shape, from: x.strides, to: y.strides)
  }
}

/// Puts a value into the other memory order; inserted by plans, never part of a file.
struct Reorder: Operator {
  let order: MemoryOrder
  var name: String { "Reorder" }
  var backwardReads: BackwardReads { [] }

  func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] { [inputs[0]] }

  func orders(_ inputs: [MemoryOrder], shapes: [[Int]]) -> (
    inputs: [MemoryOrder], output: MemoryOrder
  ) { (inputs, order) }

  func makeKernel(_ bindings: Bindings) -> any Kernel {
    CopyKernel(
      bindings, sizes: bindings.inputs[0].shape, from: bindings.inputs[0].strides,
      to: bindings.outputs[0].strides)
  }
}

extension Graph {
  /// The graph with copies where an operator needs another memory order, and every value's order.
  func arranged(shapes: inout [String: [Int]]) -> (graph: Graph, orders: [String: MemoryOrder]) {
    var graph = self
    var orders: [String: MemoryOrder] = [:]
    graph.nodes = []
    for node in nodes {
      var node = node
      let have = node.inputs.enumerated().map { index, name in
        parameters[name] == nil
          ? orders[name] ?? .channelsLast : node.operation.layout(ofParameter: index).order
      }
      let inputShapes = node.inputs.map { shapes[$0] ?? [] }
      let (want, output) = node.operation.orders(have, shapes: inputShapes)
      for (index, name) in node.inputs.enumerated()
      where have[index] != want[index] && inputShapes[index].count == 4 && parameters[name] == nil {
        let copy = "\(name).\(want[index])"
        if orders[copy] == nil {
          graph.nodes.append(
            Node(
              name: copy, operation: Reorder(order: want[index]), inputs: [name], outputs: [copy]))
          orders[copy] = want[index]
          shapes[copy] = inputShapes[index]
        }
        node.inputs[index] = copy
      }
      for name in node.outputs { orders[name] = output }
      // Those who read a network's outputs need not know of orders.
      let turned = node.outputs.indices.filter {
        output == .rowMajor && outputs.contains(node.outputs[$0])
          && shapes[node.outputs[$0]]?.count == 4
      }
      let names = node.outputs
      for index in turned { node.outputs[index] += ".rowMajor" }
      graph.nodes.append(node)
      for index in turned {
        let (name, source) = (names[index], node.outputs[index])
        (orders[source], orders[name]) = (.rowMajor, .channelsLast)
        shapes[source] = shapes[name]
        graph.nodes.append(
          Node(
            name: source, operation: Reorder(order: .channelsLast), inputs: [source],
            outputs: [name]))
      }
    }
    return (graph, orders)
  }
}

extension ParameterLayout {
  /// What the layout means for operators that walk over strides.
  var order: MemoryOrder { self == .plain ? .rowMajor : .channelsLast }
}
