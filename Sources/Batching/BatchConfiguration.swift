package import Files
private import Foundation
package import Intake
package import Screening

/// Everything but the inputs and the model that results depend on, as one value: results of an
/// earlier run stand only if this is the same.
package struct BatchConfiguration: Sendable, Equatable, Codable {
  /// Name and version of the program.
  package var program: String
  package var includesPHI: Bool
  /// Names of files stand nowhere but in the `names.sqlite` of the output folder.
  package var isPseudonymous: Bool
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
    includesThumbnails: Bool = true, isPseudonymous: Bool = false
  ) {
    self.program = program
    self.includesPHI = includesPHI
    self.adjustments = adjustments
    self.pictures = pictures
    self.includesThumbnails = includesThumbnails
    self.isPseudonymous = isPseudonymous
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
      "thumbnails": .bool(includesThumbnails), "pseudonymous": .bool(isPseudonymous),
    ]
  }

  private static func number(_ value: Double?) -> JSONValue { value.map(JSONValue.number) ?? .null }

  /// What ``json`` of an earlier run says; versions before there were pseudonyms said nothing.
  static func isPseudonymous(json text: String) -> Bool {
    struct Names: Decodable { var pseudonymous: Bool? }
    let names = try? JSONDecoder().decode(Names.self, from: Data(text.utf8))
    return names?.pseudonymous ?? false
  }

  package var digest: Digest { Digest(of: Array(json.text().utf8)) }
}
