/// What an image's samples mean and where they come from.
package struct ImageAttributes: Sendable, Equatable {
  /// DICOM Modality ("US", "CT"), absent for PNG and JPEG, and where a file names none.
  package var modality: String?
  /// True for an image of a modality that its file does not name: its samples are measurements all
  /// the same, not shades of a picture.
  package var isUnnamedModality = false
  /// Size of a pixel, where the file tells it.
  package var pixelSpacing: PixelSpacing?
  /// Stored value to modality value (Hounsfield units and the like).
  package var rescale: Rescale
  /// True for MONOCHROME1: the smallest value is shown white. Samples stay as stored.
  package var isInverted: Bool
  /// VOI windows in modality values, the file's preferred one first.
  package var windows: [Window] {
    // Whoever sets a window wants it to hold.
    didSet { voiLookupTable = nil }
  }
  /// The file's VOI lookup table, which goes before its windows.
  package var voiLookupTable: VOILookupTable?
  /// Stored values from `lowerBound` to `upperBound` that fill the area outside the image (Pixel Padding Value).
  package var padding: ClosedRange<Double>?
  /// Identifiers; never written to outputs unless the user asks.
  package var identifiers: Identifiers
  /// Enhancement steps applied so far, in order, in the text form that `--denoise`/`--contrast` take.
  package var history: [String]
  /// Remarks for the reader of the results ("pixel spacing differs between axes").
  package var warnings: [String]

  package init(
    modality: String? = nil, pixelSpacing: PixelSpacing? = nil, rescale: Rescale = .identity,
    isInverted: Bool = false, windows: [Window] = [], padding: ClosedRange<Double>? = nil,
    identifiers: Identifiers = Identifiers(), history: [String] = [], warnings: [String] = []
  ) {
    self.modality = modality
    self.pixelSpacing = pixelSpacing
    self.rescale = rescale
    self.isInverted = isInverted
    self.windows = windows
    self.padding = padding
    self.identifiers = identifiers
    self.history = history
    self.warnings = warnings
  }
}

/// Distance between the centres of neighbouring pixels in millimetres.
package struct PixelSpacing: Sendable, Equatable, Codable {
  /// Between rows (vertical distance).
  package let row: Double
  /// Between columns (horizontal distance).
  package let column: Double

  /// Nil unless both distances are finite and above zero: a file that says otherwise knows no spacing.
  package init?(row: Double, column: Double) {
    guard row.isFinite, column.isFinite, row > 0, column > 0 else { return nil }
    self.row = row
    self.column = column
  }

  /// False for sizes that no image has: below 10 nanometres or above 10 centimetres a pixel.
  package var isPlausible: Bool {
    let sizes = 1e-5...100
    return sizes.contains(row) && sizes.contains(column)
  }
}

/// Rescale Slope and Rescale Intercept: modality value = stored value x slope + intercept.
package struct Rescale: Sendable, Equatable, Codable {
  package var slope: Double
  package var intercept: Double
  package static let identity = Rescale(slope: 1, intercept: 0)

  package init(slope: Double, intercept: Double) {
    self.slope = slope
    self.intercept = intercept
  }

  package func callAsFunction(_ stored: Double) -> Double { stored * slope + intercept }
}

/// Window Center and Window Width with their VOI LUT Function, in modality values (PS3.3 C.11.2.1.2).
package struct Window: Sendable, Equatable, Codable {
  package enum Function: String, Sendable, Codable {
    case linear = "LINEAR"
    case linearExact = "LINEAR_EXACT"
    case sigmoid = "SIGMOID"
  }
  package var center: Double
  package var width: Double
  package var function: Function
  package var explanation: String?

  package init(
    center: Double, width: Double, function: Function = .linear, explanation: String? = nil
  ) {
    self.center = center
    self.width = width
    self.function = function
    self.explanation = explanation
  }
}

/// What identifies a study; protected health information unless proven otherwise.
package struct Identifiers: Sendable, Equatable {
  package var patientName: String?
  package var patientID: String?
  package var patientBirthDate: String?
  package var studyInstanceUID: String?
  package var seriesInstanceUID: String?
  package var sopInstanceUID: String?
  package var sopClassUID: String?
  /// Frame number from 1 in a multi-frame object, nil for single images.
  package var frame: Int?

  package init() {}
}
