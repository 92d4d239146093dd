internal import Files

/// Where the bytes of each frame lie in the file.
struct FrameLayout: Sendable {
  /// How the bytes of one frame are encoded, which may differ from what the file declares.
  let encoding: TransferSyntax.PixelEncoding
  private let arrangement: Arrangement
  private let source: FileBytes

  private enum Arrangement: Sendable {
    /// Frames of `bits` bits each, packed without gaps.
    case packed(Range<Int>, bits: Int, isTruncated: Bool)
    /// The byte ranges of the fragments of each frame.
    case fragments([[Range<Int>]], isTruncated: Bool)
  }

  /// Bytes of one frame, in the file or copied, and how many bits to skip in the first of them.
  struct FrameBytes {
    private let copied: [UInt8]?
    private let source: FileBytes?
    private let range: Range<Int>
    let skippedBits: Int

    init(_ bytes: [UInt8], skippedBits: Int = 0) {
      copied = bytes
      source = nil
      range = 0..<bytes.count
      self.skippedBits = skippedBits
    }

    /// - Precondition: the range lies within the file.
    init(_ source: FileBytes, _ range: Range<Int>, skippedBits: Int = 0) {
      precondition(range.upperBound <= source.count, "a frame lies within its file")
      copied = nil
      self.source = source
      self.range = range
      self.skippedBits = skippedBits
    }

    var count: Int { range.count }

    /// As many as tell what they are.
    var start: [UInt8] { withUnsafeBytes { Array($0.prefix(12)) } }

    /// A copy of the bytes.
    var bytes: [UInt8] { copied ?? source?.bytes(range) ?? [] }

    /// Lends the bytes.
    func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
      guard let source else { return (copied ?? []).withUnsafeBytes(body) }
      // Safe: `init` checked that the range lies within the file.
      return source.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }
  }

  init(
    _ element: Element, dataSet: DataSet, transferSyntax: TransferSyntax, pixels: PixelDescription,
    warnings: inout [String]
  ) throws(DICOMError) {
    source = dataSet.source
    let fragments = EncapsulatedFrames.fragments(of: element, in: dataSet)
    if let fragments, transferSyntax.pixels == .native,
      let value = FrameLayout.onlyValue(fragments, source)
    {
      warnings.append("the pixel data lie in an item, as only encapsulated ones do")
      encoding = .native
      let bits = try FrameLayout.nativeBits(pixels, available: value.count)
      arrangement = .packed(value, bits: bits, isTruncated: fragments.isTruncated)
      return
    }
    if let fragments {
      encoding = transferSyntax.pixels == .native ? .codestream : transferSyntax.pixels
      let frames = EncapsulatedFrames.frames(
        fragments, count: pixels.frames, dataSet: dataSet, encoding: encoding,
        warnings: &warnings)
      arrangement = .fragments(frames, isTruncated: fragments.isTruncated)
      return
    }
    let declared = transferSyntax.pixels
    let bits = try FrameLayout.nativeBits(pixels, available: element.value.count)
    let isCodestream =
      pixels.frames == 1 && declared == .codestream
      && Codestream.kind(of: source.bytes(element.value.prefix(4))) != nil
    if isCodestream {
      encoding = .codestream
      arrangement = .fragments([[element.value]], isTruncated: element.isTruncated)
      return
    }
    guard declared == .native || element.value.count >= (bits * pixels.frames + 7) / 8 else {
      throw .malformed(
        reason: "its pixel data are not in fragments, as \(transferSyntax.name) has them")
    }
    encoding = .native
    arrangement = .packed(
      element.value, bits: bits, isTruncated: element.isTruncated || element.isUndefinedLength)
  }

  /// The one item that holds all bytes, and no codestream: after an empty table, or in its place.
  private static func onlyValue(
    _ fragments: EncapsulatedFrames.Fragments, _ source: FileBytes
  ) -> Range<Int>? {
    let values = [fragments.tableRange].filter { !$0.isEmpty } + fragments.ranges
    guard values.count == 1, Codestream.kind(of: source.bytes(values[0].prefix(12))) == nil else {
      return nil
    }
    return values[0]
  }

  /// Bits of one uncompressed frame. With subsampled colour two pixels take four cells; files that
  /// declare that yet hold all samples are told by their length.
  private static func nativeBits(_ pixels: PixelDescription, available: Int) throws(DICOMError)
    -> Int
  {
    let full = pixels.samplesOfFrame * pixels.bitsAllocated
    guard pixels.isSubsampled, pixels.samples == 3, available < full / 8 * pixels.frames else {
      return full
    }
    let halved = pixels.rows * ((pixels.columns + 1) / 2 * 2) * 2 * pixels.bitsAllocated
    // Values have an even number of bytes.
    let isHalved = 0...1 ~= available - halved / 8 * pixels.frames
    let frames = available / (full / 8)
    let looksFull = frames > 0 && available - frames * full / 8 <= 1
    guard isHalved || !looksFull else {
      throw .malformed(
        reason: "its pixel data hold \(frames) of \(pixels.frames) frames, or frames in which "
          + "colour is halved, as it states; which of them cannot be told")
    }
    return halved
  }

  /// The encoded bytes of frame `index`.
  /// - Parameter swapsWords: exchange the bytes of each 16-bit word of the value first.
  func bytes(ofFrame index: Int, swapsWords: Bool = false) throws(DICOMError)
    -> FrameBytes
  {
    switch arrangement {
    case .packed(let range, let bits, let isTruncated):
      let start = index * bits
      let first = range.lowerBound + start / 8
      let last = range.lowerBound + (start + bits + 7) / 8
      guard last <= range.upperBound else {
        if isTruncated || range.upperBound == source.count { throw .truncated(.pixelData) }
        throw .undecodable(
          frame: index + 1,
          reason:
            "the value of \(Tag.pixelData) has \(range.count) bytes, and this frame ends at byte "
            + "\(last - range.lowerBound)")
      }
      guard swapsWords else {
        return FrameBytes(source, first..<last, skippedBits: start % 8)
      }
      // Words count from the start of the value, wherever frames begin.
      let bytes = (first..<last).map {
        source.byte(at: range.lowerBound + (($0 - range.lowerBound) ^ 1)) ?? 0
      }
      return FrameBytes(bytes, skippedBits: start % 8)
    case .fragments(let frames, let isTruncated):
      guard index < frames.count, !frames[index].isEmpty else {
        if isTruncated { throw .truncated(.pixelData) }
        throw .undecodable(frame: index + 1, reason: "the file has no data for it")
      }
      if frames[index].count == 1 { return FrameBytes(source, frames[index][0]) }
      var bytes = [UInt8]()
      bytes.reserveCapacity(frames[index].reduce(0) { $0 + $1.count })
      for range in frames[index] { bytes += source.bytes(range) }
      return FrameBytes(bytes)
    }
  }

  /// Frames that the file holds data for, as far as that can be told without decoding; at least as
  /// many as are stated may be there even where this is fewer.
  func heldFrames(_ dataSet: DataSet, _ element: Element) -> Int {
    switch arrangement {
    case .packed(let range, let bits, _): return range.count * 8 / max(bits, 1)
    case .fragments:
      guard let fragments = EncapsulatedFrames.fragments(of: element, in: dataSet) else { return 1 }
      return EncapsulatedFrames.starts(fragments, source, encoding)
    }
  }

  /// True where the pixel data end before their declared length or their delimiter.
  var isTruncated: Bool {
    switch arrangement {
    case .packed(_, _, let isTruncated), .fragments(_, let isTruncated): isTruncated
    }
  }
}
