/// The Image Pixel module (PS3.3 C.7.6.3): what the samples are, checked to make sense.
package struct PixelDescription: Sendable, Equatable {
  package let rows: Int
  package let columns: Int
  /// Samples of one pixel: 1, or 3 for colour; 2 to 4 occur in retired encodings.
  package let samples: Int
  package let frames: Int
  package let photometric: Photometric
  /// Bits of one cell, 1...64.
  package let bitsAllocated: Int
  /// Bits of the cell that hold the sample, the highest of them ``highBit``.
  package let bitsStored: Int
  package let highBit: Int
  package let isSigned: Bool
  package let isFloatingPoint: Bool
  /// True where the planes of a colour image follow each other.
  package let isPlanar: Bool

  /// Photometric Interpretation (PS3.3 C.7.6.3.1.2).
  package enum Photometric: Sendable, Equatable {
    case monochrome1, monochrome2, paletteColor, rgb
    case ybrFull, ybrFull422, ybrPartial422, ybrPartial420, ybrICT, ybrRCT
    case other(String)

    init(_ name: String) {
      switch name.uppercased() {
      case "MONOCHROME1": self = .monochrome1
      case "MONOCHROME2": self = .monochrome2
      case "PALETTE COLOR": self = .paletteColor
      case "RGB": self = .rgb
      case "YBR_FULL": self = .ybrFull
      case "YBR_FULL_422": self = .ybrFull422
      case "YBR_PARTIAL_422": self = .ybrPartial422
      case "YBR_PARTIAL_420": self = .ybrPartial420
      case "YBR_ICT": self = .ybrICT
      case "YBR_RCT": self = .ybrRCT
      default: self = .other(name)
      }
    }

    /// Samples that go with it; nil where that is not known.
    var samples: Int? {
      switch self {
      case .monochrome1, .monochrome2, .paletteColor: 1
      case .other: nil
      default: 3
      }
    }
  }

  /// Samples of one frame once unpacked. Cannot overflow: the limits were applied.
  package var samplesOfFrame: Int { rows * columns * samples }

  init(
    _ dataSet: DataSet, pixelTag: Tag, limits: DICOMLimits, warnings: inout [String]
  ) throws(DICOMError) {
    rows = try PixelDescription.size(.rows, dataSet)
    columns = try PixelDescription.size(.columns, dataSet)
    let pixels = rows * columns
    guard pixels <= limits.maximumPixels else {
      throw .exceedsLimit(
        what: "the \(columns) x \(rows) pixels are more than the limit of \(limits.maximumPixels)")
    }
    frames = try PixelDescription.frameCount(dataSet, limits: limits)
    let stated = dataSet.text(.photometricInterpretation)
    samples =
      dataSet.integer(.samplesPerPixel) ?? stated.flatMap { Photometric($0).samples } ?? 1
    guard (1...4).contains(samples) else {
      throw .invalid(Attribute.samplesPerPixel.tag, reason: "\(samples) samples a pixel")
    }
    if stated == nil { warnings.append("the file has no Photometric Interpretation") }
    photometric = Photometric(stated ?? (samples == 3 ? "RGB" : "MONOCHROME2"))
    let expected = photometric.samples
    if let expected, expected != samples, let stated {
      warnings.append(
        "\(samples) samples a pixel do not go with Photometric Interpretation \(stated): "
          + "shown as \(samples == 1 ? "grey" : "RGB")")
    }
    isPlanar = samples > 1 && dataSet.integer(.planarConfiguration) == 1
    isFloatingPoint = pixelTag != .pixelData
    let defaultBits = pixelTag == .doubleFloatPixelData ? 64 : pixelTag == .pixelData ? nil : 32
    bitsAllocated = try PixelDescription.allocated(dataSet, orElse: defaultBits)
    isSigned = isFloatingPoint || dataSet.integer(.pixelRepresentation) == 1
    (bitsStored, highBit) = try PixelDescription.stored(
      dataSet, allocated: bitsAllocated, isFloatingPoint: isFloatingPoint, warnings: &warnings)
  }

  private static func size(_ attribute: Attribute, _ dataSet: DataSet) throws(DICOMError) -> Int {
    guard let value = dataSet.integer(attribute) else {
      throw .missing(attribute.tag, keyword: attribute.keyword)
    }
    guard value > 0 && value <= 0xFFFF else {
      throw .invalid(attribute.tag, reason: "\(attribute.keyword) is \(value)")
    }
    return value
  }

  private static func frameCount(_ dataSet: DataSet, limits: DICOMLimits) throws(DICOMError) -> Int
  {
    let attribute = Attribute.numberOfFrames
    guard dataSet.has(attribute) else { return 1 }
    guard let frames = dataSet.integer(attribute) else {
      throw .invalid(attribute.tag, reason: "\(attribute.keyword) is not a number")
    }
    guard frames >= 0 else { throw .invalid(attribute.tag, reason: "\(frames) frames") }
    guard frames <= limits.maximumFrames else {
      throw .exceedsLimit(
        what: "the \(frames) frames are more than the limit of \(limits.maximumFrames)")
    }
    return max(frames, 1)
  }

  private static func allocated(_ dataSet: DataSet, orElse defaultBits: Int?) throws(DICOMError)
    -> Int
  {
    let attribute = Attribute.bitsAllocated
    guard let bits = defaultBits ?? dataSet.integer(attribute) else {
      throw .missing(attribute.tag, keyword: attribute.keyword)
    }
    guard (1...32).contains(bits) || bits == 64 else {
      throw .invalid(attribute.tag, reason: "\(bits) bits allocated")
    }
    return bits
  }

  private static func stored(
    _ dataSet: DataSet, allocated: Int, isFloatingPoint: Bool, warnings: inout [String]
  ) throws(DICOMError) -> (Int, Int) {
    if isFloatingPoint { return (allocated, allocated - 1) }
    let stored = dataSet.integer(.bitsStored) ?? allocated
    guard stored >= 1 && stored <= allocated else {
      throw .invalid(
        Attribute.bitsStored.tag, reason: "\(stored) bits stored of \(allocated) allocated")
    }
    let high = dataSet.integer(.highBit) ?? stored - 1
    guard high >= stored - 1 && high < allocated else {
      warnings.append("High Bit \(high) does not fit \(stored) bits stored; \(stored - 1) is used")
      return (stored, stored - 1)
    }
    return (stored, high)
  }
}

extension PixelDescription {
  /// True for luminance and two colour differences.
  var isYBR: Bool {
    switch photometric {
    case .ybrFull, .ybrFull422, .ybrPartial422, .ybrPartial420, .ybrICT, .ybrRCT: true
    default: false
    }
  }

  /// True where uncompressed colour differences are stored for every second pixel only.
  var isSubsampled: Bool { photometric == .ybrFull422 || photometric == .ybrPartial422 }
}
