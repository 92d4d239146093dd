internal import Files

@testable internal import DICOM

/// A DICOM object around one compressed frame, so that mutations go to the frame: six bytes of
/// description, then the frame as it is.
struct FrameObject {
  /// Columns and rows (two bytes each, little endian), samples, bits allocated.
  private static let prefix = 6

  let bytes: [UInt8]

  /// Nil for inputs without a description.
  init?(_ target: FuzzTarget, _ input: [UInt8]) {
    guard input.count > Self.prefix else { return nil }
    let uids: [FuzzTarget: String] = [
      .rle: "1.2.840.10008.1.2.5", .jpegframe: "1.2.840.10008.1.2.4.70",
      .jpeglsframe: "1.2.840.10008.1.2.4.80", .jpeg2000frame: "1.2.840.10008.1.2.4.91",
      .deflate: "1.2.840.10008.1.2.8.1",
    ]
    let samples = Int(input[4] & 3)
    let isSigned = input[4] & 4 != 0
    let allocated = Int(input[5] & 63)
    func word(_ at: Int) -> [UInt8] { [input[at], input[at + 1]] }
    func element(_ group: Int, _ number: Int, _ vr: String, _ value: [UInt8]) -> [UInt8] {
      [UInt8(group & 255), UInt8(group >> 8), UInt8(number & 255), UInt8(number >> 8)]
        + Array(vr.utf8) + [UInt8(value.count & 255), UInt8(value.count >> 8)] + value
    }
    func text(_ text: String) -> [UInt8] {
      Array((text + (text.utf8.count % 2 == 0 ? "" : " ")).utf8)
    }
    var out = [UInt8](repeating: 0, count: 128) + Array("DICM".utf8)
    out += element(2, 0x10, "UI", text(uids[target] ?? ""))
    out += element(0x28, 0x02, "US", [UInt8(samples), 0])
    out += element(0x28, 0x04, "CS", text(samples == 3 ? "YBR_FULL" : "MONOCHROME2"))
    out += element(0x28, 0x10, "US", word(2)) + element(0x28, 0x11, "US", word(0))
    out += element(0x28, 0x100, "US", [UInt8(allocated), 0])
    out += element(0x28, 0x103, "US", [isSigned ? 1 : 0, 0])
    let frame = input[Self.prefix...]
    let length = (0..<4).map { UInt8(truncatingIfNeeded: frame.count >> (8 * $0)) }
    out += [0xE0, 0x7F, 0x10, 0, 0x4F, 0x42, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]
    out += [0xFE, 0xFF, 0, 0xE0, 0, 0, 0, 0, 0xFE, 0xFF, 0, 0xE0] + length + frame
    bytes = out
  }

  /// The input that stands for the first frame of a file; nil where another target is meant.
  static func seed(_ target: FuzzTarget, from file: DICOMFile) -> [UInt8]? {
    guard file.layout.encoding != .native, let frame = try? file.layout.bytes(ofFrame: 0).bytes
    else { return nil }
    let kind: FuzzTarget =
      switch file.layout.encoding {
      case .rle: .rle
      case .deflatedFrames: .deflate
      default:
        if Codestream.kind(of: frame) == .jpeg2000 {
          .jpeg2000frame
        } else {
          JPEGHeader(frame)?.isJPEGLS == true ? .jpeglsframe : .jpegframe
        }
      }
    guard kind == target else { return nil }
    let pixels = file.pixels
    return [
      UInt8(pixels.columns & 255), UInt8(pixels.columns >> 8), UInt8(pixels.rows & 255),
      UInt8(pixels.rows >> 8), UInt8(pixels.samples & 3 | (pixels.isSigned ? 4 : 0)),
      UInt8(pixels.bitsAllocated),
    ] + frame
  }
}
