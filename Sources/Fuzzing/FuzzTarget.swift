internal import Files
private import Foundation

@testable internal import Codecs
@testable internal import DICOM
@testable internal import ModelFiles

/// A decoder that takes bytes from strangers. Whatever they hold, it gives a value or an error.
enum FuzzTarget: String, CaseIterable {
  case png, jpeg, jpeg2000, tiff, npy, dicom, rle, jpegframe, jpeglsframe, jpeg2000frame, deflate
  case onnx, safetensors

  /// - Parameter maximumPixels: small while fuzzing, where large pictures would test the memory's
  ///   size and not the decoder.
  func decode(_ bytes: [UInt8], maximumPixels: Int = 1 << 18) {
    let limits = CodecLimits(maximumPixels: maximumPixels)
    switch self {
    case .png:
      _ = try? PNGCodec.image(from: bytes, limits: limits)
    case .jpeg:
      _ = try? JPEGCodec.image(from: bytes, limits: limits)
    case .jpeg2000:
      _ = try? JPEG2000Codec.image(from: bytes, limits: limits)
    case .tiff:
      guard let header = try? TIFFCodec.header(of: bytes, limits: limits) else { return }
      for frame in 0..<min(header.frames, 3) {
        _ = try? TIFFCodec.image(from: bytes, frame: frame, limits: limits)
      }
    case .npy:
      _ = try? NPYArray(reading: bytes)
    case .dicom:
      Self.read(bytes, maximumPixels)
    case .rle, .jpegframe, .jpeglsframe, .jpeg2000frame, .deflate:
      if let object = FrameObject(self, bytes) { Self.read(object.bytes, maximumPixels) }
    case .onnx:
      bytes.withUnsafeBytes { _ = try? Model.decode($0, path: "") }
    case .safetensors:
      _ = Safetensors.decode(Data(bytes))
    }
  }

  /// Everything that `info` and `convert` ask a DICOM file for.
  private static func read(_ bytes: [UInt8], _ maximumPixels: Int) {
    var limits = DICOMLimits()
    limits.maximumPixels = maximumPixels
    limits.maximumBytes = maximumPixels * 16
    limits.maximumFrames = 10_000
    guard let file = try? DICOMFile(FileBytes(bytes), limits: limits) else { return }
    var collector = SeriesCollector()
    collector.add(file, path: "a")
    collector.add(file, path: "b")
    _ = collector.series.map(\.findings)
    _ = file.ultrasoundRegions
    for frame in Set([0, 1, file.pixels.frames - 1]) { _ = try? file.image(frame) }
  }
}
