/// Moves samples about: planes to pixels, rows to columns, colours without their alpha.
extension PixelBuffer {
  /// The same samples in another order: `index` gives the old position of each new one.
  /// - Precondition: `index` gives positions of samples that are there.
  @inlinable package func reordered(count: Int, _ index: (Int) -> Int) -> PixelBuffer {
    func pick<T>(_ samples: [T]) -> [T] {
      samples.withUnsafeBufferPointer { source in
        [T](unsafeUninitializedCapacity: count) { out, done in
          for position in 0..<count {
            let old = index(position)
            precondition(old >= 0 && old < source.count, "a sample moves from within the buffer")
            // Safe: `out` has room for `count` samples, and `old` was checked.
            (out.baseAddress.map { $0 + position })?.initialize(to: source[old])
          }
          done = count
        }
      }
    }
    return switch self {
    case .uint8(let s): .uint8(pick(s))
    case .int8(let s): .int8(pick(s))
    case .uint16(let s): .uint16(pick(s))
    case .int16(let s): .int16(pick(s))
    case .uint32(let s): .uint32(pick(s))
    case .int32(let s): .int32(pick(s))
    case .float32(let s): .float32(pick(s))
    case .float64(let s): .float64(pick(s))
    }
  }
}
