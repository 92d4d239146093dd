package import Files
private import Imaging
package import Screening

/// The `<name>.json` of one image: everything that was found, for programs.
package enum CaseDocument {
  package static let schema = "imgdx.case/1"

  /// - Parameters:
  ///   - program: name and version of the program.
  ///   - includesPHI: patient name, ID, birth date and UIDs are written.
  package static func json(_ record: CaseRecord, program: String, includesPHI: Bool) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("schema", .string(schema)), .init("notice", .string(researchNotice)),
      .init("program", .string(program)), .init("file", .string(record.source.file)),
      .init("sha256", JSONValue(record.source.sha256)), .init("image", image(record.source)),
    ]
    if includesPHI { members.append(.init("patient", patient(record.source.identifiers))) }
    switch record.outcome {
    case .failed(let reason): members.append(.init("error", .string(reason)))
    case .screened(let findings, _):
      members += self.findings(findings)
      members.append(.init("timings_seconds", timings(findings.timings, record.source.decoding)))
      members.append(.init("warnings", JSONValue(findings.warnings)))
    }
    return .object(members)
  }

  private static func findings(_ findings: Findings) -> [JSONValue.Member] {
    [
      .init("enhancement", JSONValue(findings.enhancement)),
      .init("model", model(findings.model)),
      .init("probabilities", probabilities(findings)),
      .init("label", JSONValue(findings.decision?.label)),
      .init("decision", decision(findings.decision)),
      .init("mask_threshold", number(findings.maskThreshold)),
      .init("lesion_pixels", findings.mask.map { .integer($0.area) } ?? .null),
      .init("lesions", .array(findings.lesions.enumerated().map { lesion($1, number: $0 + 1) })),
    ]
  }

  package static func model(_ model: ModelIdentity) -> JSONValue {
    ["name": .string(model.name), "sha256": .string(model.sha256)]
  }

  /// Label → probability, in the model's order.
  package static func probabilities(_ findings: Findings) -> JSONValue {
    .object(findings.probabilities.map { .init($0.label, number($0.probability)) })
  }

  private static func image(_ source: CaseSource) -> JSONValue {
    [
      "format": JSONValue(source.format), "width": integer(source.width),
      "height": integer(source.height), "channels": integer(source.channels),
      "bits": integer(source.bits), "frame": integer(source.frame),
      "frames": source.frames > 0 ? .integer(source.frames) : .null,
      "modality": JSONValue(source.modality), "transfer_syntax": JSONValue(source.transferSyntax),
      "spacing_mm": source.spacing.map { .array([.number($0.row), .number($0.column)]) } ?? .null,
    ]
  }

  private static func patient(_ identifiers: Identifiers) -> JSONValue {
    [
      "name": JSONValue(identifiers.patientName), "id": JSONValue(identifiers.patientID),
      "birth_date": JSONValue(identifiers.patientBirthDate),
      "study_instance_uid": JSONValue(identifiers.studyInstanceUID),
      "series_instance_uid": JSONValue(identifiers.seriesInstanceUID),
      "sop_instance_uid": JSONValue(identifiers.sopInstanceUID),
    ]
  }

  private static func decision(_ decision: Decision?) -> JSONValue {
    guard let decision else { return .null }
    return [
      "label": .string(decision.label), "probability": number(decision.probability),
      "suspicion": number(decision.suspicion), "threshold": number(decision.threshold),
      "suspicious": .bool(decision.isSuspicious),
    ]
  }

  private static func lesion(_ lesion: Lesion, number: Int) -> JSONValue {
    [
      "number": .integer(number), "area_pixels": .integer(lesion.area),
      "longest_diameter_pixels": JSONValue(lesion.diameters.longest, decimals: 2),
      "shortest_diameter_pixels": JSONValue(lesion.diameters.shortest, decimals: 2),
      "area_mm2": JSONValue(lesion.areaMM2, decimals: 3),
      "longest_diameter_mm": JSONValue(lesion.diametersMM?.longest, decimals: 3),
      "shortest_diameter_mm": JSONValue(lesion.diametersMM?.shortest, decimals: 3),
      "centroid": [
        "x": JSONValue(lesion.centroid.x, decimals: 2),
        "y": JSONValue(lesion.centroid.y, decimals: 2),
      ],
      "box": [
        "x": .integer(lesion.box.x), "y": .integer(lesion.box.y),
        "width": .integer(lesion.box.width), "height": .integer(lesion.box.height),
      ],
      "mean_intensity": JSONValue(lesion.meanIntensity, decimals: 3),
      "probability": JSONValue(lesion.meanProbability, decimals: 4),
      "touches_edge": .bool(lesion.touchesEdge),
    ]
  }

  private static func timings(_ timings: ScreeningTimings, _ decoding: Double) -> JSONValue {
    [
      "decoding": JSONValue(decoding, decimals: 4),
      "preprocessing": JSONValue(timings.preprocessing, decimals: 4),
      "network": JSONValue(timings.network, decimals: 4),
      "measuring": JSONValue(timings.measuring, decimals: 4),
    ]
  }

  private static func integer(_ value: Int?) -> JSONValue { value.map(JSONValue.integer) ?? .null }

  private static func number(_ value: Float) -> JSONValue {
    JSONValue(Double(value), decimals: 6)
  }
}
