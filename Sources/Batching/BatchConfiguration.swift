package import Files
package import Intake
package import Screening

/// Everything but the inputs and the model that results depend on, as one value: results of an
/// earlier run stand only if this is the same.
package struct BatchConfiguration: Sendable, Equatable, Codable {
  /// Name and version of the program.
  package var program: String
  package var includesPHI: Bool
  package var adjustments: ModelAdjustments
  package var pictures: CasePictures
  /// The report shows each image.
  package var includesThumbnails: Bool
  private var maximumPixels: Int
  private var maximumBytes: Int
  private var maximumFrames: Int

  package init(
    program: String, includesPHI: Bool, limits: Limits,
    adjustments: ModelAdjustments = ModelAdjustments(), pictures: CasePictures = .all,
    includesThumbnails: Bool = true
  ) {
    self.program = program
    self.includesPHI = includesPHI
    self.adjustments = adjustments
    self.pictures = pictures
    self.includesThumbnails = includesThumbnails
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

  /// Null stands for what the model's file says.
  package var json: JSONValue {
    [
      "program": .string(program), "includes_phi": .bool(includesPHI),
      "max_pixels": .integer(maximumPixels), "max_bytes": .integer(maximumBytes),
      "max_frames": .integer(maximumFrames),
      "enhancement": adjustments.enhancement.map { JSONValue($0) } ?? .null,
      "suspicion_threshold": Self.number(adjustments.suspicionThreshold),
      "mask_threshold": Self.number(adjustments.maskThreshold),
      "minimum_lesion_share": Self.number(adjustments.minimumLesionShare),
      "mask": .bool(pictures.contains(.mask)), "overlay": .bool(pictures.contains(.overlay)),
      "thumbnails": .bool(includesThumbnails),
    ]
  }

  private static func number(_ value: Double?) -> JSONValue { value.map(JSONValue.number) ?? .null }

  package var digest: Digest { Digest(of: Array(json.text().utf8)) }
}
