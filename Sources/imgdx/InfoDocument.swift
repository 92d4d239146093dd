internal import DICOM
internal import Files
internal import Imaging
internal import Intake

/// What `imgdx info` says of one file.
struct InfoDocument {
  private let file: ImageFile
  private let includesPHI: Bool

  init(_ file: ImageFile, includesPHI: Bool) {
    self.file = file
    self.includesPHI = includesPHI
  }

  private var facts: ImageFacts { file.facts }

  /// One JSON object with the schema "imgdx.info/1".
  var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("schema", .string("imgdx.info/1")), .init("file", .string(file.path)),
      .init("sha256", .string(file.digest.description)),
      .init("bytes", .integer(facts.fileSize)), .init("format", .string(facts.format)),
      .init("width", .integer(facts.width)), .init("height", .integer(facts.height)),
      .init("channels", .integer(facts.channels)), .init("bits", .integer(facts.bits)),
      .init("frames", .integer(facts.frames)), .init("modality", JSONValue(facts.modality)),
      .init("transfer_syntax", JSONValue(facts.transferSyntaxUID)),
      .init("transfer_syntax_name", JSONValue(facts.transferSyntax)),
      .init("photometric_interpretation", JSONValue(facts.photometricInterpretation)),
      .init("spacing_mm", spacing), .init("windows", .array(facts.windows.map(Self.window))),
      .init("warnings", JSONValue(facts.warnings)),
    ]
    let regions = file.dicom?.ultrasoundRegions ?? []
    if !regions.isEmpty {
      members.append(.init("ultrasound_regions", .array(regions.map(Self.region))))
    }
    if includesPHI { members.append(.init("identifiers", identifiers)) }
    return .object(members)
  }

  /// Rows' distance, then columns'.
  private var spacing: JSONValue {
    guard let spacing = facts.pixelSpacing else { return .null }
    return .array([.number(spacing.row), .number(spacing.column)])
  }

  /// Bounds in pixels, both ends included, and the size of a pixel as in `spacing_mm`.
  private static func region(_ region: UltrasoundRegion) -> JSONValue {
    .object([
      .init("left", .integer(region.columns.lowerBound)),
      .init("top", .integer(region.rows.lowerBound)),
      .init("right", .integer(region.columns.upperBound)),
      .init("bottom", .integer(region.rows.upperBound)),
      .init("spacing_mm", .array([.number(region.millimetresY), .number(region.millimetresX)])),
    ])
  }

  private static func window(_ window: Window) -> JSONValue {
    .object([
      .init("center", .number(window.center)), .init("width", .number(window.width)),
      .init("function", .string(window.function.rawValue)),
      .init("explanation", JSONValue(window.explanation)),
    ])
  }

  private var identifiers: JSONValue {
    let identifiers = facts.identifiers
    return .object([
      .init("patient_name", JSONValue(identifiers.patientName)),
      .init("patient_id", JSONValue(identifiers.patientID)),
      .init("patient_birth_date", JSONValue(identifiers.patientBirthDate)),
      .init("study_instance_uid", JSONValue(identifiers.studyInstanceUID)),
      .init("series_instance_uid", JSONValue(identifiers.seriesInstanceUID)),
      .init("sop_instance_uid", JSONValue(identifiers.sopInstanceUID)),
      .init("sop_class_uid", JSONValue(identifiers.sopClassUID)),
    ])
  }

  /// Lines for people.
  var text: String {
    var lines = [file.path.printable]
    func add(_ name: String, _ value: String?) {
      guard let value, !value.isEmpty else { return }
      let gap = String(repeating: " ", count: max(18 - name.count, 1))
      lines.append("  \(name)\(gap)\(value.printable)")
    }
    let channels = facts.channels == 3 ? "colour" : "grey"
    add("format", facts.format)
    add("size", "\(facts.width) x \(facts.height), \(channels), \(facts.bits) bits a sample")
    if facts.frames > 1 { add("frames", "\(facts.frames)") }
    add("modality", facts.modality)
    add("transfer syntax", facts.transferSyntax)
    add("photometric", facts.photometricInterpretation)
    add("pixel spacing", facts.pixelSpacing.map { "\($0.row) x \($0.column) mm (rows x columns)" })
    for window in facts.windows {
      let explanation = window.explanation.map { " (\($0))" } ?? ""
      add("window", "center \(window.center), width \(window.width)\(explanation)")
    }
    if includesPHI {
      add("patient", facts.identifiers.patientName)
      add("patient ID", facts.identifiers.patientID)
      add("birth date", facts.identifiers.patientBirthDate)
      add("study", facts.identifiers.studyInstanceUID)
      add("series", facts.identifiers.seriesInstanceUID)
      add("instance", facts.identifiers.sopInstanceUID)
    }
    add("bytes", "\(facts.fileSize)")
    add("SHA-256", file.digest.description)
    for warning in facts.warnings { add("warning", warning) }
    return lines.joined(separator: "\n")
  }
}
