// Operators that work on constants and shapes only, and never run.
private import Foundation

/// Shape arithmetic: settled while a plan is made.
package struct ConstantFunction: Operator {
  package enum Function: Sendable, Equatable {
    /// The sizes of axes `start..<end` of any value.
    case shape(start: Int, end: Int?)
    /// The number of elements of any value.
    case size
    case cast(Element)
    /// A shape filled with one value.
    case filled(Double, isInteger: Bool)
    case range, select, equal, less, greater, lessOrEqual, greaterOrEqual
    case not, and, or, floor, ceiling, round, remainder, tile
    /// Of the dividend's sign.
    case truncatedRemainder
  }
  package enum Element: Sendable { case float, integer, boolean }
  package var function: Function
  package var name: String

  package init(_ function: Function, name: String) {
    (self.function, self.name) = (function, name)
  }

  package func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
    throw ShapeError("\(name) is supported on constants and shapes only")
  }

  package func settled(_ inputs: [Operand]) throws(ShapeError) -> Settled { open(inputs) }

  package func makeKernel(_ bindings: Bindings) -> any Kernel {
    preconditionFailure("a constant function never runs: its shapes are refused before")
  }

  /// The result of Shape and Size, which need no values.
  func evaluated(ofShape shape: [Int]) throws(ShapeError) -> ConstantTensor? {
    switch function {
    case .shape(let start, let end):
      func bounded(_ axis: Int) -> Int {
        min(
          max(axis < 0 ? axis.addingReportingOverflow(shape.count).partialValue : axis, 0),
          shape.count)
      }
      let (from, to) = (bounded(start), bounded(end ?? shape.count))
      return ConstantTensor(integers: from < to ? Array(shape[from..<to]) : [])
    case .size:
      return ConstantTensor(shape: [], [Double(try checkedCount(shape))], isInteger: true)
    default: return nil
    }
  }

  package func evaluated(_ inputs: [ConstantTensor]) throws(ShapeError) -> [ConstantTensor]? {
    if let first = inputs.first, let result = try evaluated(ofShape: first.shape) {
      return [result]
    }
    guard inputs.count == arity else { throw ShapeError("it takes \(arity) inputs") }
    return [try result(inputs)]
  }

  private var arity: Int {
    switch function {
    case .shape, .size, .cast, .filled, .not, .floor, .ceiling, .round: 1
    case .range, .select: 3
    default: 2
    }
  }

  private func result(_ inputs: [ConstantTensor]) throws(ShapeError) -> ConstantTensor {
    let x = inputs[0]
    func compared(_ test: (Double, Double) -> Bool) throws(ShapeError) -> ConstantTensor {
      try x.combined(with: inputs[1], isInteger: true) { test($0, $1) ? 1 : 0 }
    }
    switch function {
    case .shape, .size: return x
    case .cast(.float): return x.map(isInteger: false) { $0 }
    case .cast(.integer): return x.map(isInteger: true) { Double(clampedInteger($0)) }
    case .cast(.boolean): return x.map(isInteger: true) { $0 != 0 ? 1 : 0 }
    case .filled(let value, let isInteger):
      let one = ConstantTensor(shape: [], [value], isInteger: isInteger)
      return try one.broadcast(to: x.integers)
    case .range: return try range(inputs)
    case .select:
      let chosen = try x.combined(with: inputs[1], isInteger: inputs[1].isInteger) {
        $0 != 0 ? $1 : .nan
      }
      return try chosen.combined(with: inputs[2], isInteger: inputs[2].isInteger) {
        $0.isNaN ? $1 : $0
      }
    case .equal: return try compared(==)
    case .less: return try compared(<)
    case .greater: return try compared(>)
    case .lessOrEqual: return try compared(<=)
    case .greaterOrEqual: return try compared(>=)
    case .and: return try compared { $0 != 0 && $1 != 0 }
    case .or: return try compared { $0 != 0 || $1 != 0 }
    case .not: return x.map { $0 == 0 ? 1 : 0 }
    case .floor: return x.map { $0.rounded(.down) }
    case .ceiling: return x.map { $0.rounded(.up) }
    case .round: return x.map { $0.rounded(.toNearestOrEven) }
    case .remainder:
      return try x.combined(with: inputs[1], isInteger: x.isInteger) { a, b in
        b == 0 ? 0 : a - b * (a / b).rounded(.down)
      }
    case .truncatedRemainder:
      return try x.combined(with: inputs[1], isInteger: x.isInteger) { a, b in
        b == 0 ? 0 : fmod(a, b)
      }
    case .tile: return try tiled(x, inputs[1].integers)
    }
  }

  private func range(_ inputs: [ConstantTensor]) throws(ShapeError) -> ConstantTensor {
    guard let start = inputs[0].scalar, let end = inputs[1].scalar, let step = inputs[2].scalar,
      step != 0, (end - start) / step < Double(ConstantTensor.limit)
    else { throw ShapeError("the range is too large or its step is zero") }
    let count = max(0, clampedInteger(((end - start) / step).rounded(.up)))
    return ConstantTensor(
      shape: [count], (0..<count).map { start + Double($0) * step },
      isInteger: inputs[0].isInteger)
  }

  private func tiled(_ x: ConstantTensor, _ repeats: [Int]) throws(ShapeError) -> ConstantTensor {
    guard repeats.count == x.shape.count else { throw ShapeError("repeats do not fit") }
    // Each axis as (repeats, size), the first standing still.
    let strides = MemoryOrder.rowMajor.strides(of: x.shape)
    let shape = zip(repeats, x.shape).flatMap { [$0, $1] }
    let picked = try x.picked(shape: shape, strides: strides.flatMap { [0, $0] })
    var result: [Int] = []
    for (count, size) in zip(repeats, x.shape) { result.append(try checkedCount([count, size])) }
    return picked.reshaped(result) ?? picked
  }
}

