internal import Imaging

/// Codestreams of more bits than Bits Stored. Most hold samples that fit all the same: sixteen bits are
/// what many encoders take. Where they do not fit, Bits Stored is wrong, and the codestream is what holds
/// the data.
struct WiderCodestream {
  /// How the file says that samples lie in the codestream's cells.
  private let declared: CellFormat
  /// Unsigned cells of all the bits that the codestream has.
  let cells: CellFormat
  private let isLossy: Bool
  /// Whether the codestream marks its samples as signed.
  private let isSigned: Bool

  /// Nil where masking or limiting the cells as declared is right whatever they hold: the sample lies
  /// elsewhere in its cell, or overlays lie beside it.
  init?(_ file: DICOMFile, _ declared: CellFormat, precision: Int, isSigned: Bool = false) {
    isLossy = file.transferSyntax.isLossy
    self.isSigned = isSigned
    guard precision > declared.stored, declared.high == declared.stored - 1,
      !(isLossy && (declared.isSigned || isSigned)), !file.hasOverlaysInCells
    else { return nil }
    var cells = declared
    cells.stored = precision
    cells.high = precision - 1
    cells.isSigned = false
    cells.isLimited = false
    self.declared = declared
    self.cells = cells
  }

  /// The samples, and the bits that they have.
  /// - Parameter patterns: what the codestream gave, in the format ``cells``.
  func samples(_ patterns: PixelBuffer) -> (PixelBuffer, bits: Int) {
    let most: UInt32 =
      switch patterns {
      case .uint8(let cells): UInt32(cells.reduce(0, max))
      case .uint16(let cells): UInt32(cells.reduce(0, max))
      default: patterns.cells().reduce(0, max)
      }
    if most >> UInt32(declared.stored) == 0 && !declared.isSigned {
      return (patterns, declared.stored)
    }
    // What a lossy codestream puts beside the range is beyond it by little: it is limited.
    let bound = (UInt64(isLossy ? 3 : 2) << UInt64(declared.stored)) / 2
    let isPattern = !isSigned && most < bound
    if isPattern || ((isSigned || declared.isSigned) && isSignExtended(patterns)) {
      return (Cells.samples(of: patterns, declared), declared.stored)
    }
    guard declared.isSigned else { return (patterns, cells.stored) }
    var whole = cells
    whole.isSigned = true
    return (Cells.samples(of: patterns, whole), cells.stored)
  }

  /// True where all patterns are numbers of the declared bits whose sign was extended.
  private func isSignExtended(_ patterns: PixelBuffer) -> Bool {
    let half = UInt64(1) << UInt64(declared.stored - 1)
    let between = half..<(UInt64(1) << UInt64(cells.stored)) - half
    func check<Cell: UnsignedInteger>(_ cells: [Cell]) -> Bool {
      !cells.contains { between.contains(UInt64($0)) }
    }
    return switch patterns {
    case .uint8(let cells): check(cells)
    case .uint16(let cells): check(cells)
    default: check(patterns.cells())
    }
  }
}

extension DICOMFile {
  /// Old overlays lie in bits beside the sample: their Overlay Bit Position (60xx,0102) is not 0.
  fileprivate var hasOverlaysInCells: Bool {
    overlayGroups.contains { group in
      dataSet.integer(Attribute.overlayBitPosition(group)) ?? 0 > 0
    }
  }
}
