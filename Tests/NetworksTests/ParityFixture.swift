import Foundation
import Testing

/// PyTorch's answer for one operator, loss or optimiser; `Scripts/parity/make-fixtures.py` made it
/// and says what each field means.
struct ParityFixture: Decodable {
  /// Values in row-major order, NCHW where there are four axes; no axes for a single number.
  struct Values: Decodable {
    let shape: [Int]
    let values: [Float]
  }

  let `operator`: String
  let source: String
  /// Numbers only; flags are 0 or 1.
  let attributes: [String: [Double]]
  let inputs: [String: Values]
  let outputs: [String: Values]
  /// The gradient of the outputs.
  let upstream: [String: Values]
  /// The gradients of the inputs that take one.
  let gradients: [String: Values]

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures")

  /// Reads `Fixtures/<name>.json`.
  init(named name: String) throws {
    let file = ParityFixture.folder.appendingPathComponent("\(name).json")
    self = try JSONDecoder().decode(ParityFixture.self, from: Data(contentsOf: file))
  }

  /// Names of all fixtures, sorted.
  static func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
  }

  /// An attribute of whole numbers; empty where the fixture has none of that name.
  func integers(_ attribute: String) -> [Int] { (attributes[attribute] ?? []).map { Int($0) } }
}

@Test func everyParityFixtureIsWhole() throws {
  let names = try ParityFixture.names()
  #expect(names.count >= 50)
  for name in names {
    let fixture = try ParityFixture(named: name)
    for group in [fixture.inputs, fixture.outputs, fixture.upstream, fixture.gradients] {
      for (key, entry) in group {
        #expect(
          entry.values.count == entry.shape.reduce(1, *), "\(name): \(key) does not fill its shape")
        #expect(entry.values.allSatisfy { $0.isFinite }, "\(name): \(key) must be finite")
      }
    }
    for (key, gradient) in fixture.gradients {
      #expect(gradient.shape == fixture.inputs[key]?.shape, "\(name): gradient of \(key)")
    }
  }
}
