internal import CTIFF

/// Stacks that lie behind one directory, which TIFF itself does not know: slices after the first would be
/// lost without a word.
enum TIFFStack {
  /// - Parameter pages: directories in the file.
  static func refuse(_ page: CTIFFPage, pages: Int) throws(CodecError) {
    let slices = pages == 1 ? slices(of: page) : Int(page.depth)
    guard slices <= 1 else {
      throw .unsupported(
        .tiff, reason: "it is a stack of \(slices) slices in one page; save each as its own page")
    }
  }

  /// Slices that the only directory of a file stands for: by the tag ImageDepth, by the description of
  /// ImageJ, or by the shape that tifffile notes there.
  private static func slices(of page: CTIFFPage) -> Int {
    if page.depth > 1 { return Int(page.depth) }
    let text = TIFFLibrary.description(of: page)
    if text.hasPrefix("ImageJ=") {
      let line = text.split(separator: "\n").first { $0.hasPrefix("images=") }
      return line.flatMap { Int($0.dropFirst(7)) } ?? 1
    }
    let start = "{\"shape\": ["
    guard text.hasPrefix(start) else { return 1 }
    let shape = text.dropFirst(start.count).prefix { $0 != "]" }.split(separator: ",")
    let stated = product(shape.map { Int($0.drop { $0 == " " }) ?? 0 })
    let inPage = product([Int(page.width), Int(page.height), Int(page.samples)])
    guard let stated, let inPage, stated % inPage == 0 else { return 1 }
    return stated / inPage
  }

  /// Nil for numbers that are not above zero, or whose product is none of 64 bits.
  private static func product(_ sizes: [Int]) -> Int? {
    sizes.reduce(1) { product, size in
      guard let product, size > 0 else { return nil }
      let (value, overflow) = product.multipliedReportingOverflow(by: size)
      return overflow ? nil : value
    }
  }
}
