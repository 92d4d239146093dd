// Packed products against sums in double, for shapes that do not fit the tiles.
import Tensors
import Testing

@Suite struct PackedMatricesTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var m: Int, k: Int, n: Int
    var testDescription: String { "\(m)x\(k) by \(k)x\(n)" }
  }

  static let cases = [
    Case(m: 1, k: 1, n: 1), Case(m: 12, k: 7, n: 32), Case(m: 13, k: 64, n: 33),
    Case(m: 5, k: 3, n: 16), Case(m: 25, k: 40, n: 15), Case(m: 8, k: 100, n: 70),
    Case(m: 49, k: 18, n: 97),
  ]

  @Test(arguments: cases)
  func `the product with its ending equals the sums`(_ test: Case) {
    let (m, k, n) = (test.m, test.k, test.n)
    let (a, b) = (random(m * k, seed: 1), random(2 * k * n, seed: 2))
    let (bias, addend, old) = (random(n, seed: 3), random(m * n, seed: 4), random(m * n, seed: 5))
    let matrices = PackedMatrices(count: 2, rows: k, columns: n)
    for index in 0..<2 {
      b.withUnsafeBufferPointer { b in
        // The second matrix stands transposed.
        guard let base = b.baseAddress.map({ $0 + index * k * n }) else { return }
        if index == 0 {
          matrices.pack(index, base, rowStride: n)
        } else {
          matrices.pack(index, base, rowStride: 1, columnStride: k)
        }
      }
      var c = old
      var ending = ProductEnding()
      (ending.addendPitch, ending.slope, ending.accumulates) = (n, 0.5, true)
      bias.withUnsafeBufferPointer { bias in
        addend.withUnsafeBufferPointer { addend in
          (ending.bias, ending.addend) = (bias.baseAddress, addend.baseAddress)
          product(matrices, index, &c, a, n: n, k: k, m: m, ending)
        }
      }
      for i in 0..<m {
        for j in 0..<n {
          var sum = Double(bias[j]) + Double(addend[i * n + j])
          for p in 0..<k {
            sum += Double(a[i * k + p]) * Double(index == 0 ? b[p * n + j] : b[k * n + j * k + p])
          }
          let expected = (sum > 0 ? sum : sum / 2) + Double(old[i * n + j])
          #expect(abs(Double(c[i * n + j]) - expected) < 1e-4)
        }
      }
    }
  }

  @Test func `some columns are written and the others left alone`() {
    let (m, k, n) = (9, 11, 100)
    let (a, b) = (random(m * k, seed: 1), random(k * n, seed: 2))
    let matrices = PackedMatrices(count: 1, rows: k, columns: n)
    b.withUnsafeBufferPointer { b in
      if let base = b.baseAddress { matrices.pack(0, base, rowStride: n) }
    }
    var whole = [Float](repeating: 0, count: m * n)
    product(matrices, 0, &whole, a, n: n, k: k, m: m)
    var part = [Float](repeating: -7, count: m * n)
    product(matrices, 0, &part, a, n: n, k: k, m: m, columns: 32..<70)
    for i in 0..<m * n {
      #expect(part[i] == ((32..<70).contains(i % n) ? whole[i] : -7))
    }
  }

  @Test func `a row alone has the same bits as among others`() {
    let (m, k, n) = (31, 50, 40)
    let (a, b) = (random(m * k, seed: 1), random(k * n, seed: 2))
    let matrices = PackedMatrices(count: 1, rows: k, columns: n)
    b.withUnsafeBufferPointer { b in
      if let base = b.baseAddress { matrices.pack(0, base, rowStride: n) }
    }
    var together = [Float](repeating: 0, count: m * n)
    product(matrices, 0, &together, a, n: n, k: k, m: m)
    for i in 0..<m {
      var alone = [Float](repeating: 0, count: n)
      product(matrices, 0, &alone, Array(a[i * k..<(i + 1) * k]), n: n, k: k, m: 1)
      #expect(alone == Array(together[i * n..<(i + 1) * n]))
    }
  }

  private func product(
    _ matrices: PackedMatrices, _ index: Int, _ c: inout [Float], _ a: [Float], n: Int, k: Int,
    m: Int, _ ending: ProductEnding = ProductEnding(), columns: Range<Int>? = nil
  ) {
    c.withUnsafeMutableBufferPointer { c in
      a.withUnsafeBufferPointer { a in
        guard let c = c.baseAddress, let a = a.baseAddress else { return }
        matrices.multiply(index, into: c, n, a, k, m: m, columns: columns, ending: ending)
      }
    }
  }

  private func random(_ count: Int, seed: UInt64) -> [Float] {
    var generator = SplitMix64(seed: seed)
    return (0..<count).map { _ in generator.nextNormal() }
  }
}
