// Small constants that decide shapes: axes, sizes, scales, and the arithmetic on them.
package import Tensors

/// Numbers that are known before anything runs. Integers to 2^53 are exact; others are float32, as in
/// the runtimes that the network was made for: 20 x 1.3 is 26 there, and 25.99… in double.
package struct ConstantTensor: Sendable, Equatable {
  package let shape: [Int]
  package let values: [Double]
  /// Whether the file says so; division of integers truncates.
  package let isInteger: Bool

  /// Elements that a constant may have; larger ones are weights.
  static let limit = 1 << 20

  /// - Precondition: `values.count` is the product of `shape`.
  package init(shape: [Int], _ values: [Double], isInteger: Bool) {
    precondition(values.count == shape.reduce(1, *), "the value count must match the shape")
    (self.shape, self.isInteger) = (shape, isInteger)
    self.values = isInteger ? values : values.map { Double(Float($0)) }
  }

  init(integers: [Int]) {
    self.init(shape: [integers.count], integers.map(Double.init), isInteger: true)
  }

  init(_ tensor: Tensor) {
    self.init(shape: tensor.shape, tensor.values.map(Double.init), isInteger: false)
  }

  /// The values as integers; those beyond Int's range become its ends ("to the end" in Slice).
  package var integers: [Int] { values.map(clampedInteger) }
  /// The only value.
  package var scalar: Double? { values.count == 1 ? values[0] : nil }
  /// The values as weights.
  package var tensor: Tensor { Tensor(shape: shape, values.map { Float($0) }) }

  /// Elements picked by strides over this tensor.
  func picked(shape: [Int], strides: [Int], start: Int = 0) throws(ShapeError) -> ConstantTensor {
    let count = try checkedCount(shape)
    guard count <= Self.limit else { throw ShapeError("a constant of \(shape) is too large") }
    var result: [Double] = []
    result.reserveCapacity(count)
    var index = [Int](repeating: 0, count: shape.count)
    for _ in 0..<count {
      result.append(values[zip(index, strides).reduce(start) { $0 + $1.0 * $1.1 }])
      for axis in stride(from: shape.count - 1, through: 0, by: -1) {
        index[axis] += 1
        if index[axis] < shape[axis] { break }
        index[axis] = 0
      }
    }
    return ConstantTensor(shape: shape, result, isInteger: isInteger)
  }

  /// The same values under another shape, or nil where the count differs.
  func reshaped(_ shape: [Int]) -> ConstantTensor? {
    guard shape.reduce(1, *) == values.count else { return nil }
    return ConstantTensor(shape: shape, values, isInteger: isInteger)
  }

  func map(isInteger: Bool? = nil, _ function: (Double) -> Double) -> ConstantTensor {
    ConstantTensor(shape: shape, values.map(function), isInteger: isInteger ?? self.isInteger)
  }

  /// Element by element with broadcasting.
  func combined(
    with other: ConstantTensor, isInteger: Bool, _ function: (Double, Double) -> Double
  ) throws(ShapeError) -> ConstantTensor {
    guard let target = broadcastShape(shape, other.shape) else {
      throw ShapeError("shapes \(shape) and \(other.shape) do not fit")
    }
    let (a, b) = (try broadcast(to: target), try other.broadcast(to: target))
    return ConstantTensor(
      shape: target, zip(a.values, b.values).map(function), isInteger: isInteger)
  }

  func broadcast(to target: [Int]) throws(ShapeError) -> ConstantTensor {
    guard broadcastShape(shape, target) == target else {
      throw ShapeError("\(shape) does not expand to \(target)")
    }
    let own = MemoryOrder.rowMajor.strides(of: shape)
    return try picked(shape: target, strides: broadcastStrides(shape, own, to: target))
  }
}

/// The product of sizes.
/// - Throws: where one is negative or the product overflows.
func checkedCount(_ shape: [Int]) throws(ShapeError) -> Int {
  var count = 1
  for size in shape {
    let (product, overflow) = count.multipliedReportingOverflow(by: size)
    guard size >= 0, !overflow else { throw ShapeError("the shape \(shape) is impossible") }
    count = product
  }
  return count
}

/// Truncated towards zero; beyond Int's range its nearest end.
func clampedInteger(_ value: Double) -> Int {
  if value.isNaN { return 0 }
  return Int(exactly: value.rounded(.towardZero)) ?? (value < 0 ? Int.min : Int.max)
}

/// An axis counted from the front, or nil where the rank has no such axis.
func normalizedAxis(_ axis: Int, rank: Int) -> Int? {
  guard axis >= -rank, axis < rank else { return nil }
  return axis < 0 ? axis + rank : axis
}

/// The same for several axes, each at most once.
func normalizedAxes(_ axes: [Int], rank: Int) throws(ShapeError) -> [Int] {
  var result: [Int] = []
  for axis in axes {
    guard let axis = normalizedAxis(axis, rank: rank), !result.contains(axis) else {
      throw ShapeError("axes \(axes) do not fit \(rank) dimensions")
    }
    result.append(axis)
  }
  return result
}
