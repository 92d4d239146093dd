/// Puts TIFF files together directory by directory, wrong ones too.
struct TIFFBuilder {
  var isLittle = true
  /// BigTIFF: 64-bit counts and offsets.
  var isBig = false
  var pages: [Page] = []

  struct Page {
    /// Tag, type (2 ASCII, 3 SHORT, 4 LONG, 5 RATIONAL of two numbers) and values;
    /// strips are added.
    var entries: [(tag: Int, type: Int, values: [Int])]
    /// Strips, or tiles where a tile width (322) is among the entries.
    var strips: [[UInt8]]

    /// - Parameter more: entries that replace those of the same tag.
    init(
      width: Int, height: Int, bits: Int = 8, samples: Int = 1, photometric: Int = 1,
      compression: Int = 1, rowsPerStrip: Int? = nil, strips: [[UInt8]],
      more: [(tag: Int, type: Int, values: [Int])] = []
    ) {
      entries = [
        (256, 4, [width]), (257, 4, [height]),
        (258, 3, [Int](repeating: bits, count: samples)), (259, 3, [compression]),
        (262, 3, [photometric]), (277, 3, [samples]), (278, 4, [rowsPerStrip ?? height]),
      ]
      entries.removeAll { old in more.contains { $0.tag == old.tag } }
      entries += more
      self.strips = strips
    }
  }

  init(_ pages: Page...) { self.pages = pages }

  func bytes() -> [UInt8] {
    let wide = isBig ? 8 : 4
    var file = (isLittle ? [0x49, 0x49] : [0x4D, 0x4D]) + number(isBig ? 43 : 42, 2)
    if isBig { file += number(8, 2) + number(0, 2) }
    var link = file.count
    file += number(0, wide)
    for page in pages {
      var entries = page.entries
      var offsets: [Int] = []
      for strip in page.strips {
        offsets.append(file.count)
        file += strip
      }
      let isTiled = entries.contains { $0.tag == 322 }
      entries.append((isTiled ? 324 : 273, 4, offsets))
      entries.append((isTiled ? 325 : 279, 4, page.strips.map(\.count)))
      entries.sort { $0.tag < $1.tag }
      var fields: [[UInt8]] = []
      for entry in entries {
        var field = entry.values.flatMap { number($0, [2: 1, 3: 2, 4: 4][entry.type] ?? 4) }
        if field.count > wide {
          file += field.count % 2 == 0 ? field : field + [0]
          field = number(file.count - (field.count + 1) / 2 * 2, wide)
        }
        field += [UInt8](repeating: 0, count: wide - field.count)
        fields.append(
          number(entry.tag, 2) + number(entry.type, 2)
            + number(entry.values.count / (entry.type == 5 ? 2 : 1), wide) + field)
      }
      file.replaceSubrange(link..<(link + wide), with: number(file.count, wide))
      file += number(fields.count, isBig ? 8 : 2) + fields.flatMap { $0 }
      link = file.count
      file += number(0, wide)
    }
    return file
  }

  func number(_ value: Int, _ count: Int) -> [UInt8] {
    let little = (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    return isLittle ? little : little.reversed()
  }
}
