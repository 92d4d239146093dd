internal import Codecs
internal import Imaging

/// Decodes one frame to stored values, whatever its encoding.
struct FrameDecoder {
  let file: DICOMFile
  /// From 0.
  let frame: Int

  private var pixels: PixelDescription { file.pixels }

  func decode() throws(DICOMError) -> StoredFrame {
    guard frame >= 0 && frame < pixels.frames else {
      throw .noSuchFrame(frame + 1, count: pixels.frames)
    }
    let isBigEndian =
      file.layout.encoding == .native
      && (file.dataSet.encoding.isBigEndian || file.transferSyntax.hasBigEndianPixels)
    // Cells that are no whole words are packed into words, from their least significant bit on, and
    // only the words are turned in a big endian file (PS3.5 section 8.1).
    let isPacked = !pixels.bitsAllocated.isMultiple(of: 16)
    let isWords = file.dataSet.element(.pixelData)?.vr == .OW && isPacked
    let encoded = try file.layout.bytes(ofFrame: frame, swapsWords: isBigEndian && isWords)
    switch file.layout.encoding {
    case .native: return try native(encoded, bigEndian: isBigEndian)
    case .encapsulatedNative: return try native(encoded, bigEndian: false)
    case .deflatedFrames: return try deflated(encoded)
    case .rle: return try rle(encoded)
    case .codestream: return try codestream(encoded)
    case .unsupported: throw .unsupported(what: file.transferSyntax.name)
    }
  }

  /// An error that names this frame.
  func failure(_ reason: String) -> DICOMError { .undecodable(frame: frame + 1, reason: reason) }

  private func native(_ encoded: FrameLayout.FrameBytes, bigEndian: Bool) throws(DICOMError)
    -> StoredFrame
  {
    if pixels.isFloatingPoint { return try floats(encoded, bigEndian: bigEndian) }
    guard pixels.bitsAllocated <= 32 else {
      throw .unsupported(what: "integer samples of \(pixels.bitsAllocated) bits")
    }
    let whole = pixels.samplesOfFrame
    let isSubsampled =
      pixels.isSubsampled && pixels.samples == 3 && encoded.count * 8 < whole * pixels.bitsAllocated
    let width = (pixels.columns + 1) / 2 * 2
    let count = isSubsampled ? pixels.rows * width * 2 : whole
    let samples = encoded.withUnsafeBytes {
      Cells.unpack(
        $0, skippedBits: encoded.skippedBits, count: count, CellFormat(pixels),
        bigEndian: bigEndian)
    }
    guard let samples else { throw failure("it has too few bytes") }
    if isSubsampled { return stored(expanded(samples, paddedWidth: width)) }
    return stored(pixels.isPlanar ? interleaved(samples) : samples)
  }

  private func floats(_ encoded: FrameLayout.FrameBytes, bigEndian: Bool) throws(DICOMError)
    -> StoredFrame
  {
    let samples = encoded.withUnsafeBytes {
      Cells.floats(
        $0, count: pixels.samplesOfFrame, bits: pixels.bitsAllocated, bigEndian: bigEndian)
    }
    guard let samples else { throw failure("it has too few bytes") }
    return stored(pixels.isPlanar ? interleaved(samples) : samples)
  }

  private func deflated(_ encoded: FrameLayout.FrameBytes) throws(DICOMError) -> StoredFrame {
    let size = (pixels.samplesOfFrame * pixels.bitsAllocated + 7) / 8
    let outcome = encoded.withUnsafeBytes { bytes in
      Result { () throws(InflateError) in try inflated(bytes, maximumBytes: size + 1) }
    }
    switch outcome {
    case .success(let whole):
      return try native(FrameLayout.FrameBytes(whole, 0..<whole.count), bigEndian: false)
    case .failure(.truncated): throw failure("its deflated data end early")
    case .failure: throw failure("its deflated data are damaged")
    }
  }