extension Arithmetic {
  package func evaluated(_ inputs: [ConstantTensor]) throws(ShapeError) -> [ConstantTensor]? {
    guard inputs.count == 2, axis == nil, function != .parametricReLU else { return nil }
    let (a, b) = (inputs[0], inputs[1])
    let isInteger = a.isInteger && b.isInteger
    let function = function
    return [
      try a.combined(with: b, isInteger: isInteger) { p, q in
        switch function {
        case .add: p + q
        case .subtract: p - q
        case .multiply: p * q
        case .divide: isInteger ? (q == 0 ? 0 : (p / q).rounded(.towardZero)) : p / q
        case .power: Foundation.pow(p, q)
        case .minimum: Swift.min(p, q)
        case .maximum, .parametricReLU: Swift.max(p, q)
        }
      }
    ]
  }
}

extension Elementwise {
  package func evaluated(_ inputs: [ConstantTensor]) throws(ShapeError) -> [ConstantTensor]? {
    guard inputs.count == 1 else { return nil }
    switch function {
    case .negation: return [inputs[0].map { -$0 }]
    case .absolute: return [inputs[0].map { Swift.abs($0) }]
    case .squareRoot: return [inputs[0].map { $0.squareRoot() }]
    case .reciprocal: return [inputs[0].map { 1 / $0 }]
    case .clip(let low, let high):
      return [inputs[0].map { Swift.min(Swift.max($0, Double(low)), Double(high)) }]
    default: return nil
    }
  }
}

extension Reduction {
  package func evaluated(_ inputs: [ConstantTensor]) throws(ShapeError) -> [ConstantTensor]? {
    let settled = try settled(inputs.map { Operand(shape: $0.shape, constant: $0) })
    guard let own = settled.operation as? Reduction, !own.readsAxes else { return nil }
    let x = inputs[0]
    let gone = try own.reduced(x.shape)
    let kept = x.shape.indices.map { gone.contains($0) ? 1 : x.shape[$0] }
    var values = [Double?](repeating: nil, count: kept.reduce(1, *))
    let strides = broadcastStrides(kept, MemoryOrder.rowMajor.strides(of: kept), to: x.shape)
    for (position, value) in x.values.enumerated() {
      var (rest, at) = (position, 0)
      for axis in x.shape.indices.reversed() {
        at += rest % x.shape[axis] * strides[axis]
        rest /= x.shape[axis]
      }
      values[at] = own.combine(values[at], value)
    }
    let share = Double(x.values.count / Swift.max(values.count, 1))
    let result = values.map { value in
      switch own.function {
      case .mean: (value ?? 0) / share
      case .norm: (value ?? 0).squareRoot()
      default: value ?? (own.function == .product ? 1 : 0)
      }
    }
    return [ConstantTensor(shape: try own.result(of: x.shape), result, isInteger: x.isInteger)]
  }

  private func combine(_ sum: Double?, _ value: Double) -> Double {
    switch function {
    case .mean, .sum: (sum ?? 0) + value
    case .maximum: Swift.max(sum ?? value, value)
    case .minimum: Swift.min(sum ?? value, value)
    case .absoluteSum: (sum ?? 0) + Swift.abs(value)
    case .norm, .squareSum: (sum ?? 0) + value * value
    case .product: (sum ?? 1) * value
    }
  }
}
