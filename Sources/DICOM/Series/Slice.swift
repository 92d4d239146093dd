package import Imaging

/// One frame of a series as a plane in the patient (PS3.3 C.7.6.2), and where to find it.
package struct Slice: Sendable, Equatable {
  /// The file, as it was opened.
  package let path: String
  /// From 0.
  package internal(set) var frame: Int
  package let sopInstanceUID: String
  package let instanceNumber: Int?
  package let width: Int
  package let height: Int
  /// Nil where the file does not tell it, or tells nonsense.
  package internal(set) var geometry: PlaneGeometry?
  /// True where the file states a position or an orientation, believable or not.
  package let statesPlane: Bool
  package let pixelSpacing: PixelSpacing?
  package let frameOfReferenceUID: String?
  package let rescale: Rescale
  /// What rescaled values are, as the file writes it.
  package let rescaleType: String?
  package let source: SliceSource

  /// - Parameter statesPlane: nil where that is so with a geometry only.
  package init(
    path: String, frame: Int, sopInstanceUID: String, instanceNumber: Int?, width: Int,
    height: Int, geometry: PlaneGeometry?, statesPlane: Bool? = nil,
    pixelSpacing: PixelSpacing? = nil, frameOfReferenceUID: String? = nil,
    rescale: Rescale = .identity, rescaleType: String? = nil,
    source: SliceSource = SliceSource()
  ) {
    self.path = path
    self.frame = frame
    self.sopInstanceUID = sopInstanceUID
    self.instanceNumber = instanceNumber
    self.width = width
    self.height = height
    self.geometry = geometry
    self.statesPlane = statesPlane ?? (geometry != nil)
    self.pixelSpacing = pixelSpacing
    self.frameOfReferenceUID = frameOfReferenceUID
    self.rescale = rescale
    self.rescaleType = rescaleType
    self.source = source
  }
}

/// Image Position and Image Orientation (Patient), in millimetres.
package struct PlaneGeometry: Sendable, Equatable {
  package typealias Vector = SIMD3<Double>
  /// The centre of the first pixel.
  package let position: Vector
  /// Unit vectors along a row and down a column.
  package let row: Vector
  package let column: Vector

  /// Nil unless both directions have length 1 and are perpendicular, as the standard wants.
  package init?(position: Vector, row: Vector, column: Vector) {
    func isUnit(_ vector: Vector) -> Bool { abs((vector * vector).sum() - 1) < 1e-2 }
    guard isUnit(row), isUnit(column), abs((row * column).sum()) < 1e-2,
      (position * position).sum().isFinite
    else { return nil }
    self.position = position
    self.row = row
    self.column = column
  }

  /// Across the plane.
  package var normal: Vector {
    Vector(
      row.y * column.z - row.z * column.y, row.z * column.x - row.x * column.z,
      row.x * column.y - row.y * column.x)
  }

  /// The plane that lies further along the normal, nil for one out of all bounds.
  func moved(by distance: Double) -> PlaneGeometry? {
    PlaneGeometry(position: position + normal * distance, row: row, column: column)
  }

  /// Within a degree of each other.
  func isParallel(to other: PlaneGeometry) -> Bool {
    (row * other.row).sum() > 0.9998 && (column * other.column).sum() > 0.9998
  }
}

extension DICOMFile {
  /// Study and Series Instance UID; nil where the file has none and belongs to no series.
  package var seriesKey: (study: String, series: String)? {
    guard let study = dataSet.text(.studyInstanceUID), let series = dataSet.text(.seriesInstanceUID)
    else { return nil }
    return (study, series)
  }

  /// Every frame as a slice.
  package func slices(path: String) -> [Slice] {
    // Frames past those with functional groups of their own are alike.
    let stack = stack()
    let source = sliceSource
    let common = slice(path, frame: frameGroups.count, in: stack?.plane, source)
    return (0..<pixels.frames).map { index in
      var slice =
        index < frameGroups.count ? slice(path, frame: index, in: stack?.plane, source) : common
      slice.frame = index
      if let stack { slice.geometry = slice.geometry?.moved(by: stack.offsets[index]) }
      return slice
    }
  }

  /// Of objects that state one plane for all frames: where, and how far along its normal each frame
  /// lies, in millimetres.
  private func stack() -> (plane: DataSet, offsets: [Double])? {
    // RT dose (PS3.3 C.8.8.3.2): distances, or z coordinates of which the first is the position's.
    let grid = dataSet.numbers(.gridFrameOffsetVector)
    if grid.count == pixels.frames { return (dataSet, grid.map { $0 - grid[0] }) }
    // Reconstructed nuclear medicine (C.8.4.15): the sign of the spacing is the direction.
    let numbers = dataSet.integers(.sliceVector)
    guard numbers.count == pixels.frames, dataSet.texts(.imageType).contains("RECON TOMO"),
      let spacing = dataSet.number(.spacingBetweenSlices),
      let plane = dataSet.items(.detectorInformation).first
    else { return nil }
    return (plane, numbers.map { Double($0 - 1) * spacing })
  }

  /// - Parameter plane: what states the plane where no functional group does.
  private func slice(
    _ path: String, frame index: Int, in plane: DataSet?, _ source: SliceSource
  ) -> Slice {
    func numbers(_ sequence: Attribute, _ attribute: Attribute) -> [Double] {
      let stated = group(sequence, frame: index).numbers(attribute)
      return stated.isEmpty ? plane?.numbers(attribute) ?? [] : stated
    }
    var position = numbers(.planePositionSequence, .imagePositionPatient)
    var axes = numbers(.planeOrientationSequence, .imageOrientationPatient)
    if position.isEmpty && axes.isEmpty {
      // Ultrasound volumes count from an origin of their own (PS3.3 C.8.24.3).
      position = numbers(.planePositionVolumeSequence, .imagePositionVolume)
      axes = numbers(.planeOrientationVolumeSequence, .imageOrientationVolume)
    }
    // What there is to remark of a frame is told where it is read.
    var remarks = [String]()
    return Slice(
      path: path, frame: index, sopInstanceUID: dataSet.text(.sopInstanceUID) ?? path,
      instanceNumber: dataSet.integer(.instanceNumber), width: pixels.columns,
      height: pixels.rows, geometry: PlaneGeometry(position: position, axes: axes),
      statesPlane: !position.isEmpty || !axes.isEmpty,
      pixelSpacing: SpacingResolver(file: self, frame: index).resolve(warnings: &remarks),
      frameOfReferenceUID: dataSet.text(.frameOfReferenceUID),
      rescale: rescale(frame: index, warnings: &remarks),
      rescaleType: group(.pixelValueTransformation, frame: index).text(.rescaleType),
      source: source)
  }
}

extension PlaneGeometry {
  /// From the values of the two attributes.
  fileprivate init?(position: [Double], axes: [Double]) {
    guard position.count == 3, axes.count == 6 else { return nil }
    self.init(
      position: .init(position[0], position[1], position[2]),
      row: .init(axes[0], axes[1], axes[2]), column: .init(axes[3], axes[4], axes[5]))
  }
}
