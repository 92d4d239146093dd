/// Undoes known mistakes of encoders that lose nothing of the picture.
enum JPEGRepair {
  /// Sequential JPEG has one possible spectral selection (0...63) and approximation (0); encoders
  /// that write others mean the same (ISO/IEC 10918-1, table B.3).
  static func withSoundScanHeader(_ bytes: [UInt8], _ header: JPEGHeader) -> [UInt8] {
    guard !header.isJPEGLS, header.process <= 1 else { return bytes }
    let sound: [UInt8] = [0, 63, 0]
    var repaired = bytes
    // The count of components, their tables, and then these three bytes.
    for scan in JPEGSegments(bytes) where scan.marker == 0xDA && scan.isWhole {
      guard let count = scan.content.first.map({ Int(bytes[$0]) }),
        scan.content.count == 1 + 2 * count + sound.count
      else { continue }
      let last = scan.content.suffix(sound.count)
      if !bytes[last].elementsEqual(sound) { repaired.replaceSubrange(last, with: sound) }
    }
    return repaired
  }

  /// Some writers pad a JPEG 2000 codestream with comment segments between the last tile-part and
  /// the end marker, where the standard has no place for them (ISO/IEC 15444-1, A.3).
  ///
  /// Nil where there are none.
  static func withoutTrailingComments(_ encoded: FrameLayout.FrameBytes) -> [UInt8]? {
    let end = encoded.withUnsafeBytes { bytes in
      var end = bytes.count
      while end > 64, bytes[end - 1] == 0, bytes[end - 2] != 0xFF { end -= 1 }
      return bytes[..<end].suffix(2).elementsEqual([0xFF, 0xD9])
        && trailingComment(bytes[..<end]) != nil ? end : nil
    }
    guard let end else { return nil }
    var bytes = Array(encoded.bytes[..<end])
    for _ in 0..<4 {
      let start = bytes.withUnsafeBytes { trailingComment($0[...]) }
      guard let start else { break }
      bytes.removeSubrange(start..<(bytes.count - 2))
    }
    return bytes
  }

  /// Where a comment segment starts that ends at the end marker.
  private static func trailingComment(_ bytes: UnsafeRawBufferPointer.SubSequence) -> Int? {
    // The marker and the length take two bytes each; the length counts its own.
    let longest = min(bytes.count - 8, 300)
    guard longest > 4 else { return nil }
    for length in 4...longest {
      let start = bytes.count - 2 - length - 2
      guard start > 0 else { break }
      let isComment =
        bytes[start] == 0xFF && bytes[start + 1] == 0x64
        && Int(bytes[start + 2]) << 8 | Int(bytes[start + 3]) == length
      if isComment { return start }
    }
    return nil
  }
}
