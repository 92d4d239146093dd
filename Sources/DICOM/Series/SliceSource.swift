/// What all frames of one object share, beside their planes.
package struct SliceSource: Sendable, Hashable {
  /// True where the smallest stored value is white (MONOCHROME1).
  package var isInverted = false
  /// What values of positron emission tomography count (Units), as the file writes it.
  package var units: String?
  /// The picture that the frames are tiles of.
  package var tiled: TiledPicture?
  package var concatenation: ConcatenationPart?

  package init() {}
}

/// A picture of a whole slide, cut into frames (PS3.3 C.8.12.4, C.7.6.17.3).
package struct TiledPicture: Sendable, Hashable, CustomStringConvertible {
  /// Pixels of the Total Pixel Matrix, nil where the file says only that frames are tiles.
  let columns: Int?
  let rows: Int?

  package init(columns: Int?, rows: Int?) {
    self.columns = columns
    self.rows = rows
  }

  package var description: String {
    guard let columns, let rows else { return "frames are tiles of a larger picture, not slices" }
    return
      "frames are tiles of a picture of \(columns) x \(rows) pixels (Total Pixel Matrix), not slices"
  }
}

/// One of the objects that an enhanced one is divided into (PS3.3 C.7.6.16.2.2.4).
package struct ConcatenationPart: Sendable, Hashable {
  let uid: String
  /// From 1.
  let number: Int
  /// Nil where the file does not tell it.
  let count: Int?

  package init(uid: String, number: Int, count: Int?) {
    self.uid = uid
    self.number = number
    self.count = count
  }
}

extension DICOMFile {
  /// Nil where the one frame is the whole picture.
  var tiledPicture: TiledPicture? {
    let columns = dataSet.integer(.totalPixelMatrixColumns)
    let rows = dataSet.integer(.totalPixelMatrixRows)
    let isTiled = ["TILED_FULL", "TILED_SPARSE"].contains(dataSet.text(.dimensionOrganizationType))
    let isWhole = pixels.frames == 1 && (columns, rows) == (pixels.columns, pixels.rows)
    let hasMatrix = columns != nil && rows != nil
    guard hasMatrix ? !isWhole : isTiled && pixels.frames > 1 else { return nil }
    return TiledPicture(columns: columns, rows: rows)
  }

  var sliceSource: SliceSource {
    var source = SliceSource()
    source.isInverted = pixels.photometric == .monochrome1
    source.units = dataSet.text(.units)
    source.tiled = tiledPicture
    if let uid = dataSet.text(.concatenationUID),
      let number = dataSet.integer(.concatenationNumber),
      (1...0xFFFF).contains(number)
    {
      source.concatenation = ConcatenationPart(
        uid: uid, number: number,
        count: dataSet.integer(.concatenationCount).map { min(max($0, 1), 0xFFFF) })
    }
    return source
  }
}
