package import Files
package import Intake

/// Everything but the inputs and the model that results depend on, as one value: results of an
/// earlier run stand only if this is the same.
package struct BatchConfiguration: Sendable, Equatable, Codable {
  /// Name and version of the program.
  package var program: String
  package var includesPHI: Bool
  private var maximumPixels: Int
  private var maximumBytes: Int
  private var maximumFrames: Int

  package init(program: String, includesPHI: Bool, limits: Limits) {
    self.program = program
    self.includesPHI = includesPHI
    maximumPixels = limits.maximumPixels
    maximumBytes = limits.maximumBytes
    maximumFrames = limits.maximumFrames
  }

  package var limits: Limits {
    var limits = Limits()
    limits.maximumPixels = maximumPixels
    limits.maximumBytes = maximumBytes
    limits.maximumFrames = maximumFrames
    return limits
  }

  package var json: JSONValue {
    [
      "program": .string(program), "includes_phi": .bool(includesPHI),
      "max_pixels": .integer(maximumPixels), "max_bytes": .integer(maximumBytes),
      "max_frames": .integer(maximumFrames),
    ]
  }

  package var digest: Digest { Digest(of: Array(json.text().utf8)) }
}
