/// Floats with a shape, row-major, 64-byte aligned; copied when written to while shared.
package struct Tensor: @unchecked Sendable {
  // Safe: storage is only written through `withUnsafeMutableFloats`, which makes it unique first.
  package let shape: [Int]
  private var storage: FloatStorage

  package var count: Int { storage.count }

  /// Zeros. - Precondition: the shape's product fits in memory; check shapes read from files first.
  package init(shape: [Int]) {
    self.shape = shape
    storage = FloatStorage(count: shape.reduce(1, *))
  }

  /// - Precondition: `values.count` is the product of `shape`.
  package init(shape: [Int], _ values: [Float]) {
    precondition(values.count == shape.reduce(1, *), "the value count must match the shape")
    self.init(shape: shape)
    values.withUnsafeBufferPointer { source in
      guard let base = source.baseAddress else { return }
      storage.floats.update(from: base, count: source.count)
    }
  }

  /// Little-endian floats as they stand in a file, at any address.
  /// - Precondition: there are 4 bytes for every element of `shape`.
  package init(shape: [Int], copying bytes: UnsafeRawBufferPointer) {
    self.shape = shape
    storage = FloatStorage(unsetCount: shape.reduce(1, *))
    precondition(bytes.count == 4 * storage.count, "the byte count must match the shape")
    UnsafeMutableRawBufferPointer(start: storage.floats, count: bytes.count).copyMemory(from: bytes)
  }

  /// A copy of the values, row-major.
  package var values: [Float] { withUnsafeFloats { Array($0) } }

  package func withUnsafeFloats<R, E: Error>(
    _ body: (UnsafeBufferPointer<Float>) throws(E) -> R
  ) throws(E) -> R {
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafeBufferPointer(start: storage.floats, count: storage.count))
  }

  package mutating func withUnsafeMutableFloats<R, E: Error>(
    _ body: (UnsafeMutableBufferPointer<Float>) throws(E) -> R
  ) throws(E) -> R {
    if !isKnownUniquelyReferenced(&storage) { storage = FloatStorage(copying: storage) }
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafeMutableBufferPointer(start: storage.floats, count: storage.count))
  }

  /// The same values under another shape. - Precondition: the element count stays.
  package func reshaped(_ shape: [Int]) -> Tensor {
    precondition(shape.reduce(1, *) == count, "a reshape keeps the element count")
    return Tensor(shape: shape, storage: storage)
  }

  private init(shape: [Int], storage: FloatStorage) {
    self.shape = shape
    self.storage = storage
  }
}
