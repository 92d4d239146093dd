private import Codecs
internal import DICOM
private import Files

/// One `.npy` of many frames, `[frames,] rows, columns[, samples]`, decoded and written one after the
/// other: a volume is never in memory whole.
struct FrameArray {
  let path: String

  /// - Parameters:
  ///   - count: at least 1; a single frame has no axis of frames.
  ///   - differing: what to say of a frame of another size or type than the first.
  func write(
    _ count: Int, frame: (Int) throws -> StoredFrame, differing: (Int) -> ConversionError
  ) throws {
    let first = try frame(0)
    var shape = [first.height, first.width]
    if first.samples > 1 { shape.append(first.samples) }
    if count > 1 { shape.insert(count, at: 0) }
    let writer = try AtomicFileWriter(path: path)
    try writer.append(NPYArray.header(shape: shape, values: first.pixels))
    try first.pixels.withLittleEndianBytes { try writer.append($0) }
    for index in 1..<max(count, 1) {
      let next = try frame(index)
      guard next.hasShape(of: first) else { throw differing(index) }
      try next.pixels.withLittleEndianBytes { try writer.append($0) }
    }
    try writer.commit()
  }
}
