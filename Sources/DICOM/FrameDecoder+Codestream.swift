private import CDCMTK
internal import Codecs
internal import Imaging

/// JPEG and JPEG-LS through DCMTK, JPEG 2000 through OpenJPEG.
extension FrameDecoder {
  /// Passes over a progressive picture that one frame may ask for, times its pixels.
  private static let mostWork = 1 << 32

  func codestream(_ encoded: FrameLayout.FrameBytes) throws(DICOMError) -> StoredFrame {
    switch Codestream.kind(of: encoded.start) {
    case .jpeg2000: try jpeg2000(encoded)
    case .jpegFamily: try jpeg(encoded.bytes)
    case nil:
      throw failure(
        encoded.count == 0 ? "it has no data" : "its data are neither JPEG, JPEG-LS nor JPEG 2000")
    }
  }

  private func jpeg(_ bytes: [UInt8]) throws(DICOMError) -> StoredFrame {
    guard let header = JPEGHeader(bytes) else {
      throw failure("its JPEG data have no readable frame header")
    }
    try check(
      rows: header.rows, columns: header.columns, samples: header.components,
      precision: header.precision)
    guard !header.isArithmetic, !header.isHierarchical else {
      let kind = header.isArithmetic ? "arithmetic coding" : "hierarchical coding"
      throw .unsupported(what: "JPEG with \(kind)")
    }
    guard header.precision >= 2 && header.precision <= 16 else {
      throw failure("its JPEG data have \(header.precision) bits a sample")
    }
    guard header.scans <= Self.mostWork / (header.rows * header.columns) else {
      throw .exceedsLimit(
        what: "frame \(frame + 1) has \(header.scans) scans, which no picture has")
    }
    guard bytes.count >= header.leastBytes else { throw failure("its JPEG data end early") }
    var format = CellFormat(file.pixels, precision: header.precision)
    // Signed samples lie in unsigned codestreams as bit patterns, which have no order to go beyond.
    format.isLimited = file.transferSyntax.isLossy && !format.isSigned
    let sound = JPEGRepair.withSoundScanHeader(bytes, header)
    let wider = WiderCodestream(file, format, precision: header.precision)
    let cells = try Cells.filled(count: file.pixels.samplesOfFrame, wider?.cells ?? format) {
      (room) throws(DICOMError) in
      try decodeJPEG(sound, header, into: room)
    }
    guard let (samples, bits) = wider?.samples(cells) else {
      return stored(cells, isYBR: isYBR(header))
    }
    return stored(samples, isYBR: isYBR(header), bits: bits)
  }

  /// What lossy JPEG data hold: writers that declare RGB yet transform the colours mark the data.
  private func isYBR(_ header: JPEGHeader) -> Bool? {
    if header.isLossless { return nil }
    if header.isNamedRGB { return false }
    if file.pixels.isYBR { return true }
    if let transform = header.adobeTransform { return transform == 1 }
    return header.hasJFIF
  }

