package import Imaging

/// Frames as images: colour resolved to RGB, meaning attached.
extension DICOMFile {
  /// Decodes frame `index` (from 0). Grey samples stay as stored, with rescale and windows in the
  /// attributes; a Modality LUT, which is no formula, is applied. Colour becomes RGB.
  package func image(_ index: Int) throws(DICOMError) -> Image {
    let stored = try storedFrame(index)
    var attributes = self.attributes(ofFrame: index)
    attributes.warnings += stored.remarks
    switch pixels.photometric {
    case .paletteColor:
      guard stored.samples == 1, let tables = palettes() else {
        throw .undecodable(frame: index + 1, reason: "its colour palette is missing or damaged")
      }
      attributes.forgetGreyScale()
      if tables.contains(where: \.isShort) {
        attributes.warnings.append(LookupTable.remarkOnShort("colour palette"))
      }
      let (rgb, bits) = ColorConversion.rgb(
        indices: stored.pixels, red: tables[0], green: tables[1], blue: tables[2])
      return image(rgb, channels: 3, bits: bits, attributes)
    case _ where stored.samples == 1:
      return try greyImage(stored, attributes)
    case _ where stored.samples == 3:
      attributes.forgetGreyScale()
      if case .other(let name) = pixels.photometric {
        throw .unsupported(what: "Photometric Interpretation \(name)")
      }
      let isPartial = pixels.photometric == .ybrPartial422 || pixels.photometric == .ybrPartial420
      let rgb =
        stored.isYBR
        ? ColorConversion.rgb(ybr: stored.pixels, bits: stored.bitsStored, isPartial: isPartial)
        : stored.pixels
      return image(rgb, channels: 3, bits: stored.bitsStored, attributes)
    default: throw .unsupported(what: "a picture of \(stored.samples) samples a pixel")
    }
  }

  private func image(
    _ samples: PixelBuffer, channels: Int, bits: Int, _ attributes: ImageAttributes
  ) -> Image {
    Image(
      width: pixels.columns, height: pixels.rows, channels: channels, pixels: samples,
      bitsStored: bits, attributes: attributes)
  }

  private func greyImage(_ stored: StoredFrame, _ attributes: ImageAttributes) throws(DICOMError)
    -> Image
  {
    guard !stored.pixels.isFloatingPoint, let table = try modalityTable() else {
      return image(stored.pixels, channels: 1, bits: stored.bitsStored, attributes)
    }
    var attributes = attributes
    attributes.rescale = .identity
    if table.isShort { attributes.warnings.append(LookupTable.remarkOnShort("Modality LUT")) }
    let isSigned = stored.pixels.isSigned
    let cells = stored.pixels.cells().map { cell in
      isSigned ? Int(Int32(bitPattern: cell)) : Int(cell)
    }
    guard let padding = attributes.padding else {
      return image(.uint16(cells.map { table[$0] }), channels: 1, bits: table.bits, attributes)
    }
    // The table may give padding and what is none the same value: padding gets one of its own.
    let largest = table.entries.reduce(0, max)
    if largest <= UInt16(Int16.max) {
      attributes.padding = -1 ... -1
      let values = cells.map { padding.contains(Double($0)) ? -1 : Int16(table[$0]) }
      return image(.int16(values), channels: 1, bits: min(table.bits + 1, 16), attributes)
    }
    let given = Set(table.entries)
    if let free = (UInt16.min...UInt16.max).first(where: { !given.contains($0) }) {
      attributes.padding = Double(free)...Double(free)
      let values = cells.map { padding.contains(Double($0)) ? free : table[$0] }
      return image(.uint16(values), channels: 1, bits: table.bits, attributes)
    }
    attributes.padding = -1 ... -1
    let values = cells.map { padding.contains(Double($0)) ? -1 : Int32(table[$0]) }
    return image(.int32(values), channels: 1, bits: table.bits + 1, attributes)
  }

  private func palettes() -> [LookupTable]? {
    let tables = (0..<3).compactMap {
      LookupTable(palette: $0, of: dataSet, isInputSigned: pixels.isSigned)
    }
    return tables.count == 3 ? tables : nil
  }

  /// Nil where there is none, and for the projections in which it leads back to the X-ray intensity
  /// (Pixel Intensity Relationship, PS3.3 C.8.7.1.1.2): their windows, and their shades, are those of the
  /// stored values.
  /// - Throws: for one that cannot be read, without which the values mean something else.
  private func modalityTable() throws(DICOMError) -> LookupTable? {
    let attribute = Attribute.modalityLUTSequence
    let isOfIntensity = dataSet.text(.sopClassUID).map(SOPClass.angiography.contains) ?? false
    guard dataSet.has(attribute), !isOfIntensity else { return nil }
    let item = dataSet.items(attribute).first
    if let item, !item.statesTable { return nil }
    guard let table = item.flatMap({ LookupTable(item: $0, isInputSigned: pixels.isSigned) })
    else {
      throw .invalid(attribute.tag, reason: "its \(attribute.keyword) holds no whole table")
    }
    return table
  }

  /// The first table of the VOI LUT Sequence. Its input are modality values, which may be negative
  /// where samples or the intercept are.
  func voiTable(frame index: Int, rescale: Rescale, warnings: inout [String]) -> VOILookupTable? {
    let isMapped = (try? modalityTable()) != nil
    let isSigned = !isMapped && (pixels.isSigned || rescale.intercept < 0)
    let group = group(.frameVOILUTSequence, frame: index)
    guard let item = group.items(.voiLUTSequence).first, item.statesTable else { return nil }
    guard let table = LookupTable(item: item, isInputSigned: isSigned) else {
      warnings.append("the file's VOI LUT holds no whole table and is not applied")
      return nil
    }
    if table.isShort { warnings.append(LookupTable.remarkOnShort("VOI LUT")) }
    let largest = Float((1 << table.bits) - 1)
    return VOILookupTable(
      firstMapped: table.firstMapped, shades: table.entries.map { Float($0) / largest })
  }
}

extension DataSet {
  /// False for an item that was put there and left empty.
  fileprivate var statesTable: Bool { has(.lutDescriptor) || has(.lutData) }
}

extension ImageAttributes {
  /// Rescale, windows and padding are for grey samples only.
  fileprivate mutating func forgetGreyScale() {
    rescale = .identity
    windows = []
    voiLookupTable = nil
    padding = nil
    isInverted = false
  }
}
