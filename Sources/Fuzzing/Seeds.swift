internal import Files
private import Foundation
internal import Imaging

@testable internal import Codecs
@testable internal import DICOM

/// What fuzzing starts from: files of the decoder's kind in folders, and a few made here, so that
/// it starts somewhere without any folder too.
struct Seeds {
  let target: FuzzTarget

  /// Larger files are mutated too slowly to find anything.
  private static let largest = 1 << 16

  /// Writes the seeds into `folder`, each under a number.
  /// - Returns: how many there are.
  func write(to folder: String, from sources: [String]) throws -> Int {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var count = 0
    for bytes in made {
      try AtomicFile.write(bytes, to: "\(folder)/made-\(count)")
      count += 1
    }
    try forEach(in: sources) { bytes in
      guard bytes.count <= Self.largest else { return }
      try AtomicFile.write(bytes, to: "\(folder)/seed-\(count)")
      count += 1
    }
    return count
  }

  /// Calls `body` with every file below the folders that is of the decoder's kind, large ones too.
  func forEach(in sources: [String], _ body: ([UInt8]) throws -> Void) rethrows {
    for source in sources {
      for path in files(below: source) {
        if let bytes = seed(from: path) { try body(bytes) }
      }
    }
  }

  private func files(below source: String) -> [String] {
    guard let all = FileManager.default.enumerator(atPath: source) else { return [] }
    return all.compactMap { $0 as? String }.sorted().map { "\(source)/\($0)" }
  }

  private func seed(from path: String) -> [UInt8]? {
    guard let source = try? FileBytes(path: path, maximumBytes: 1 << 28) else { return nil }
    let bytes = source.bytes(0..<source.count)
    switch target {
    case .png, .jpeg, .jpeg2000, .tiff, .npy:
      return ImageFormat(sniffing: bytes).flatMap { formats.contains($0) ? bytes : nil }
    case .dicom: return DICOMFile.isRecognised(source) ? bytes : nil
    case .onnx, .safetensors: return path.hasSuffix(".\(target.rawValue)") ? bytes : nil
    default:
      return (try? DICOMFile(source)).flatMap { FrameObject.seed(target, from: $0) }
    }
  }

  private var formats: [ImageFormat] {
    switch target {
    case .png: [.png]
    case .jpeg: [.jpeg]
    case .jpeg2000: [.jpeg2000, .jp2]
    case .tiff: [.tiff]
    default: [.npy]
    }
  }

  private var made: [[UInt8]] {
    let grey = (0..<192).map { UInt8(truncatingIfNeeded: $0 * $0) }
    let image = Image(width: 16, height: 12, pixels: .uint8(grey))
    let size: [UInt8] = [16, 0, 12, 0, 1, 8]
    let coded: [UInt8]? =
      switch target {
      case .png: try? PNGCodec.encode(image)
      case .jpeg: try? JPEGCodec.encode(image)
      case .jpeg2000: codestream(grey)
      case .jpeg2000frame: codestream(grey).map { size + $0 }
      case .tiff: tiff(grey)
      case .npy: NPYArray(shape: [12, 16], values: .float32(grey.map { Float($0) })).encoded()
      case .dicom: try? DICOMWriter.encode([image], ObjectDescription(.ultrasound, seed: "seed"))
      case .rle: size + RLE.encode(grey, samples: 1, bytesOfCell: 1, columns: 16)
      // One stored block.
      case .deflate: size + [1, 192, 0, 63, 255] + grey
      case .safetensors: safetensors
      // A model whose graph has one node without operands: field 7 of the model, 1 of the graph.
      case .onnx: [8, 7, 0x3A, 8, 0x0A, 6, 0x22, 4, 0x52, 0x65, 0x6C, 0x75, 0x42, 2, 0x10, 17]
      case .jpegframe: (try? JPEGCodec.encode(image)).map { size + $0 }
      case .jpeglsframe: nil
      }
    return coded.map { [$0] } ?? []
  }

  private func codestream(_ grey: [UInt8]) -> [UInt8]? {
    try? JPEG2000Codec.encode(
      .uint8(grey), width: 16, height: 12, samplesPerPixel: 1, precision: 8)
  }

  /// One strip of packed bytes, then the directory.
  private func tiff(_ grey: [UInt8]) -> [UInt8] {
    func number(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let entries = [
      (256, 16), (257, 12), (258, 8), (259, 1), (262, 1), (273, 8), (277, 1), (278, 12), (279, 192),
    ]
    let directory = entries.flatMap {
      number($0.0, 2) + number(4, 2) + number(1, 4) + number($0.1, 4)
    }
    return [0x49, 0x49, 42, 0] + number(8 + grey.count, 4) + grey + number(entries.count, 2)
      + directory + number(0, 4)
  }

  private var safetensors: [UInt8] {
    let header = Array(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#.utf8)
    return [UInt8(header.count), 0, 0, 0, 0, 0, 0, 0] + header + [0, 0, 128, 63]
  }
}
