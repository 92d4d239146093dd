import Enhancement
import Imaging
import Testing

/// Resizing against numbers of PyTorch 2, made by
/// `torch.nn.functional.interpolate(x, size=(3, 4), mode="bilinear", antialias=A)` on
/// `x = (torch.arange(35.) ** 2 % 17).reshape(1, 1, 5, 7)`.
struct ResamplingTests {
  private let plane = (0..<35).map { Float($0 * $0 % 17) }

  @Test(arguments: [false, true]) func matchesPyTorch(antialias: Bool) throws {
    let expected: [Float] = antialias ? Self.antialiased : Self.bilinear
    let result = Resampling.resize(
      plane, from: (7, 5), to: (4, 3), method: antialias ? .antialiased : .bilinear)
    let largest = zip(result, expected).map { abs($0 - $1) }.max()
    #expect(expected.count == 12 && result.count == 12)
    #expect(try #require(largest) < 2e-5)
  }

  @Test func theSameSizeGivesTheSameValues() {
    #expect(Resampling.resize(plane, from: (7, 5), to: (7, 5)) == plane)
  }

  @Test(arguments: [(1, 1), (3, 9), (64, 2), (200, 200)])
  func constantsStayConstant(size: (Int, Int)) {
    let flat = [Float](repeating: 3, count: 35)
    for method in [Resampling.Method.antialiased, .bilinear] {
      let result = Resampling.resize(flat, from: (7, 5), to: size, method: method)
      #expect(result.count == size.0 * size.1)
      #expect(result.allSatisfy { abs($0 - 3) < 1e-5 })
    }
  }

  @Test func shrinkingByTwoAveragesSmoothly() {
    let result = Resampling.resize([0, 0, 8, 8], from: (4, 1), to: (2, 1))
    // Weights 3, 3, 1 of 7 around each new centre, what lies outside left out.
    #expect(abs(result[0] - 8.0 / 7) < 1e-5 && abs(result[1] - 48.0 / 7) < 1e-5)
  }

  @Test func luminanceIsThatOfBT601() {
    let image = Image(width: 2, height: 1, channels: 3, pixels: .uint8([255, 0, 0, 10, 20, 30]))
    #expect(Luminance.grey(image).pixels == .uint8([76, 18]))
    #expect(Luminance.grey(image).channels == 1)
  }

  private static let bilinear: [Float] = [
    5.000000, 7.500000, 11.291667, 7.166667, 7.125000, 0.875000,
    0.875000, 7.125000, 7.166668, 11.291665, 7.500002, 5.000002,
  ]

  private static let antialiased: [Float] = [
    6.374149, 8.554287, 10.040000, 8.095238, 9.365079, 5.266667,
    5.266666, 9.365079, 8.095238, 10.040000, 8.554286, 6.374150,
  ]
}