  /// - Parameter room: a byte a sample up to 8 bits, else two. DCMTK's JPEG-LS writes whole words: an odd
  ///   number of bytes needs room for one more.
  private func decodeJPEG(
    _ bytes: [UInt8], _ header: JPEGHeader, into room: UnsafeMutableRawBufferPointer
  ) throws(DICOMError) {
    let size =
      header.isJPEGLS ? room.count : file.pixels.samplesOfFrame * (header.precision <= 8 ? 1 : 2)
    let geometry = cdcmtk_geometry(
      rows: UInt16(header.rows), columns: UInt16(header.columns),
      samples: UInt16(header.components), precision: UInt16(header.precision))
    var warnings: Int32 = 0
    var message = [CChar](repeating: 0, count: 200)
    let capacity = message.count
    // Safe: `room` holds the samples of the geometry, which was compared with the file's.
    room.initializeMemory(as: UInt8.self, repeating: 0)
    let out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
    let status =
      header.isJPEGLS
      ? cdcmtk_decode_jpegls(geometry, bytes, bytes.count, out, size, &message, capacity)
      : cdcmtk_decode_jpeg(
        geometry, bytes, bytes.count, out, size, &warnings, &message, capacity)
    let name = header.isJPEGLS ? "JPEG-LS" : "JPEG"
    switch status {
    case CDCMTK_OK where warnings == 0: return
    case CDCMTK_OK: throw failure("its \(name) data are damaged")
    case CDCMTK_TRUNCATED: throw failure("its \(name) data end early")
    case CDCMTK_TOO_LARGE: throw failure("its \(name) data are too large")
    default:
      let text = String(
        decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      throw failure("its \(name) data are damaged (\(text))")
    }
  }

  private func jpeg2000(_ encoded: FrameLayout.FrameBytes) throws(DICOMError) -> StoredFrame {
    if let repaired = JPEGRepair.withoutTrailingComments(encoded) {
      return try jpeg2000(FrameLayout.FrameBytes(repaired))
    }
    do throws(CodecError) {
      let outcome = encoded.withUnsafeBytes { bytes in
        Result { () throws(CodecError) in
          let header = try JPEG2000Codec.header(of: bytes)
          if let reason = mismatch(
            rows: header.height, columns: header.width, samples: header.samplesPerPixel,
            precision: header.precision)
          {
            throw .corrupt(.jpeg2000, reason: reason)
          }
          let decoded = try JPEG2000Codec.decode(bytes)
          // The palette of a JP2 file makes colours of one component.
          if let reason = mismatch(
            rows: decoded.height, columns: decoded.width, samples: decoded.samplesPerPixel,
            precision: decoded.precision)
          {
            throw .corrupt(.jpeg2000, reason: reason)
          }
          return decoded
        }
      }
      let decoded = try outcome.get()
      var format = CellFormat(file.pixels, precision: decoded.precision)
      format.isLimited = file.transferSyntax.isLossy && format.isSigned == decoded.isSigned
      // The component transforms RCT and ICT are undone by the decoder.
      let isTransformed = file.pixels.photometric == .ybrRCT || file.pixels.photometric == .ybrICT
      let wider = WiderCodestream(
        file, format, precision: decoded.precision, isSigned: decoded.isSigned)
      if let wider {
        let isPlain = !decoded.isSigned && wider.cells.container == decoded.pixels.bitsAllocated
        let cells = isPlain ? decoded.pixels : Cells.samples(of: decoded.pixels, wider.cells)
        let (samples, bits) = wider.samples(cells)
        return stored(samples, isYBR: isTransformed ? false : nil, bits: bits)
      }
      let isAsDeclared =
        format.stored == decoded.precision && format.high == format.stored - 1
        && format.isSigned == decoded.isSigned
        && format.container == decoded.pixels.bitsAllocated
      let samples = isAsDeclared ? decoded.pixels : Cells.samples(of: decoded.pixels, format)
      return stored(samples, isYBR: isTransformed ? false : nil)
    } catch {
      throw failure("\(error)")
    }
  }

  private func check(rows: Int, columns: Int, samples: Int, precision: Int) throws(DICOMError) {
    let reason = mismatch(rows: rows, columns: columns, samples: samples, precision: precision)
    if let reason { throw failure(reason) }
  }

  /// What differs between a codestream's header and the file's attributes, nil where they agree.
  private func mismatch(rows: Int, columns: Int, samples: Int, precision: Int) -> String? {
    let pixels = file.pixels
    if rows != pixels.rows || columns != pixels.columns {
      return
        "its data have \(columns) x \(rows) pixels, the file says \(pixels.columns) x \(pixels.rows)"
    }
    if samples != pixels.samples {
      return "its data have \(samples) samples a pixel, the file says \(pixels.samples)"
    }
    if precision > pixels.bitsAllocated {
      return "its data have \(precision) bits a sample, the file allocates \(pixels.bitsAllocated)"
    }
    return nil
  }
}