  private func rle(_ encoded: FrameLayout.FrameBytes) throws(DICOMError) -> StoredFrame {
    let isBits = pixels.bitsAllocated == 1 && pixels.samples == 1
    guard isBits || [8, 16, 24, 32].contains(pixels.bitsAllocated) else {
      throw .unsupported(what: "RLE with \(pixels.bitsAllocated) bits allocated")
    }
    let outcome = encoded.withUnsafeBytes { bytes in
      Result { () throws(RLEError) in isBits ? try rleBits(bytes) : try rleCells(bytes) }
    }
    switch outcome {
    case .success(let samples): return stored(samples)
    case .failure(.truncated): throw failure("its RLE data end early")
    case .failure(.damaged(let reason)): throw failure(reason)
    }
  }

  private func rleCells(_ bytes: UnsafeRawBufferPointer) throws(RLEError) -> PixelBuffer {
    let count = pixels.samplesOfFrame
    let format = CellFormat(pixels)
    let (area, size) = (pixels.rows * pixels.columns, pixels.bitsAllocated / 8)
    guard size != 3 else {
      let cells = try RLE.bytes(bytes, pixels: area, samples: pixels.samples, bytesOfCell: size)
      let isLittle = UInt16(1).littleEndian == 1
      let samples = cells.withUnsafeBytes {
        Cells.unpack($0, count: count, format, bigEndian: !isLittle)
      }
      guard let samples else { throw .truncated }
      return samples
    }
    return try RLE.decode(bytes, pixels: area, samples: pixels.samples, bytesOfCell: size) {
      (write) throws(RLEError) in
      try Cells.filled(count: count, format, fill: write)
    }
  }

  /// Single bits, which writers pack eight a byte or give a byte each; how long a segment is tells.
  private func rleBits(_ bytes: UnsafeRawBufferPointer) throws(RLEError) -> PixelBuffer {
    let count = pixels.samplesOfFrame
    let packed = (count + 7) / 8
    let whole = try? RLE.bytes(bytes, pixels: count, samples: 1, bytesOfCell: 1)
    if let whole { return .uint8(whole.map { $0 & 1 }) }
    let cells = try RLE.bytes(bytes, pixels: packed, samples: 1, bytesOfCell: 1)
    let samples = cells.withUnsafeBytes {
      Cells.unpack($0, count: count, CellFormat(pixels), bigEndian: false)
    }
    guard let samples else { throw .truncated }
    return samples
  }

  /// - Parameters:
  ///   - isYBR: what the encoded data say of their colour, nil where only the file does.
  ///   - bits: of the samples, nil where they are those that the file states.
  func stored(_ samples: PixelBuffer, isYBR: Bool? = nil, bits: Int? = nil) -> StoredFrame {
    let isWider = bits ?? 0 > pixels.bitsStored
    return StoredFrame(
      width: pixels.columns, height: pixels.rows, samples: pixels.samples, pixels: samples,
      bitsStored: isWider ? bits ?? 0 : pixels.bitsStored,
      isYBR: pixels.samples == 3 && (isYBR ?? pixels.isYBR),
      remarks: isWider
        ? [
          "samples have \(bits ?? 0) bits, more than the \(pixels.bitsStored) of Bits Stored: "
            + "they are kept as they are coded"
        ] : [])
  }

  /// Planes to pixels.
  private func interleaved(_ samples: PixelBuffer) -> PixelBuffer {
    let plane = pixels.rows * pixels.columns
    let channels = pixels.samples
    return samples.reordered(count: plane * channels) { $0 % channels * plane + $0 / channels }
  }

  /// Y1 Y2 Cb Cr to Y1 Cb Cr, Y2 Cb Cr (PS3.3 C.7.6.3.1.2).
  private func expanded(_ samples: PixelBuffer, paddedWidth: Int) -> PixelBuffer {
    let columns = pixels.columns
    return samples.reordered(count: pixels.samplesOfFrame) { index in
      let pixel = index / 3
      let (row, column) = (pixel / columns, pixel % columns)
      let pair = (row * paddedWidth + column) / 2 * 4
      let channel = index % 3
      return pair + (channel == 0 ? column % 2 : channel + 1)
    }
  }
}

extension DICOMFile {
  /// Decodes frame `index` (from 0) to stored values.
  package func storedFrame(_ index: Int) throws(DICOMError) -> StoredFrame {
    try FrameDecoder(file: self, frame: index).decode()
  }
}
