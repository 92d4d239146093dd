private import Codecs
private import DICOM
private import Files
internal import Imaging
internal import Intake

/// The work of `imgdx convert`.
struct Conversion {
  let file: ImageFile
  let format: Format
  /// From 0; nil for the first, or all where the output holds several.
  let frame: Int?
  /// Whether DICOM output names the patient.
  let includesPHI: Bool

  enum Format {
    case png, jpeg, npy, dicom

    /// Nil for an extension that is not written.
    init?(path: String) {
      let name = path.lowercased()
      if name.hasSuffix(".png") {
        self = .png
      } else if name.hasSuffix(".jpg") || name.hasSuffix(".jpeg") {
        self = .jpeg
      } else if name.hasSuffix(".npy") {
        self = .npy
      } else if name.hasSuffix(".dcm") {
        self = .dicom
      } else {
        return nil
      }
    }
  }

  /// Writes stored values.
  func writeStored(to path: String) throws {
    if format == .npy { return try writeArray(to: path) }
    if format == .dicom { return try writeObject(to: path, window: nil) }
    let stored = try file.storedFrame(frame ?? 0)
    for remark in stored.remarks { Terminal.warn("\(file.path): \(remark)") }
    guard stored.samples == 1 || stored.samples == 3 else {
      throw ConversionError.cannotHold(path: path, what: "\(stored.samples) samples a pixel")
    }
    let image = Image(
      width: stored.width, height: stored.height, channels: stored.samples, pixels: stored.pixels,
      bitsStored: stored.bitsStored)
    switch image.pixels {
    case .uint8: break
    case .uint16 where format == .png: break
    default: throw ConversionError.cannotHold(path: path, what: "these stored values")
    }
    try write(image, to: path)
  }

  private func writeArray(to path: String) throws {
    let frames = frame.map { $0..<($0 + 1) } ?? 0..<file.facts.frames
    var remarks = [String]()
    try FrameArray(path: path).write(frames.count) { index in
      let stored = try file.storedFrame(frames.lowerBound + index)
      for remark in stored.remarks where !remarks.contains(remark) { remarks.append(remark) }
      return stored
    } differing: { index in
      // Pages of a TIFF file may differ.
      .framesDiffer(path: file.path, frame: frames.lowerBound + index + 1)
    }
    for remark in remarks { Terminal.warn("\(file.path): \(remark)") }
  }

  /// Writes the picture as it is meant to be seen.
  func writeShown(to path: String, window: Window?) throws {
    if format == .dicom { return try writeObject(to: path, window: window) }
    var image = try file.frame(frame ?? 0)
    for warning in image.attributes.warnings { Terminal.warn("\(file.path): \(warning)") }
    if let window {
      guard !image.isColor else {
        throw ConversionError.windowOnColor(path: file.path)
      }
      image.attributes.windows = [window]
    }
    let bits = format == .png && image.pixels.bitsAllocated > 8 ? 16 : 8
    try write(image.shown(bits: bits), to: path)
  }

  /// Writes a Secondary Capture object: grey samples as stored, their meaning beside them.
  private func writeObject(to path: String, window: Window?) throws {
    let frames = frame.map { $0..<($0 + 1) } ?? 0..<file.facts.frames
    var images = [Image]()
    for index in frames {
      var image = try file.frame(index)
      if let window { image.attributes.windows = [window] }
      images.append(image)
    }
    guard let first = images.first else { return }
    for warning in first.attributes.warnings { Terminal.warn("\(file.path): \(warning)") }
    var description = ObjectDescription(
      derivedFrom: first, sourceHash: file.digest.description, includesIdentifiers: includesPHI)
    description.seriesDescription = "imgdx converted"
    description.sourceFacts = file.sourceFacts(frames: frames, keepsValues: true)
    let bytes: [UInt8]
    do throws(DICOMWriteError) {
      bytes = try DICOMWriter.encode(images, description)
    } catch { throw ConversionError.cannotWrite(source: file.path, reason: "\(error)") }
    try AtomicFile.write(bytes, to: path)
  }

  private func write(_ image: Image, to path: String) throws {
    let bytes =
      switch format {
      case .png: try PNGCodec.encode(image)
      case .jpeg: try JPEGCodec.encode(image)
      case .npy: NPYArray(shape: Conversion.shape(image), values: image.pixels).encoded()
      case .dicom:
        try DICOMWriter.encode([image], ObjectDescription(.secondaryCapture, seed: file.path))
      }
    try AtomicFile.write(bytes, to: path)
  }

  private static func shape(_ image: Image) -> [Int] {
    image.isColor ? [image.height, image.width, 3] : [image.height, image.width]
  }
}

/// Why a conversion cannot be done.
enum ConversionError: Error, CustomStringConvertible {
  /// The output format has no room for these values.
  case cannotHold(path: String, what: String)
  /// Windows are for grey images.
  case windowOnColor(path: String)
  /// An array holds frames of one size and type. Counted from 1.
  case framesDiffer(path: String, frame: Int)
  /// No DICOM object holds what the source does.
  case cannotWrite(source: String, reason: String)
  /// The same as frames that differ of a series; the path is that of the slice.
  case slicesDiffer(path: String)

  var description: String {
    switch self {
    case .cannotHold(let path, let what):
      "\(path): this format cannot hold \(what); write to .npy, or leave --raw out"
    case .windowOnColor(let path):
      "\(path): a window applies to grey images, and this one is in colour"
    case .framesDiffer(let path, let frame):
      "\(path): frame \(frame) has another size or type than the first; convert one by --frame"
    case .cannotWrite(let path, let reason): "\(path): \(reason)"
    case .slicesDiffer(let path):
      "\(path): this slice has another size or type than the first of its series"
    }
  }
}
