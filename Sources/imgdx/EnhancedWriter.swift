import ArgumentParser
private import Batching
private import Codecs
private import DICOM
internal import Enhancement
private import Files
private import Foundation
internal import Imaging
internal import Intake

/// What `imgdx enhance` writes.
enum EnhancedFormat: String, ExpressibleByArgument, CaseIterable {
  case png
  case dicom

  /// The format that a file's name asks for; nil for a folder.
  init?(path: String) {
    switch (path as NSString).pathExtension.lowercased() {
    case "png": self = .png
    case "dcm": self = .dicom
    default: return nil
    }
  }

  var ending: String { self == .png ? "png" : "dcm" }
}

/// The work of `imgdx enhance`: one input file to its outputs.
struct EnhancedWriter {
  let chain: EnhancementChain
  /// Nil for that of the source.
  let format: EnhancedFormat?
  let includesPHI: Bool
  let limits: Limits

  /// Writes all frames beside each other: a DICOM object, or a PNG for each.
  /// - Parameters:
  ///   - stem: path of the output without its ending; missing folders are made.
  ///   - number: Instance Number of a DICOM object.
  ///   - originals: the files that no output may replace.
  /// - Returns: the files written.
  func write(
    _ path: String, toStem stem: String, number: Int, sparing originals: Originals
  ) throws -> [String] {
    let file = try ImageFile(path: path, limits: limits)
    let format = format ?? (file.dicom == nil ? .png : .dicom)
    try FileManager.default.createDirectory(
      atPath: Folder.parent(of: stem), withIntermediateDirectories: true)
    guard format == .png else {
      let output = "\(stem).dcm"
      try originals.check(output)
      try AtomicFile.write(try object(file, number: number), to: output)
      return [output]
    }
    var outputs: [String] = []
    for index in 0..<file.facts.frames {
      let isOne = file.facts.frames == 1
      let output = "\(isOne ? stem : OutputNames.frame(index + 1, of: stem)).png"
      try originals.check(output)
      try AtomicFile.write(try picture(file, frame: index), to: output)
      outputs.append(output)
    }
    return outputs
  }

  /// Writes one image under a given name.
  /// - Throws: ``EnhancedWriterError/severalFrames(count:)`` for PNG output of a multi-frame file.
  func write(_ path: String, toFile output: String) throws {
    let file = try ImageFile(path: path, limits: limits)
    if EnhancedFormat(path: output) == .dicom {
      return try AtomicFile.write(try object(file, number: 1), to: output)
    }
    guard file.facts.frames == 1 else {
      throw EnhancedWriterError.severalFrames(count: file.facts.frames)
    }
    try AtomicFile.write(try picture(file, frame: 0), to: output)
  }

  private func picture(_ file: ImageFile, frame: Int) throws -> [UInt8] {
    let source = try file.frame(frame)
    let bits = source.pixels.bitsAllocated == 8 ? 8 : 16
    return try PNGCodec.encode(try chain.apply(to: source).shown(bits: bits))
  }

  private func object(_ file: ImageFile, number: Int) throws -> [UInt8] {
    var frames: [Image] = []
    for index in 0..<file.facts.frames {
      frames.append(Self.storable(try chain.apply(to: try file.frame(index))))
    }
    guard let first = frames.first else { throw EnhancedWriterError.severalFrames(count: 0) }
    var description = ObjectDescription(
      derivedFrom: first, sourceHash: file.digest.description, includesIdentifiers: includesPHI)
    description.instanceNumber = number
    description.sourceFacts = file.sourceFacts(
      frames: 0..<frames.count, keepsValues: chain.keepsValues)
    return try DICOMWriter.encode(frames, description)
  }

  /// The image as DICOM can hold it: 32-bit and floating-point samples as 16-bit display values, colour
  /// of more than 8 bits as 8.
  private static func storable(_ image: Image) -> Image {
    // What is written has windows, but no lookup table: its values are shown through it first.
    let hasTable = image.attributes.voiLookupTable != nil && !image.isColor
    switch image.pixels {
    case .uint8 where !hasTable: return image
    case .uint16 where !image.isColor && !hasTable, .int16 where !image.isColor && !hasTable:
      return image
    default:
      let shown = image.shown(bits: image.isColor ? 8 : 16)
      var result = image.replacingPixels(shown.pixels, bitsStored: shown.bitsStored)
      result.attributes.rescale = .identity
      result.attributes.isInverted = false
      result.attributes.padding = nil
      let levels = Double(image.isColor ? 256 : 65536)
      result.attributes.windows = [Window(center: levels / 2, width: levels)]
      return result
    }
  }

  /// One line that names the file.
  static func describe(_ error: any Error, path: String) -> String {
    error is IntakeError || error is FileError ? "\(error)" : "\(path): \(error)"
  }
}

/// Why an enhanced image cannot be written.
enum EnhancedWriterError: Error, Equatable, CustomStringConvertible {
  /// One PNG holds one frame.
  case severalFrames(count: Int)

  var description: String {
    switch self {
    case .severalFrames(let count):
      "it has \(count) frames, and a PNG holds one: give a folder, or a name that ends in .dcm"
    }
  }
}
