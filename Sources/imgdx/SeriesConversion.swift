internal import DICOM
internal import Imaging
internal import Intake

/// The work of `imgdx convert FOLDER`: the sorted slices of a series in one `.npy`.
struct SeriesConversion {
  let reader: SeriesReader

  /// - Parameter number: which series of the folder, counted from 1 as `imgdx info FOLDER` counts;
  ///   needed where there are several.
  init(folder: String, number: Int?, limits: Limits) throws {
    let series = try SeriesReader.series(in: folder, limits: limits)
    guard !series.isEmpty else { throw SeriesChoiceError.none(folder: folder) }
    guard number != nil || series.count == 1 else {
      throw SeriesChoiceError.several(folder: folder, count: series.count)
    }
    let number = number ?? 1
    guard number <= series.count else {
      throw SeriesChoiceError.noSuch(folder: folder, number: number, count: series.count)
    }
    reader = SeriesReader(series[number - 1], limits: limits)
  }

  /// The files that the series comes from.
  var paths: [String] { reader.series.slices.map(\.path) }

  /// Writes stored values, or the slices as they are meant to be seen, in 8 bits.
  func write(to path: String, raw: Bool, window: Window?) throws {
    for finding in reader.series.findings {
      if !raw && finding.isOfStoredValues { continue }
      Terminal.warn("\(finding)")
    }
    var shades = SliceShades()
    var remarks = [String]()
    try FrameArray(path: path).write(reader.series.slices.count) { index in
      guard raw else { return try shown(index, window, &shades) }
      let stored = try reader.storedFrame(index)
      for remark in stored.remarks where !remarks.contains(remark) {
        remarks.append(remark)
        Terminal.warn("\(reader.series.slices[index].path): \(remark)")
      }
      return stored
    } differing: { index in
      .slicesDiffer(path: reader.series.slices[index].path)
    }
    for warning in shades.warnings { Terminal.warn(warning) }
  }

  private func shown(_ index: Int, _ window: Window?, _ shades: inout SliceShades) throws
    -> StoredFrame
  {
    var image = try reader.frame(index)
    if let window {
      guard !image.isColor else {
        throw ConversionError.windowOnColor(path: reader.series.slices[index].path)
      }
      image.attributes.windows = [window]
    }
    shades.add(image)
    let picture = image.shown(bits: 8)
    return StoredFrame(
      width: picture.width, height: picture.height, samples: picture.channels,
      pixels: picture.pixels, bitsStored: 8)
  }
}

/// Why it is not clear which series of a folder is meant.
enum SeriesChoiceError: Error, Equatable, CustomStringConvertible {
  case none(folder: String)
  case several(folder: String, count: Int)
  case noSuch(folder: String, number: Int, count: Int)
  case onlyArrays(folder: String)
  case noFolder(path: String)

  var description: String {
    switch self {
    case .none(let folder): "\(folder): the folder holds no series of DICOM images"
    case .several(let folder, let count):
      "\(folder): the folder holds \(count) series; choose by --series, see imgdx info \(folder)"
    case .noSuch(let folder, let number, let count):
      "\(folder): there is no series \(number); the folder holds \(count)"
    case .onlyArrays(let folder):
      "\(folder): a series goes whole into a .npy file; for pictures give its files"
    case .noFolder(let path): "\(path): --series is for folders, and this is none"
    }
  }
}
